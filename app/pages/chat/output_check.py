"""Whether the form that an answer is to take can be used, told below its fields."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.context import AppContext
from app.pages.chat.answer import check_output
from app.pages.chat.options_panel import OptionsPanel
from models.errors import UserError


class OutputCheck(QObject):
    """Tries a grammar or a schema whenever `options` ask for it."""

    def __init__(self, context: AppContext, options: OptionsPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._options = context, options
        options.check_requested.connect(self._check)

    def _check(self, grammar: str, json_schema: str) -> None:
        sandbox = self._context.services.sandbox
        job = self._context.jobs.start(lambda _: check_output(sandbox, grammar, json_schema))
        job.finished.connect(self._on_accepted)
        job.failed.connect(self._on_refused)

    def _on_accepted(self, _none: object) -> None:
        self._options.show_verdict("It can be used.", good=True)

    def _on_refused(self, error: UserError) -> None:
        self._options.show_verdict(str(error), good=False)
