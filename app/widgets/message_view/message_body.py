"""The text of one message: selectable, copyable, with cards behind code and bars beside quotes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QCursor,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QTextCursor,
    QTextFormat,
    QTextTable,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QTextBrowser, QTextEdit, QToolTip, QWidget

from app.widgets.message_view.code_card import BODY_TOP_PX, COPY_HREF, HEAD_TOP_PX
from app.widgets.message_view.document_builder import QUOTE_INDENT_PX
from app.widgets.message_view.inline_text import LINK_HREF
from app.widgets.message_view.markdown_document import MarkdownDocument
from app.widgets.message_view.marks import difference_selections, find_all, selections
from app.widgets.message_view.table_shape import CARD_PROPERTY
from app.widgets.message_view.text_style import TextStyle
from app.widgets.tokens import RADIUS_CARD, Tokens
from labs.chat.differences import Stretch

FIRST_WIDTH_PX = 640


class MessageBody(QTextBrowser):
    """As tall as its text; scrolling belongs to the view around it."""

    link_clicked = Signal(str)
    code_copied = Signal()

    def __init__(self, style: TextStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.markdown = MarkdownDocument(style, self)
        self._matches: list[QTextCursor] = []
        self._differences: list[QTextEdit.ExtraSelection] = []
        self.setDocument(self.markdown)
        self.setObjectName("message-body")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        # A fixed width: otherwise a hidden editor lays out for the size it happens to have.
        self.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)
        # Until the true one is known: at none, every letter of a long word has a line of its own.
        self.setLineWrapColumnOrWidth(FIRST_WIDTH_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.anchorClicked.connect(self._on_anchor)
        self.highlighted.connect(self._on_hovered)

    def set_style(self, style: TextStyle) -> None:
        self._style = style
        self.markdown.set_style(style)

    def loadResource(self, kind: int, url: QUrl | str) -> object:
        """Nothing is loaded, whatever the text asks for."""
        return None

    def text_height(self, width: int) -> int:
        """Height in pixels of the whole text when laid out `width` pixels wide."""
        if self.lineWrapColumnOrWidth() != width:
            self.setLineWrapColumnOrWidth(width)
        return round(self.markdown.size().height() + 0.5)

    def text_width(self, limit: int) -> int:
        """Width in pixels that the text would like, at most `limit`."""
        self.text_height(limit)
        return min(limit, round(self.markdown.idealWidth() + 0.5))

    def mark(self, sought: str, current: int | None, tokens: Tokens) -> int:
        """Mark every place where `sought` stands; how many there are."""
        self._matches = find_all(self.markdown, sought)
        found = selections(self._matches, current, tokens)
        self.setExtraSelections([*self._differences, *found])
        return len(self._matches)

    def mark_differences(self, stretches: Sequence[Stretch], tokens: Tokens) -> None:
        """Mark these stretches of the text as it is shown."""
        self._differences = difference_selections(self.markdown, stretches, tokens)
        self.setExtraSelections(self._differences)

    def match_rect(self, number: int) -> QRect:
        """Where the match with this number, from 0, stands in this widget."""
        at_start = QTextCursor(self.markdown)
        at_start.setPosition(self._matches[number].selectionStart())
        return self.cursorRect(at_start)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def setSource(self, url: QUrl | str, kind: object = None) -> None:
        """No page is ever opened inside a message."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_cards(painter, QRectF(event.rect()))
        self._paint_quote_bars(painter, event.rect().top(), event.rect().bottom())
        painter.end()
        super().paintEvent(event)

    def _paint_cards(self, painter: QPainter, exposed: QRectF) -> None:
        painter.setBrush(QColor(self._style.code_background))
        layout = self.markdown.documentLayout()
        top = 0.0
        for frame in self.markdown.rootFrame().childFrames():
            shape = frame.frameFormat()
            # The layout reports the rectangle of a table shifted by the padding of its first cell.
            bounds = layout.frameBoundingRect(frame)
            if shape.property(CARD_PROPERTY) == "head":
                top = bounds.top() - HEAD_TOP_PX
            elif shape.property(CARD_PROPERTY) == "body":
                bottom = bounds.bottom() - BODY_TOP_PX - shape.bottomMargin()
                left = shape.leftMargin()
                card = QRectF(left, top, self.viewport().width() - left, bottom - top)
                if card.intersects(exposed):
                    painter.drawRoundedRect(card, RADIUS_CARD, RADIUS_CARD)

    def _paint_quote_bars(self, painter: QPainter, top: int, bottom: int) -> None:
        painter.setBrush(QColor(self._style.hairline))
        layout = self.markdown.documentLayout()
        block = self.cursorForPosition(QPoint(0, top)).block()
        while block.isValid():
            bounds = layout.blockBoundingRect(block)
            if bounds.top() > bottom:
                return
            depth = block.blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel)
            block = block.next()
            following = block.blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel)
            for level in range(depth):
                end = layout.blockBoundingRect(block).top() if following > level else 0.0
                height = max(bounds.height() + 4, end - bounds.top())
                painter.drawRect(QRectF(level * QUOTE_INDENT_PX + 1, bounds.top() - 2, 3, height))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's own menu would offer our inner link names; this one offers addresses."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy", self.copy)
        copy.setEnabled(self.textCursor().hasSelection())
        target = self.anchorAt(event.pos())
        if target.startswith(LINK_HREF):
            address = self._address(target)
            menu.addAction("Copy link address", lambda: _to_clipboard(address))
        menu.addAction("Copy whole text", lambda: _to_clipboard(self.markdown.source))
        menu.addAction("Select all", self.selectAll)
        menu.popup(event.globalPos())

    def createMimeDataFromSelection(self) -> QMimeData:
        """Text only: what is copied must not carry our fonts and colours elsewhere."""
        data = QMimeData()
        data.setText(self.textCursor().selection().toPlainText())
        return data

    def _address(self, target: str) -> str:
        return self.markdown.links[int(target.removeprefix(LINK_HREF))]

    def _on_anchor(self, url: QUrl) -> None:
        target = url.toString()
        if target == COPY_HREF:
            self._copy_code()
        elif target.startswith(LINK_HREF):
            self.link_clicked.emit(self._address(target))

    def _on_hovered(self, url: QUrl) -> None:
        target = url.toString()
        if target.startswith(LINK_HREF):
            QToolTip.showText(QCursor.pos(), _plain_tip(self._address(target)), self)
        elif not target:
            QToolTip.hideText()

    def _copy_code(self) -> None:
        """The code that belongs to the head line of the link just followed."""
        head = self.textCursor().currentTable()
        frames = self.markdown.rootFrame().childFrames()
        if head is None or head not in frames:
            return
        body = frames[frames.index(head) + 1]
        if isinstance(body, QTextTable):
            _to_clipboard(cell_text(body))
            self.code_copied.emit()

    def code_blocks(self) -> list[str]:
        """The code of every block in order."""
        return [
            cell_text(frame)
            for frame in self.markdown.rootFrame().childFrames()
            if isinstance(frame, QTextTable) and frame.format().property(CARD_PROPERTY) == "body"
        ]

    def changeEvent(self, event: QEvent) -> None:
        # Fonts come from the style; a change of the application's font must not lay out twice.
        if event.type() != QEvent.Type.FontChange:
            super().changeEvent(event)


def cell_text(table: QTextTable) -> str:
    cell = table.cellAt(0, 0)
    cursor = cell.firstCursorPosition()
    cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText().replace("\u2029", "\n").replace("\u2028", "\n")


def _to_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _plain_tip(text: str) -> str:
    """Tool tips take text with "<" for rich text; without it they stay plain."""
    return text.replace("<", "‹")
