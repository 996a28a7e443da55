"""Ollama: whether it runs, what it has, and what can be done with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.pages.models.servers_parts import say
from app.widgets.data_table import DataTable
from app.widgets.parts import button, card, words
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens
from models.amounts import count_text, size_text
from models.engine.messages import DEFAULT_N_CTX
from models.library.entry import ModelEntry
from models.remote.server import ServerState

if TYPE_CHECKING:  # what lies behind it stands on an HTTP library
    from models.remote.ollama_acts import RunningModel

LOOKING = "Looking for Ollama…"
NOTHING = "It has no model yet. Pull one below."
PULL_HINT = (
    "Ollama downloads it from its own registry, beyond this machine, and keeps it in its own store."
)
MOST_CONTEXT = 1 << 20
NAME_PX, SIDES_PX = 200, 36  # the name stays readable; these columns make room first
LEAVE_FIRST = (2, 1, 3)
WIDTHS = (260, 84, 112, 90, 250)
ROW_PX, EDGES_PX, MOST_ROWS = 34, 8, 9


@dataclass(frozen=True)
class OllamaRow:
    """A model, and what of it is in memory now."""

    entry: ModelEntry
    running: RunningModel | None = None

    @property
    def name(self) -> str:
        return self.entry.name.removeprefix("ollama:")

    @property
    def state(self) -> str:
        if self.entry.elsewhere:
            return f"Runs at {self.entry.elsewhere}"
        if self.running is None:
            return self.entry.problem.partition(". ")[2].rstrip(".")
        part = self.running.gpu_bytes / self.running.size_bytes if self.running.size_bytes else 0
        where = f", {part:.0%} on the GPU" if part else ""
        return f"In memory, {size_text(self.running.size_bytes)}{where}"


COLUMNS: tuple[Column[OllamaRow], ...] = (
    Column("Name", lambda row: row.name, tooltip=lambda row: row.name),
    Column("Type", lambda row: row.entry.quantization),
    Column(
        "Weights",
        lambda row: count_text(row.entry.n_params) if row.entry.n_params else "",
        key=lambda row: row.entry.n_params,
        is_number=True,
    ),
    Column(
        "Size",
        lambda row: "" if row.entry.elsewhere else size_text(row.entry.size_bytes),
        key=lambda row: row.entry.size_bytes,
        is_number=True,
    ),
    Column("Now", lambda row: row.state, tooltip=lambda row: row.entry.problem or row.state),
)


class OllamaCard(QWidget):
    """Signals carry the model that was meant; `pull_asked` the name in the box,
    `context_changed` a number of tokens, 0 for the usual one."""

    pull_asked = Signal(str)
    chat_asked = Signal(object)
    weights_asked = Signal(object)
    unload_asked = Signal(object)
    delete_asked = Signal(object)
    chosen = Signal(object)
    context_changed = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self.state, self.hint = words(LOOKING, "secondary"), words(role="small")
        self.rows = RowsModel(COLUMNS, self)
        self._shown = FilteredRows(self.rows, self)
        self.table = DataTable("Models of Ollama", self._shown)
        self.table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.set_widths(*WIDTHS)
        self.chat = button("Chat", name="Chat with this model of Ollama")
        self.weights = button("See its weights", name="See the weights of this model of Ollama")
        self.unload = button("Unload", name="Unload this model of Ollama")
        self.delete = button("Delete…", "danger", "Delete this model of Ollama")
        self.context = QSpinBox(minimum=0, maximum=MOST_CONTEXT, singleStep=1024)
        self.context.setAccessibleName("Context of this model of Ollama, in tokens")
        self.context.setToolTip("num_ctx: how many tokens the model can look back on")
        self.context.setSpecialValueText(f"Automatic ({DEFAULT_N_CTX:,})")
        self.context.setGroupSeparatorShown(True)
        keep_still(self.context)
        self.name = QLineEdit(placeholderText="Name of a model, such as llama3.2:1b")
        self.name.setAccessibleName("Model to pull")
        self.name.setClearButtonEnabled(True)
        self.pull = button("Pull", "primary", "Pull this model with Ollama")
        self.pulls = QVBoxLayout()  # a row each
        self._acts, self._pull_box = QWidget(), QWidget()
        self._lay_out()
        self._connect_signals()
        self._show_rows((), False)

    def show_state(self, state: ServerState, running: Mapping[str, RunningModel]) -> None:
        place = urlsplit(state.server.address).netloc
        if state.problem:
            say(self.state, state.problem, "secondary")
            say(self.hint, state.hint, "small")
        else:
            version = f", version {state.version}" if state.version else ""
            say(self.state, f"Runs at {place}{version}.", "good")
            say(self.hint, "" if state.entries else NOTHING, "small")
        rows = tuple(OllamaRow(entry, running.get(entry.name)) for entry in state.entries)
        self._show_rows(rows, not state.problem)

    def show_looking(self) -> None:
        """Only where nothing is known yet: a second look changes words at its end alone."""
        if not self._pull_box.isVisibleTo(self) and not self.rows.rows:
            say(self.state, LOOKING, "secondary")
            say(self.hint, "", "small")

    def show_context(self, n_ctx: int) -> None:
        """What is saved for the chosen model."""
        with QSignalBlocker(self.context):
            self.context.setValue(n_ctx)

    def current(self) -> OllamaRow | None:
        row = self.table.currentIndex().data(RowRole)
        return row if isinstance(row, OllamaRow) else None

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        for column, width in enumerate(WIDTHS):
            if column:
                self.table.horizontalHeader().resizeSection(column, tokens.px(width))
        self._settle()

    # ---- inside ----------------------------------------------------------------------------

    def _show_rows(self, rows: tuple[OllamaRow, ...], is_running: bool) -> None:
        if rows and self.rows.has_same(rows, lambda row: row.entry.id):
            self.rows.update_rows(rows)
        else:
            self.rows.set_rows(rows)
            self.table.selectRow(0)
        for part in (self.table, self._acts):
            part.setVisible(bool(rows))
        self._pull_box.setVisible(is_running)
        self._settle()
        self._on_current()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Hide columns, the least needed first, until the name has its room."""
        px = self._tokens.px
        room = self.width() - px(SIDES_PX) - px(NAME_PX) - sum(px(width) for width in WIDTHS[1:])
        self.table.make_room(room, [(column, px(WIDTHS[column])) for column in LEAVE_FIRST])

    def _settle(self) -> None:
        self._make_room()
        shown = min(len(self.rows.rows), MOST_ROWS)
        self.table.setFixedHeight(self._tokens.px(ROW_PX) * (shown + 1) + EDGES_PX)

    def _on_current(self) -> None:
        row = self.current()
        self.chat.setEnabled(row is not None and row.entry.can_run)
        self.weights.setEnabled(row is not None and not row.entry.elsewhere)
        self.unload.setEnabled(row is not None and row.running is not None)
        self.delete.setEnabled(row is not None)
        self.context.setEnabled(self.chat.isEnabled())
        if row is not None:
            self.chosen.emit(row.entry)

    def _ask_pull(self) -> None:
        if name := self.name.text().strip():
            self.pull_asked.emit(name)

    def _connect_signals(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.table.activated.connect(lambda: self._tell(self.chat_asked))
        for made, signal in (
            (self.chat, self.chat_asked),
            (self.weights, self.weights_asked),
            (self.unload, self.unload_asked),
            (self.delete, self.delete_asked),
        ):
            made.clicked.connect(lambda _checked=False, signal=signal: self._tell(signal))
        self.context.valueChanged.connect(self._on_context)
        self.pull.clicked.connect(self._ask_pull)
        self.name.returnPressed.connect(self._ask_pull)

    def _on_context(self, n_ctx: int) -> None:
        row = self.current()
        if row is not None:
            self.context_changed.emit(row.entry, n_ctx)

    def _tell(self, signal: SignalInstance) -> None:
        row = self.current()
        if row is not None:
            signal.emit(row.entry)

    def _lay_out(self) -> None:
        frame, column = card(spacing=10)
        column.addWidget(words("Ollama", "heading"))
        column.addWidget(self.state)
        column.addWidget(self.hint)
        column.addWidget(self.table)
        self._lay_out_acts((self.chat, self.weights, self.unload, self.delete))
        column.addWidget(self._acts)
        self._lay_out_pull()
        column.addWidget(self._pull_box)
        self.pulls.setSpacing(8)
        column.addLayout(self.pulls)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def _lay_out_acts(self, buttons: tuple[QPushButton, ...]) -> None:
        row = QHBoxLayout(self._acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for made in buttons[:-1]:
            row.addWidget(made)
        row.addStretch(1)
        label = QLabel("Context")
        label.setBuddy(self.context)
        row.addWidget(label)
        row.addWidget(self.context)
        row.addStretch(1)
        row.addWidget(buttons[-1])

    def _lay_out_pull(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.name, 1)
        line.addWidget(self.pull)
        column = QVBoxLayout(self._pull_box)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(words(PULL_HINT, "small"))
