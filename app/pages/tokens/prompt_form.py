"""A prompt, the model that is asked, and how the prompt is sent to it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.context import AppContext
from app.model_choice import make_free_picker
from app.pages.tokens.long_text import LongText
from app.pages.tokens.surprise_bar import Choice
from app.widgets.parts import row_of
from app.widgets.tokens import Tokens
from labs.tokens.next_token import Prompt
from labs.tokens.reading import read_text

START, HEIGHT_PX = "The capital of France is", 64
NAME_PX = 160  # with less beside it, the model stands in a line of its own
FORMS = {"raw": "Raw text", "chat": "Chat message"}


class PromptForm(QWidget):
    """The model follows the current one until another is chosen here."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = context.current_model.model or "starter"
        self._is_own, self._name_px = False, NAME_PX
        self.picker = make_free_picker(context)
        self.form = Choice(FORMS, "Send as", self)
        self.content = LongText("Prompt", "The beginning of a text, or a message")
        self.content.show_text(START)
        self.editor = self.content.editor
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._head = row_of(self.picker, self.form, stretch=-1, spacing=12)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
        for part in (self.picker, self.form):
            self._head.setAlignment(part, left)
        column.addLayout(self._head)
        column.addWidget(self.content)
        self.picker.set_current(self.model)
        self.picker.chosen.connect(self.choose_model)
        context.current_model.changed.connect(self._follow)

    @property
    def prompt(self) -> Prompt:
        text = read_text(self.content.text).text
        return Prompt(text, self.form.chosen == "chat")

    def choose_model(self, name: str) -> None:
        self._is_own = True
        self.model = name
        self.picker.set_current(name)

    def setTokens(self, tokens: Tokens) -> None:
        self._name_px = tokens.px(NAME_PX)
        self.content.fix_height(tokens.px(HEIGHT_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside_px = self.width() - self.form.sizeHint().width() - 24
        is_narrow = beside_px < self._name_px
        way = QBoxLayout.Direction
        self._head.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)
        self.picker.fit(self.width() if is_narrow else beside_px)

    def _follow(self, model: str) -> None:
        if not self._is_own and model:
            self.model = model
            self.picker.set_current(model)
