"""Comparing two models, as the chat page knows it: made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.context import AppContext
from app.model_choice import make_free_picker, rows_of
from app.pages.chat.attaching import Attaching
from app.pages.chat.compare.panel import ComparePanel
from app.pages.chat.compare.run import CompareRun
from app.pages.chat.conversation_area import ConversationArea
from labs.chat.conversation import ChatOptions
from models.hardware.memory import free_bytes


class Comparison(QObject):
    chat_made = Signal()
    failed = Signal(object)
    kept = Signal(int, int, str)  # chat, message, model
    closed = Signal()
    link_opening = Signal(str)

    def __init__(
        self, context: AppContext, area: ConversationArea, options: Callable[[], ChatOptions],
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._context, self._area, self._options = context, area, options
        self.panel: ComparePanel | None = None

    def open(self) -> None:
        """The current model on the left, and what was compared before or another one beside it."""
        panel = self.panel or self._make()
        current = self._context.current_model.model
        if current and not panel.left.model:
            panel.left.choose(current)
        self._area.show_aside(panel)
        panel.composer.focus_text()

    def _make(self) -> ComparePanel:
        context = self._context
        panel = self.panel = ComparePanel(make_free_picker(context), make_free_picker(context))
        rows = rows_of(context.services.library, free_bytes())
        for column in panel.columns:
            column.picker.set_rows(rows)
        panel.links.opening.connect(self.link_opening)
        self._attaching = Attaching(context, panel.composer)
        panel.composer.files_given.connect(self._attaching.take)
        run = CompareRun(context, panel, self._options, self)
        run.chat_made.connect(self.chat_made)
        run.failed.connect(self.failed)
        run.kept.connect(self.kept)
        panel.closed.connect(run.stop)
        panel.closed.connect(self.closed)
        context.theme.hand_to(panel)
        return panel
