"""Where a message is written: text, files, how much fits, and a button that sends or stops."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.widgets.attachment_chips import AttachmentChips
from app.widgets.composer_text import ComposerText
from app.widgets.context_meter import ContextMeter
from app.widgets.file_dialog import FileDialog
from app.widgets.icons import IconButton
from app.widgets.tokens import Tokens
from labs.chat.conversation import Attachment

METER_DELAY_MS = 250
OFFER_BESIDE_PX = 340


class Composer(QWidget):
    """Knows nothing of models: it hands out what was written and shows what it is told."""

    submitted = Signal(str, tuple)  # text, attachments
    stop_requested = Signal()
    edit_last_requested = Signal()
    files_given = Signal(list)
    draft_settled = Signal()  # a moment after the last change
    offer_taken = Signal()
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._busy = False
        self._pastes = 0
        self.setObjectName("composer")
        self.setAcceptDrops(True)
        self.setStyleSheet(_sheet(self._tokens))
        self.text = ComposerText(self)
        self.chips = AttachmentChips(self)
        self.meter = ContextMeter(self)
        self._note = QLabel()
        self._note.setProperty("role", "secondary")
        self._note.setWordWrap(True)
        self._note.hide()
        self._attach = IconButton("paperclip", "Attach text files", self)
        self._offer = QPushButton()
        self._offer.setProperty("role", "link")
        self._send = QPushButton("Send")
        self._send.setObjectName("send")
        self._timer = QTimer(self, singleShot=True, interval=METER_DELAY_MS)
        self._lay_out()
        self._connect_signals()
        self.offer("")
        self.set_busy(False)

    # ---- what the page asks ----------------------------------------------------------------

    @property
    def draft(self) -> tuple[str, tuple[Attachment, ...]]:
        return self.text.toPlainText(), self.chips.attachments

    @property
    def is_busy(self) -> bool:
        return self._busy

    def set_draft(self, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        self.text.setPlainText(text)
        self.chips.set_attachments(attachments)

    def clear(self) -> None:
        self.set_draft("")
        self.say("")

    def add_attachment(self, attachment: Attachment) -> None:
        self.chips.add(attachment)

    def set_busy(self, busy: bool) -> None:
        """While a reply is being made the button stops it."""
        self._busy = busy
        words = "Stop" if busy else "Send"
        self._send.setText(words)
        self._send.setAccessibleName(words)
        self._send.setToolTip("Stop the reply (Esc)" if busy else "Send the message (Enter)")
        self._send.setProperty("role", "" if busy else "primary")
        self._send.style().unpolish(self._send)
        self._send.style().polish(self._send)
        self._enable_send()

    def say(self, sentence: str) -> None:
        """A sentence under the text, for instance about a file that cannot be attached."""
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))

    def offer(self, words: str) -> None:
        """Something else that can be done with what is written; "" for nothing."""
        self._offer.setText(words)
        self._offer.setAccessibleName(words or "Nothing else is offered")
        self._offer.setVisible(bool(words))

    def focus_text(self) -> None:
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.setStyleSheet(_sheet(tokens))
        self.meter.setTokens(tokens)
        self._attach.setTokens(tokens)
        self.update()

    # ---- inside ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._attach)
        row.addWidget(self._offer)
        row.addStretch(1)
        row.addWidget(self.meter)
        row.addWidget(self._send)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.chips)
        column.addWidget(self.text)
        column.addWidget(self._note)
        column.addLayout(row)

    def _connect_signals(self) -> None:
        self.text.submitted.connect(self._submit)
        self.text.stop_requested.connect(self._stop)
        self.text.edit_last_requested.connect(self.edit_last_requested)
        self.text.files_given.connect(self.files_given)
        self.text.long_text_pasted.connect(self._attach_paste)
        self.text.textChanged.connect(self._on_changed)
        self.text.installEventFilter(self)
        self.chips.changed.connect(self._on_changed)
        self.chips.emptied.connect(self.focus_text)
        self._send.clicked.connect(self._on_send_clicked)
        self._attach.clicked.connect(self._choose_files)
        self._offer.clicked.connect(self._on_offer)
        self._timer.timeout.connect(self.draft_settled)

    def _submit(self) -> None:
        text, attachments = self.draft
        if not self._busy and (text.strip() or attachments):
            self.submitted.emit(text, attachments)

    def _stop(self) -> None:
        if self._busy:
            self.stop_requested.emit()

    def _on_send_clicked(self) -> None:
        self.focus_text()  # a button that is disabled would hand the focus to whatever is next
        if self._busy:
            self.stop_requested.emit()
        else:
            self._submit()

    def _on_offer(self) -> None:
        self.focus_text()  # the button may go
        self.offer_taken.emit()

    def _on_changed(self) -> None:
        self._enable_send()
        self._timer.start()

    def _enable_send(self) -> None:
        text, attachments = self.draft
        self._send.setEnabled(self._busy or bool(text.strip() or attachments))

    def _attach_paste(self, text: str) -> None:
        self._pastes += 1
        name = "Pasted text.txt" if self._pastes == 1 else f"Pasted text {self._pastes}.txt"
        self.chips.add(Attachment(name, text, len(text.encode(errors="replace"))))
        self.say(f"The pasted text is long ({len(text):,} characters), so it goes along as a file.")

    def _choose_files(self) -> None:
        dialog = FileDialog(self.window(), "Attach text files")
        dialog.setFileMode(FileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.files_given.emit)
        dialog.open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is offered goes above the other controls where large text leaves it no room."""
        super().resizeEvent(event)
        is_wide = self.width() >= self._tokens.px(OFFER_BESIDE_PX)
        if is_wide != (self._row.indexOf(self._offer) >= 0):
            layout, place = (self._row, 1) if is_wide else (self._column, self._column.count() - 1)
            layout.insertWidget(place, self._offer, 0, Qt.AlignmentFlag.AlignLeft)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.text.insertFromMimeData(event.mimeData())
        event.acceptProposedAction()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._tokens
        edge = tokens.accent if self.text.hasFocus() else tokens.border
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 10, 10)


def _sheet(tokens: Tokens) -> str:
    return f"""
        #composer-text {{ background: transparent; border: 0; padding: 0; }}
        #attachment-chip {{ background: {tokens.sunken}; border: 1px solid {tokens.hairline};
            border-radius: 6px; padding: 3px 8px; font-size: {tokens.small_px}px; }}
        #attachment-chip:hover {{ background: {tokens.hover}; }}
        #attachment-chip:focus {{ border-color: {tokens.accent}; }}
    """
