"""A prompt, the model that is asked, and how the prompt is sent to it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.model_choice import make_free_picker
from app.pages.tokens.long_text import LongText
from app.pages.tokens.surprise_bar import Choice
from app.widgets.parts import row_of
from app.widgets.tokens import Tokens
from labs.tokens.next_token import Prompt
from labs.tokens.reading import read_text

START, HEIGHT_PX = "The capital of France is", 64
FORMS = {"raw": "Raw text", "chat": "Chat message"}


class PromptForm(QWidget):
    """The model follows the current one until another is chosen here."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = context.current_model.model or "starter"
        self._is_own = False
        self.picker = make_free_picker(context)
        self.form = Choice(FORMS, "Send as", self)
        self.content = LongText("Prompt", "The beginning of a text, or a message")
        self.content.show_text(START)
        self.editor = self.content.editor
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row_of(self.picker, self.form, stretch=-1, spacing=12))
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
        self.content.fix_height(tokens.px(HEIGHT_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.picker.fit(max(80, self.width() - self.form.sizeHint().width() - 24))

    def _follow(self, model: str) -> None:
        if not self._is_own and model:
            self.model = model
            self.picker.set_current(model)
