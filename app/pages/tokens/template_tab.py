"""The X-ray: messages on the left, and what templates make of them, side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.tokens.latest_job import LatestJob
from app.pages.tokens.messages_editor import MessagesEditor
from app.pages.tokens.template_column import TemplateColumn
from app.pages.tokens.work import Choice, ColumnResult, render_chat
from app.widgets.focus import hand_on
from app.widgets.tab_order import follow_in
from labs.tokens.template_note import template_note
from labs.tokens.xray import ChatMessage, Xray, XrayFailure

SETTLE_MS, MOST_COLUMNS = 250, 3
OTHER_TEMPLATE = "Llama 3"


@dataclass(frozen=True, order=True)
class Chat:
    """What was given to the templates in one round of rendering."""

    number: int = 0
    messages: tuple[ChatMessage, ...] = field(default=(), compare=False)
    careless: bool = field(default=False, compare=False)


class TemplateTab(QWidget):
    """Renders again when a message, a template or a tokenizer changes."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job = LatestJob(context.jobs, self)
        self._is_shown = False
        self._chat = Chat()
        self._shown: dict[TemplateColumn, Chat] = {}  # what each column shows something of
        self.editor = MessagesEditor(context.theme.hand_to)
        self.careless = QCheckBox("Read control tokens out of the messages too")
        self.careless.setToolTip("As a program does that cuts the whole prompt in one go")
        self.add_button = QPushButton("Add a template")
        self.columns: list[TemplateColumn] = []
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.render_chat)
        self._lay_out()
        self.editor.changed.connect(self._on_changed)
        self.careless.toggled.connect(lambda _on: self._on_changed())
        self.add_button.clicked.connect(lambda: self.add_column())
        self._job.stepped.connect(self._on_step)
        self._job.finished.connect(lambda _result: self.went_well.emit())
        self._job.failed.connect(self.failed)
        self._job.stopped.connect(self._on_stopped)

    def render_once(self) -> None:
        """The first time that the tab is seen."""
        if not self._is_shown:
            self._is_shown = True
            self.add_column("")
            self.add_column()

    def add_column(self, template: str = OTHER_TEMPLATE, tokenizer: str = "") -> None:
        if len(self.columns) >= MOST_COLUMNS:
            return
        name = tokenizer or self._context.current_model.model or "starter"
        column = TemplateColumn(self._context, Choice(name, template))
        self.columns.append(column)
        self._row.addWidget(column)
        self._context.theme.hand_to(column)
        follow_in(self.columns[-2] if len(self.columns) > 1 else self.add_button, column)
        column.changed.connect(self._on_changed)
        column.tokenizer.removed.connect(partial(self._remove, column))
        self._show_room()
        self._on_changed()

    def take_tokenizer(self, name: str) -> None:
        """Beside the others, or instead of the last."""
        if len(self.columns) < MOST_COLUMNS:
            self.add_column(tokenizer=name)
        else:
            self.columns[-1].tokenizer.choose(name)

    def render_chat(self) -> None:
        self._settle.stop()
        self._job.give_up()
        choices, messages = [c.choice for c in self.columns], self.editor.messages
        if not messages:
            for column in self.columns:
                column.show_nothing()
            return
        careless, services = self.careless.isChecked(), self._context.services
        self._chat = Chat(self._chat.number + 1, messages, careless)
        self._job.start(
            lambda token: render_chat(services, choices, messages, careless, token),
            "Rendering a chat",
        )

    def note(self) -> str:
        """What is shown of the newest chat, to keep: while it is changed and rendered again, an
        older one stays. Raises UserError while nothing was rendered."""
        shown = [column for column in self.columns if column.outcome is not None]
        newest = max((self._shown[column] for column in shown), default=Chat())
        made = [c.outcome for c in shown if c.outcome is not None and self._shown[c] == newest]
        return template_note(newest.messages, made, careless=newest.careless)

    def _on_changed(self) -> None:
        if self._is_shown:
            self._settle.start()

    def _on_step(self, step: object) -> None:
        if isinstance(step, ColumnResult) and isinstance(step.outcome, (Xray, XrayFailure)):
            self.columns[step.index].show_outcome(step.outcome)
            self._shown[self.columns[step.index]] = self._chat

    def _on_stopped(self) -> None:
        """What stands there may be of other messages."""
        for column in self.columns:
            column.show_nothing("Stopped. The next change renders the chat again.")

    def _remove(self, column: TemplateColumn) -> None:
        self._job.give_up()
        place = self.columns.index(column)
        self.columns.remove(column)
        self._shown.pop(column, None)
        self._show_room()
        hand_on(column, self.columns[max(0, place - 1)].tokenizer.heir)
        column.hide()
        column.deleteLater()
        self._on_changed()

    def _show_room(self) -> None:
        self.add_button.setEnabled(len(self.columns) < MOST_COLUMNS)
        for column in self.columns:
            column.tokenizer.close_button.setVisible(len(self.columns) > 1)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self.careless)
        bar.addStretch(1)
        bar.addWidget(self.add_button)
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 16, 24, 16)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addLayout(self._row, 1)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setObjectName("template-splitter")
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(1)
        halves.addWidget(self.editor)
        halves.addWidget(right)
        halves.setSizes([300, 800])
        halves.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(halves)
