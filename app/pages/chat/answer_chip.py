"""One wording and what it was answered, small enough for six of them above the composer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.widgets.fonts import text_font
from app.widgets.icons import icon_pixmap
from app.widgets.tokens import Tokens
from labs.experiments.six_ways.six_answers import LABELS, WEAK_ROOM, WordingAnswer
from labs.experiments.six_ways.wordings import Wording
from models.engine.thinking import without_thinking

UNCLEAR = "no clear answer"
HEIGHT_PX, PAD_PX, ICON_PX, BAR_PX = 46, 10, 14, 5
YES_PLACE, NO_PLACE = 0, 1  # blue and orange of the categories


class AnswerChip(QAbstractButton):
    """A word with its sign, the way of asking, and a bar for the lean: from the middle to the left
    for no, to the right for yes, hollow where little room was left for the two words."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._tokens = Tokens()
        self._wording: Wording | None = None
        self._answer: WordingAnswer | None = None
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def word(self) -> str:
        """The answer in a word or three, "…" while there is none."""
        if self._answer is None:
            return "…"
        return LABELS.get(self._answer.outcome, UNCLEAR)

    @property
    def words(self) -> str:
        """The wording, its answer and its lean, to read."""
        if self._wording is None:
            return ""
        lines = [f"Asked: {self._wording.text}"]
        if self._answer is not None:
            said = " ".join(without_thinking(self._answer.text).split())
            lines.append(f"Answered: {said or 'nothing'}")
            lines.append(lean_words(self._answer))
        return "\n".join(filter(None, lines))

    def expect(self, wording: Wording) -> None:
        self._wording, self._answer = wording, None
        self.setChecked(False)
        self._say()

    def show_answer(self, answer: WordingAnswer) -> None:
        self._wording, self._answer = answer.wording, answer
        self._say()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the longest answer; how it was asked takes what is left."""
        px = self._tokens.px
        longest = QFontMetrics(self._word_font).horizontalAdvance(UNCLEAR)
        return QSize(2 * px(PAD_PX) + px(ICON_PX) + px(5) + longest + 2, px(HEIGHT_PX))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _say(self) -> None:
        title = f", {self._wording.title}" if self._wording else ""
        word = "no answer yet" if self._answer is None else self.word
        self.setAccessibleName(f"Wording {self._number + 1}{title}: {word}")
        self.setAccessibleDescription(self.words)
        self.setToolTip(self.words)
        self.update()

    # ---- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        px = self._tokens.px
        line = QRectF(px(PAD_PX), px(6), self.width() - 2 * px(PAD_PX), px(22))
        self._paint_words(painter, line)
        self._paint_lean(painter, QRectF(line.x(), px(33), line.width(), px(BAR_PX)))
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        tokens = self._tokens
        edge = tokens.accent if self.hasFocus() or self.isChecked() else tokens.hairline
        ground = tokens.hover if self.underMouse() else tokens.sunken
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(tokens.accent_soft if self.isChecked() else ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _paint_words(self, painter: QPainter, line: QRectF) -> None:
        tokens, left = self._tokens, line.left()
        if self._answer is not None:
            size = tokens.px(ICON_PX)
            name = {"yes": "check", "no": "x"}.get(self.word, "minus")
            icon = icon_pixmap(name, tokens.text, size, self.devicePixelRatioF())
            painter.drawPixmap(round(left), round(line.center().y() - size / 2), icon)
            left += size + tokens.px(5)
        used = self._text(painter, QRectF(left, line.y(), line.right() - left, line.height()),
                          self.word, self._word_font, tokens.text)  # fmt: skip
        self._paint_title(painter, line, left + used + tokens.px(8))

    def _paint_title(self, painter: QPainter, line: QRectF, left: float) -> None:
        """How it was asked, at the right; or in the place of a bar that is not there."""
        title = self._wording.title if self._wording is not None else ""
        font, grey = text_font(self._tokens, 12), self._tokens.text_secondary
        if QFontMetrics(font).horizontalAdvance(title) <= line.right() - left:
            place = QRectF(left, line.y(), line.right() - left, line.height())
            self._text(painter, place, title, font, grey, Qt.AlignmentFlag.AlignRight)
        elif self._answer is not None and self._answer.lean is None:
            self._text(painter, line.translated(0, self._tokens.px(15)), title, font, grey)

    @property
    def _word_font(self) -> QFont:
        return text_font(self._tokens, 13, weight=600)

    def _text(
        self, painter: QPainter, area: QRectF, text: str, font: QFont, colour: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> int:  # fmt: skip
        painter.setFont(font)
        painter.setPen(QColor(colour))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | side, shown)
        return metrics.horizontalAdvance(shown)

    def _paint_lean(self, painter: QPainter, area: QRectF) -> None:
        share = self._answer.yes_share if self._answer is not None else None
        if self._answer is None or share is None:
            return
        tokens, middle = self._tokens, area.center().x()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.border))
        painter.drawRoundedRect(area.adjusted(0, 2, 0, -2), 1, 1)
        end = area.left() + area.width() * share
        bar = QRectF(min(middle, end), area.top(), abs(end - middle), area.height())
        colour = QColor(tokens.categories[YES_PLACE if share >= 0.5 else NO_PLACE])
        is_weak = (self._answer.room or 0) < WEAK_ROOM
        painter.setPen(QPen(colour, 1.4))
        painter.setBrush(QColor(tokens.sunken) if is_weak else colour)
        painter.drawRect(bar)
        painter.setPen(QPen(QColor(tokens.text_secondary), 1))
        painter.drawLine(round(middle), round(area.top() - 2), round(middle),
                         round(area.bottom() + 2))  # fmt: skip


def lean_words(answer: WordingAnswer) -> str:
    """Where it leaned before it wrote a word, and how much room it left for the two words."""
    share = answer.yes_share
    if share is None or answer.room is None:
        return ""
    percent = round(100 * share)
    word = f"yes {percent} %, no {100 - percent} %"
    weak = ", so this says little" if answer.room < WEAK_ROOM else ""
    room = round(100 * answer.room)
    return f"Lean between the two words: {word}. Room left for them: {room} %{weak}."
