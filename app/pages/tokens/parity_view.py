"""One text as two sources cut it, the first difference framed in both."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.pages.tokens.message_box import MessageBox
from app.widgets.elided_label import ElidedLabel
from app.widgets.token_field import TokenField
from labs.tokens.parity.doctor import Compared
from labs.tokens.words import counted
from models.errors import UserError
from models.tokenizers.cut import Cut


class ParityView(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.halves = (_Half("First source"), _Half("Second source"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        for half in self.halves:
            row.addWidget(half, 1)

    def show_text(self, compared: Compared, names: tuple[str, str]) -> None:
        index = compared.first.index if compared.first else None
        for half, name, cut in zip(
            self.halves, names, (compared.one, compared.other), strict=True
        ):  # fmt: skip
            half.show_cut(name, cut, index)


class _Half(QFrame):
    """Its tokens with those around a prompt, or why there are none."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.about, self.field = ElidedLabel("", "small"), TokenField(name)
        self.message = MessageBox()
        self._stack = QStackedWidget()
        self._stack.setStyleSheet("QStackedWidget { background: transparent; }")
        self._stack.addWidget(self.field)
        self._stack.addWidget(self.message)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.about)
        column.addWidget(self._stack, 1)

    def show_cut(self, name: str, cut: Cut | UserError, index: int | None) -> None:
        if isinstance(cut, UserError):
            self.about.show_text(name)
            self.message.show_error(cut)
            self._stack.setCurrentWidget(self.message)
            return
        self.about.show_text(f"{name} · {counted(len(cut), 'token')}")
        self._stack.setCurrentWidget(self.field)
        self.field.show_cut(cut)
        if index is not None:
            self.field.mark_token(index)
