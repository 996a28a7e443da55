"""What stands behind a finding, folded: tables, caveats, methods, other lanes, certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.pages.labs.fold import Fold
from app.pages.labs.run_data import RunData
from app.widgets.parts import clear, words
from labs.experiments.design import LANE_TITLES
from labs.experiments.report.methods import order_sentences
from labs.experiments.report.words import cell_text
from labs.experiments.results import ModelResult, Number, Table
from labs.telemetry.summary import Summary
from labs.telemetry.words import caveats_of, rows_of


class DetailsSection(QWidget):
    """Rebuilt for each model that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_details(self, data: RunData, result: ModelResult) -> None:
        clear(self._column)
        if result.caveats:
            self._add("What to keep in mind", lambda: [words(text) for text in result.caveats])
        for table in result.tables:
            self._add(table.title, partial(_table, table))
        for lane, numbers in result.lanes.items():
            title = f"All numbers, {LANE_TITLES.get(lane, lane)}"
            self._add(title, partial(_numbers, numbers.values()))
        self._add("How the run was made", lambda: [words(x) for x in _about(data, result.model)])
        if data.machine:
            self._add("The machine during the run", partial(_machine, data.machine))

    def _add(self, title: str, make: Callable[[], Sequence[QWidget]]) -> None:
        self._column.addWidget(Fold(title, make))


def _machine(summary: Summary) -> list[QWidget]:
    warned = [words(sentence) for _, sentence in caveats_of(summary)]
    return [*warned, _grid([["", ""], *map(list, rows_of(summary))])]


def _table(table: Table) -> list[QWidget]:
    rows = [[cell_text(cell) for cell in row] for row in table.rows]
    note = [words(table.note, "small")] if table.note else []
    return [_grid([list(table.columns), *rows]), *note]


def _numbers(numbers: Iterable[Number]) -> list[QWidget]:
    made: list[QWidget] = []
    for number in numbers:
        made.append(words(f"{number.title}: {cell_text(number)}"))
        meaning = " ".join(filter(None, (number.sentence, number.reason)))
        method = f"Method: {number.method}." if number.method else ""
        small = " ".join(filter(None, (meaning, method)))
        if small:
            made.append(words(small, "small"))
    return made


def _grid(rows: Sequence[Sequence[str]]) -> QWidget:
    inside = QWidget()
    grid = QGridLayout(inside)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            grid.addWidget(words(text, "small" if place == 0 else ""), place, column)
    grid.setColumnStretch(max(0, len(rows[0]) - 1), 1)
    return inside


def _about(data: RunData, model: str) -> list[str]:
    plan, entry = data.plan, data.entry(model)
    certificate = entry.get("certificate", {})
    machine = data.manifest.get("machine", {})
    lines = [
        f"Repeatability check: {certificate['sentence']}" if certificate else "",
        f"Set {plan.design['set_id']}, version {plan.design['set_version']}, hash "
        f"{str(plan.design['set_hash'])[:12]}…; seed {plan.seed}.",
        f"Plan locked {plan.locked_at} with {plan.made_by}, hash {plan.hash[:12]}….",
        *order_sentences(data.manifest),
        f"{data.row.done:,} of {data.row.total:,} trials are finished.",
        f"Weights: {entry['sha256'][:12]}…, {entry.get('quantization', '')}."
        if entry.get("sha256") else "",
        f"Manifest at Ollama: {entry['manifest_sha256'][:12]}…, {entry.get('quantization', '')}."
        if entry.get("manifest_sha256") else "",
        f"Machine: {machine['processor']}, {machine['system']}." if machine else "",
        f"The template adds by itself: “{entry['added_system_prompt']}”"
        if entry.get("added_system_prompt") else "",
        *(f"{count} × {_EVENTS.get(kind, kind)}." for kind, count in
          data.about.get("events", {}).items()),
        *plan.preview,
    ]  # fmt: skip
    return list(dict.fromkeys(filter(None, lines)))


_EVENTS = {
    "stop": "stopped by hand", "resume": "resumed", "pause": "paused", "sleep": "the machine slept",
    "crash": "the engine ended", "failure": "ended with a failure", "battery": "went on battery",
    "mains": "back on mains", "swap": "memory was moved to the disk",
    "clock": "the clock was set back", "mode": "the way of reading prompts was changed",
}  # fmt: skip
