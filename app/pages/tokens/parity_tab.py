"""Same tokenizer twice: two sources of one tokenizer, and why they differ."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.pages.tokens.latest_job import LatestJob
from app.pages.tokens.long_text import LongText
from app.pages.tokens.message_box import MessageBox
from app.pages.tokens.parity_view import ParityView
from app.pages.tokens.parity_work import hold_against
from app.pages.tokens.tokenizer_row import TokenizerRow
from app.widgets.data_table import DataTable
from app.widgets.parts import button, clear, row_of, scrolled, words
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from app.widgets.task_row import TaskRow
from app.widgets.tokens import Tokens
from labs.tokens.parity.doctor import Compared, Parity
from labs.tokens.parity.words import cause_of, remarks, sureness, unexplained, verdict
from models.errors import UserError

PURPOSE = (
    "A tokenizer often comes in several files: a GGUF, its tokenizer.json, an MLX folder, a "
    "SentencePiece file, another quantization. Do two of them cut text alike?"
)
HINT = "Choose both above. Some sixty hard texts are tried, and yours before them."
STOPPED = "Stopped. Nothing was compared."
OTHERS = "Others were chosen. Press Compare to hold these against each other."
WIDTHS_PX, LEAST_PX, TEXT_PX = (140, 190, 90, 240), 72, 52


@dataclass(frozen=True)
class TextRow:
    compared: Compared
    result: str
    cause: str


COLUMNS = (
    Column[TextRow]("What is hard", lambda row: row.compared.item.kind),
    Column[TextRow]("Text", lambda row: row.compared.item.text[:80].replace("\n", "↵"),
                    tooltip=lambda row: row.compared.item.note),
    Column[TextRow]("Tokens", lambda row: row.result),
    Column[TextRow]("Cause", lambda row: row.cause, tooltip=lambda row: row.cause),
)  # fmt: skip


class ParityTab(QWidget):
    """Begins when asked: trying causes takes some seconds."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job = LatestJob(context.jobs, self)
        self.parity: Parity | None = None
        name = context.current_model.model or "starter"
        self.sources = TokenizerRow(context, (name, name), least=2, most=2)
        self.text = LongText("A text of your own", "A text of your own, tried first (not needed)")
        self.special = QCheckBox("Read control tokens")
        self.special.setToolTip("As when a whole prompt is read, template and all")
        self.special.setChecked(True)
        self.begin = button("Compare", "primary")
        self.message, self.task = MessageBox(), TaskRow("Comparing two sources")
        self.rows = RowsModel[TextRow](COLUMNS, self)
        self.table = DataTable("Texts tried", FilteredRows(self.rows, self))
        self.view = ParityView()
        self._findings = QVBoxLayout()
        self._stack = QStackedWidget()
        self._lay_out()
        self.sources.changed.connect(self._forget)
        self.special.toggled.connect(self._forget)
        self.begin.clicked.connect(self.compare)
        self.task.stop_requested.connect(self._job.stop)
        self._job.changed.connect(lambda: self._job.show_on(self.task))
        self._job.finished.connect(self._on_done)
        self._job.failed.connect(self._on_failed)
        self._job.stopped.connect(lambda: self._say(STOPPED))
        self.table.failed.connect(self.failed)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_text())
        self._say(PURPOSE, HINT)

    def take_tokenizer(self, name: str) -> None:
        self.sources.take(name)

    def compare(self) -> None:
        names, text, special = self.sources.names, self.text.text, self.special.isChecked()
        services = self._context.services
        self.task.show_progress(None, "", None, stopping=False)
        self._stack.setCurrentWidget(self._busy)
        self._job.start(
            lambda token: hold_against(services, names, text, special, token),
            "Comparing two sources of a tokenizer",
        )

    def setTokens(self, tokens: Tokens) -> None:
        self.text.fix_height(tokens.px(TEXT_PX))
        self.table.horizontalHeader().setMinimumSectionSize(tokens.px(LEAST_PX))
        self.table.set_widths(*map(tokens.px, WIDTHS_PX), stretch=len(WIDTHS_PX) - 1)

    # ---- the job ---------------------------------------------------------------------------

    def _on_done(self, parity: Parity) -> None:
        self.parity = parity
        self._show_findings(parity)
        rows = [_row(parity, place) for place in range(len(parity.texts))]
        self.rows.set_rows(sorted(rows, key=lambda row: row.compared.agrees))
        self._stack.setCurrentWidget(self._result)
        self.table.selectRow(0)
        self.went_well.emit()

    def _on_failed(self, error: UserError) -> None:
        self._say(PURPOSE, HINT)
        self.failed.emit(error)

    def _forget(self) -> None:
        """What was found is of other sources, or read otherwise."""
        if self._job.is_running or self.parity is not None:
            self._job.give_up()
            self.parity = None
            self._say(OTHERS)

    # ---- what is shown ---------------------------------------------------------------------

    def _say(self, sentence: str, hint: str = "") -> None:
        self.message.say(sentence, hint)
        self._stack.setCurrentWidget(self.message)

    def _show_findings(self, parity: Parity) -> None:
        clear(self._findings)
        role = "danger" if parity.differing else "good"
        self._findings.addWidget(words(verdict(parity), role))
        for cause in parity.causes:
            self._findings.addWidget(words(cause.sentence))
            self._findings.addWidget(words(sureness(parity, cause), "small"))
            self._findings.addSpacing(4)
        if left := unexplained(parity):
            self._findings.addWidget(words(left))
        if told := remarks(parity):
            self._findings.addWidget(words("In the files", "secondary"))
            for line in told:
                self._findings.addWidget(words(line, "small"))
        self._findings.addStretch(1)

    def _show_text(self) -> None:
        row = self.table.currentIndex().data(RowRole)
        if isinstance(row, TextRow) and self.parity is not None:
            self.view.show_text(row.compared, (self.parity.one.name, self.parity.other.name))

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setLayout(self._findings)
        self._findings.setContentsMargins(0, 0, 8, 0)
        self._findings.setSpacing(6)
        right = QSplitter(Qt.Orientation.Vertical)
        right.setObjectName("parity-texts-splitter")
        right.setChildrenCollapsible(False)
        right.setHandleWidth(1)
        right.addWidget(self.table)
        right.addWidget(self.view)
        right.setSizes([220, 260])
        self._result = QSplitter(Qt.Orientation.Horizontal)
        self._result.setObjectName("parity-splitter")
        self._result.setChildrenCollapsible(False)
        self._result.addWidget(scrolled(inside, "What was found"))
        beside = QWidget()
        room = QVBoxLayout(beside)
        room.setContentsMargins(12, 0, 0, 0)
        room.addWidget(right)
        self._result.addWidget(beside)
        self._result.setHandleWidth(1)
        self._result.setSizes([300, 700])
        self._result.setStretchFactor(1, 1)
        self._busy = QWidget()
        busy = QVBoxLayout(self._busy)
        busy.addWidget(self.task)
        busy.addStretch(1)
        for widget in (self.message, self._busy, self._result):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(10)
        column.addWidget(self.sources)
        column.addLayout(row_of(self.text, self.special, self.begin, stretch=0))
        column.addWidget(self._stack, 1)


def _row(parity: Parity, place: int) -> TextRow:
    each = parity.texts[place]
    failed = isinstance(each.one, UserError) or isinstance(each.other, UserError)
    result = "alike" if each.agrees else "not cut" if failed else "different"
    return TextRow(each, result, cause_of(parity, place))
