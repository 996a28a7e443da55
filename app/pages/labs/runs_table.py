"""My runs: a table of what was run, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.runs.run_list import DAMAGED, OPEN, PAUSED, RUNNING, RunRow, date_text
from app.widgets.data_table import DataTable
from app.widgets.parts import button, row_of, words
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from app.widgets.tokens import Tokens

_WIDTHS = (176, 170, 90, 56, 130, 240, 150, 150)
_STUDENT, _FINDING, _NOTE = 2, 5, 6
_LEAVE_FIRST = (6, 3, 7, 0)
_FINDING_PX = 220


def state_text(row: RunRow) -> str:
    if row.state == OPEN:
        return f"{row.done:,} of {row.total:,} trials"
    if row.state in (RUNNING, PAUSED):
        return f"{row.state}, {row.done:,} of {row.total:,}"
    return row.state


RUN_COLUMNS: tuple[Column[RunRow], ...] = (
    Column("Lab", lambda row: row.lab, tooltip=lambda row: str(row.path)),
    Column("Model", lambda row: ", ".join(row.models), tooltip=lambda row: ", ".join(row.models)),
    Column("Student", lambda row: row.student),
    Column("n", lambda row: str(row.n_items or ""), lambda row: row.n_items, is_number=True),
    Column("State", state_text),
    Column("Finding", lambda row: row.finding, tooltip=lambda row: row.problem or row.finding),
    Column("Note", lambda row: row.note, tooltip=lambda row: row.note),
    Column("Date", lambda row: date_text(row.locked_at), lambda row: row.locked_at),
)

_WHERE_ANY: Mapping[int, Callable[[RunRow], str]] = {
    _STUDENT: lambda row: row.student, _NOTE: lambda row: row.note,
}  # fmt: skip


class RunsTable(QWidget):
    """Signals carry the folder of the run they are about."""

    open_asked = Signal(object)
    resume_asked = Signal(object)
    compare_asked = Signal(object, object)
    export_asked = Signal(object)
    bin_asked = Signal(object)
    bin_shown = Signal()
    note_changed = Signal(object, str)
    start_asked = Signal()
    folder_asked = Signal()
    hand_in_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._tokens = Tokens()
        self.rows = RowsModel[RunRow](RUN_COLUMNS, self)
        self._filtered = FilteredRows(self.rows, self)
        self.table = DataTable("My runs", self._filtered)
        self.table.set_widths(*_WIDTHS, stretch=_FINDING)
        self.search = QLineEdit(placeholderText="Search your runs")
        self.search.setAccessibleName("Search your runs")
        self.search.setClearButtonEnabled(True)
        self.note = QLineEdit(placeholderText="Note on the selected run")
        self.note.setAccessibleName("Note on the selected run")
        self.open_button = button("Open", "primary", "Open the selected run")
        self.resume_button = button("Resume", name="Resume the selected run")
        self.compare_button = button("Compare", name="Compare the selected runs")
        self.export_button = button("Export…", name="Export the selected run")
        self.bin_button = button("Bin", name="Move the selected run to the bin")
        self.folder_button = button("Open a run folder…")
        self.folder_button.setToolTip(
            "A run that lies elsewhere, or a folder of several. It stays where it is."
        )
        self.hand_in_button = button("Open a hand-in…")
        self.hand_in_button.setToolTip(
            "The .zip file of a lab or of a run that somebody has handed in, or several."
        )
        self._to_bin = (button("", "quiet"), button("", "quiet"))  # above the table, and without
        self.problem = words("", "warning")
        self.place = words("", "small")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect_signals()
        self._on_selection()
        self.show_bin_count(0)

    def show_runs(self, rows: Sequence[RunRow]) -> None:
        """The selection stays, and a note that is being typed."""
        if rows and self.rows.has_same(rows, lambda row: row.path):
            self.rows.update_rows(tuple(rows))
            self._make_room()
            self._tell()
            return
        kept = {row.path for row in self.selected()} & {row.path for row in rows}
        self.rows.set_rows(tuple(rows))
        self._make_room()
        self._stack.setCurrentIndex(0 if rows else 1)
        self.select(kept or {row.path for row in rows[:1]})
        self._on_selection()

    def show_bin_count(self, count: int) -> None:
        """The way to the bin is there while something is in it."""
        for each in self._to_bin:
            each.setText(f"In the bin ({count})")
            each.setAccessibleName(f"Look into the bin, {count} runs")
            each.setVisible(count > 0)

    def select(self, paths: set[Path]) -> None:
        model = self.table.selectionModel()
        flag = model.SelectionFlag.Select | model.SelectionFlag.Rows
        for place, row in enumerate(self.rows.rows):
            index = self._filtered.mapFromSource(self.rows.index(place, 0))
            if row.path in paths and index.isValid():
                model.select(index, flag)
                model.setCurrentIndex(index, model.SelectionFlag.NoUpdate)

    def selected(self) -> list[RunRow]:
        return [index.data(RowRole) for index in self.table.selectionModel().selectedRows()]

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        for column, width in enumerate(_WIDTHS):
            if column != _FINDING:
                self.table.horizontalHeader().resizeSection(column, tokens.px(width))
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    # ---- inside ----------------------------------------------------------------------------

    def _make_room(self) -> None:
        """Hide columns, the least needed first, until the finding has its room."""
        px = self._tokens.px
        away = {_FINDING}
        for column, text in _WHERE_ANY.items():
            has_none = not any(map(text, self.rows.rows))
            self.table.setColumnHidden(column, has_none)
            away |= {column} if has_none else set()
        room = self.width() - px(_FINDING_PX) - 76
        room -= sum(px(width) for place, width in enumerate(_WIDTHS) if place not in away)
        leave_first = [each for each in _LEAVE_FIRST if each not in away]
        self.table.make_room(room, [(each, px(_WIDTHS[each])) for each in leave_first])

    def _on_selection(self) -> None:
        rows = self.selected()
        one = rows[0] if len(rows) == 1 else None
        self.note.setEnabled(one is not None)
        self.note.setText(one.note if one else "")
        self._tell()

    def _tell(self) -> None:
        """What is wrong with what is selected, where it lies, and what can be done with it."""
        rows = self.selected()
        one = rows[0] if len(rows) == 1 else None
        self.problem.setText(one.problem if one else "")
        self.problem.setVisible(bool(one and one.problem))
        place = (f"Lies in {one.path}" if one.is_linked else one.handed_in) if one else ""
        self.place.setText(place)
        self.place.setVisible(bool(place))
        opens = one is not None and one.state != DAMAGED
        self.open_button.setEnabled(opens)
        self.resume_button.setEnabled(one is not None and one.state in (OPEN, PAUSED))
        self.compare_button.setEnabled(_sides(rows) is not None)
        self.export_button.setEnabled(one is not None)
        self.bin_button.setEnabled(
            bool(rows) and not any(row.state in (RUNNING, PAUSED) for row in rows)
        )
        are_linked = bool(rows) and all(row.is_linked for row in rows)
        self.bin_button.setText("Take off the list" if are_linked else "Bin")
        self.bin_button.setAccessibleName(
            "Take the selected run off the list" if are_linked
            else "Move the selected run to the bin"
        )  # fmt: skip

    def _on_open(self) -> None:
        rows = self.selected()
        if len(rows) == 1 and rows[0].state != DAMAGED:
            self.open_asked.emit(rows[0].path)

    def _on_note(self) -> None:
        rows = self.selected()
        if len(rows) == 1 and self.note.text().strip() != rows[0].note:
            self.note_changed.emit(rows[0].path, self.note.text().strip())

    def _on_compare(self) -> None:
        sides = _sides(self.selected())
        if sides is not None:
            self.compare_asked.emit(*sides)

    def _on_bin(self) -> None:
        for row in self.selected():
            self.bin_asked.emit(row.path)

    def _connect_signals(self) -> None:
        self.search.textChanged.connect(self._filtered.search)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.table.activated.connect(self._on_open)
        self.open_button.clicked.connect(self._on_open)
        self.resume_button.clicked.connect(lambda: self.resume_asked.emit(self.selected()[0].path))
        self.export_button.clicked.connect(lambda: self.export_asked.emit(self.selected()[0].path))
        self.compare_button.clicked.connect(self._on_compare)
        self.bin_button.clicked.connect(self._on_bin)
        self.note.editingFinished.connect(self._on_note)
        self.empty_start.clicked.connect(self.start_asked)
        for opener in (self.folder_button, self.empty_folder):
            opener.clicked.connect(self.folder_asked)
        for opener in (self.hand_in_button, self.empty_hand_in):
            opener.clicked.connect(self.hand_in_asked)
        for each in self._to_bin:
            each.clicked.connect(self.bin_shown)
        for name, run in (("Open", self._on_open), ("Compare", self._on_compare)):
            action = QAction(name, self.table)
            action.triggered.connect(run)
            self.table.insertAction(self.table.copy_action, action)

    def _lay_out(self) -> None:
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(24, 12, 24, 12)
        column.setSpacing(8)
        # Apart from what is done with a run: one row has no room for all in large text.
        bring_in = (self.hand_in_button, self.folder_button)
        column.addLayout(row_of(self.search, self._to_bin[0], *bring_in, stretch=0))
        column.addWidget(self.table, 1)
        column.addWidget(self.problem)
        column.addWidget(self.place)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for each in (self.open_button, self.resume_button, self.compare_button,
                     self.export_button, self.bin_button):  # fmt: skip
            foot.addWidget(each)
        foot.addStretch(1)
        column.addWidget(self.note)
        column.addLayout(foot)
        self._stack.addWidget(full)
        self._stack.addWidget(self._empty())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _empty(self) -> QWidget:
        empty = QWidget()
        self.empty_start = button("Choose a lab", "primary")
        self.empty_folder = button("Open a run folder…", "link")
        self.empty_hand_in = button("Open a hand-in…", "link")
        column = QVBoxLayout(empty)
        column.setSpacing(12)
        column.addStretch(2)
        title = words("No run yet", "heading", wrap=False)
        why = words("What you run is kept here, to open, go on with, compare and hand in.",
                    "secondary", wrap=False)  # fmt: skip
        for widget in (title, why, self.empty_start, self.empty_folder, self.empty_hand_in,
                       self._to_bin[1]):  # fmt: skip
            column.addLayout(_middle(widget))
        column.addStretch(3)
        return empty


def _sides(rows: Sequence[RunRow]) -> tuple[Path, Path] | None:
    """What Compare sets side by side: two runs, or two models of one run."""
    if any(row.state == DAMAGED or not row.done for row in rows):
        return None
    if len(rows) == 1 and len(rows[0].models) > 1:
        return rows[0].path, rows[0].path
    return (rows[0].path, rows[1].path) if len(rows) == 2 else None


def _middle(widget: QWidget) -> QHBoxLayout:
    row = row_of()
    row.addStretch(1)
    row.addWidget(widget)
    row.addStretch(1)
    return row
