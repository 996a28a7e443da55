"""One case: its story, the verdicts to choose from, and afterwards why one of them is right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.pages.labs.number_list import NumberList
from app.widgets.parts import badge, button, card, clear, row_of, words
from app.widgets.tokens import Tokens
from labs.clinic.cases import Case

MARK_PX = 96


class VerdictRow(QWidget):
    """A radio button whose words wrap; afterwards it says what it was."""

    def __init__(self, verdict: str) -> None:
        super().__init__()
        self.radio = QRadioButton()
        self.radio.setAccessibleName(verdict)
        self.radio.setProperty("role", "bare")
        self._mark = badge("")
        keeps_its_room = self._mark.sizePolicy()
        keeps_its_room.setRetainSizeWhenHidden(True)
        self._room = keeps_its_room
        self._mark.hide()
        label = words(verdict)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(10)
        row.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label, 1)

    def setTokens(self, tokens: Tokens) -> None:
        self._mark.setFixedWidth(tokens.px(MARK_PX))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.radio.isVisible():
            self.radio.click()

    def tell(self, *, is_right: bool, is_guess: bool) -> None:
        """The mark takes the place of the radio button."""
        words_by = {(True, True): "✓ your guess", (True, False): "✓ right",
                    (False, True): "✗ your guess", (False, False): ""}  # fmt: skip
        text = words_by[is_right, is_guess]
        tone = "good" if is_right else "warning"
        self.radio.hide()
        self._mark.setText(text)
        self._mark.setProperty("tone", tone)
        self._mark.style().unpolish(self._mark)
        self._mark.style().polish(self._mark)
        self._mark.setSizePolicy(self._room)
        self._mark.setVisible(is_right or is_guess)


class CaseView(QWidget):
    """`judged` carries the place of the verdict that was guessed."""

    judged = Signal(int)
    forgotten = Signal()
    next_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._case: Case | None = None
        self.rows: list[VerdictRow] = []
        self._group = QButtonGroup(self)
        self.title = words("", "heading")
        self.story = words()
        self.why = words()
        self.see_button = button("See the verdict", "primary")
        self.again_button = button("Guess again")
        self.next_button = button("Next case")
        self._group.idClicked.connect(lambda _place: self.see_button.setEnabled(True))
        self.see_button.clicked.connect(self._see)
        self.again_button.clicked.connect(self._again)
        self.next_button.clicked.connect(self.next_asked)
        self._lay_out()

    def show_case(self, case: Case, guess: int | None) -> None:
        """With a guess its verdict is shown at once."""
        self._case = case
        self.title.setText(case.title)
        self.story.setText(case.story)
        for row in self.rows:
            self._group.removeButton(row.radio)
        clear(self._verdicts)
        self.rows = [VerdictRow(verdict) for verdict in case.verdicts]
        for place, row in enumerate(self.rows):
            self._group.addButton(row.radio, place)
            self._verdicts.addWidget(row)
        self.see_button.setEnabled(False)
        if guess is not None:
            self.rows[guess].radio.setChecked(True)
        self._show_answer(guess)

    @property
    def stops(self) -> list[QWidget]:
        """Where Tab goes, in this order: verdicts are newer than the buttons below them."""
        buttons = (self.see_button, self.next_button, self.again_button)
        return [*(row.radio for row in self.rows), *buttons]

    def _see(self) -> None:
        guess = self._group.checkedId()
        if guess >= 0:
            self._show_answer(guess)
            self.judged.emit(guess)
            self.next_button.setFocus()

    def _again(self) -> None:
        assert self._case is not None
        self.show_case(self._case, None)
        self.forgotten.emit()
        self.rows[0].radio.setFocus()

    def _show_answer(self, guess: int | None) -> None:
        case = self._case
        assert case is not None
        is_seen = guess is not None
        for place, row in enumerate(self.rows):
            if is_seen:
                row.tell(is_right=place == case.right, is_guess=place == guess)
        self.see_button.setVisible(not is_seen)
        for widget in (self._answer, self.again_button, self.next_button):
            widget.setVisible(is_seen)
        if is_seen:
            self.why.setText(case.why)
            clear(self._numbers)
            self._numbers.addWidget(NumberList(list(case.evidence.values())))

    def _lay_out(self) -> None:
        frame, inside = card(spacing=10)
        self._verdicts = QVBoxLayout()
        self._verdicts.setSpacing(2)
        inside.addWidget(self.title)
        inside.addWidget(self.story)
        inside.addSpacing(4)
        inside.addWidget(words("Your verdict", "small"))
        inside.addLayout(self._verdicts)
        inside.addSpacing(4)
        inside.addLayout(
            row_of(self.see_button, self.next_button, self.again_button, stretch=-1)
        )  # fmt: skip
        self._answer = QWidget()
        answer = QVBoxLayout(self._answer)
        answer.setContentsMargins(0, 8, 0, 0)
        answer.setSpacing(12)
        answer.addWidget(words("Why", "heading"))
        answer.addWidget(self.why)
        answer.addWidget(words("The numbers that decide", "heading"))
        self._numbers = QVBoxLayout()
        answer.addLayout(self._numbers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(frame)
        column.addWidget(self._answer)
