"""What repeated answers show for one model: right answers and their scatter at each temperature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labs.experiments.analysis.common_numbers import common_numbers
from labs.experiments.design import Design
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import (
    Dot,
    DotChart,
    DotRow,
    Finding,
    ModelResult,
    Number,
    Table,
    number,
)
from labs.experiments.statistics.clusters import clustered_mean, proportion
from labs.experiments.statistics.wording import percent
from labs.repeats.entropy import entropy_bits
from labs.repeats.reading import RIGHT, first_sentence, meaning

LANE = "free"
FALLS, RISES = "less often right when drawn", "oftener right when drawn"
NO_CHANGE = "no change visible at this n"
HOW_COUNTED = (
    "Answers count as one where their first sentences have the same words, whatever case, signs "
    "and articles, and all right answers count as one. Another wording of the same wrong answer "
    "counts as another answer."
)


@dataclass(frozen=True)
class Cell:
    """One question at one temperature."""

    item: str
    n: int
    n_right: int
    n_distinct: int
    semantic_bits: float
    text_bits: float


def cells_of(records: Sequence[TrialRecord], temperature: str) -> tuple[Cell, ...]:
    """One for each question that was answered there at all."""
    items: dict[str, list[TrialRecord]] = {}
    for record in records:
        if record.factors["temperature"] == temperature and not record.error:
            items.setdefault(record.item, []).append(record)
    return tuple(_cell(item, asked) for item, asked in sorted(items.items()))


def _cell(item: str, asked: Sequence[TrialRecord]) -> Cell:
    texts = [record.lanes[LANE].text or "" for record in asked]
    outcomes = [record.outcome(LANE) for record in asked]
    meanings = [meaning(text, said) for text, said in zip(texts, outcomes, strict=True)]
    return Cell(
        item, len(asked), outcomes.count(RIGHT), len(set(meanings)), entropy_bits(meanings),
        entropy_bits(map(first_sentence, texts)),
    )  # fmt: skip


def analyse(design: Design, model: str, records: Sequence[TrialRecord], seed: int) -> ModelResult:
    levels = design.factor("temperature").levels
    cells = {level.id: cells_of(records, level.id) for level in levels}
    rows = {level.id: _row(cells[level.id], level.title) for level in levels}
    shown = {level.id: level.title for level in levels}
    change = _change(cells["0"], cells["1"])
    numbers = common_numbers(records, LANE, (), design.acting) | {"accuracy_change": change}
    for level, row in rows.items():
        numbers |= {f"{name}_at_{level}": value for name, value in row.items()}
    return ModelResult(
        model=model,
        finding=_finding(change, rows),
        lanes={LANE: numbers},
        leading=tuple((LANE, name) for name in (
            "accuracy_change", "accuracy_at_0", "accuracy_at_1", "semantic_bits_at_1")),
        charts=(
            _chart("Right answers by temperature", "share of right answers", "accuracy", rows,
                   shown),
            _chart("How far answers scatter", "semantic entropy in bits", "semantic_bits", rows,
                   shown),
        ),
        tables=(_table(rows, shown), _questions(cells)),
        caveats=(HOW_COUNTED,),
    )  # fmt: skip


def _row(cells: Sequence[Cell], where: str) -> dict[str, Number]:
    """Intervals count questions: all answers to one of them hang together. `where` ends each
    title."""
    items = [cell.item for cell in cells]

    def mean(title: str, value: Callable[[Cell], float]) -> Number:
        found = number(title, clustered_mean([value(c) for c in cells], items), "number")
        if found.value is None and cells:  # every question alike: a value without an interval
            return Number(title, value(cells[0]), "number", n=len(cells), reason=found.reason)
        return found

    return {
        "accuracy": number(
            f"Right answers, {where}", proportion([c.n_right / c.n for c in cells], items)
        ),
        "distinct": mean(f"Distinct answers, {where}", lambda c: c.n_distinct),
        "semantic_bits": mean(f"Semantic entropy in bits, {where}", lambda c: c.semantic_bits),
        "text_bits": mean(f"Entropy of the texts in bits, {where}", lambda c: c.text_bits),
    }  # fmt: skip


def _change(cold: Sequence[Cell], drawn: Sequence[Cell]) -> Number:
    title = "Right answers at temperature 1 minus at 0"
    before = {cell.item: cell.n_right / cell.n for cell in cold}
    pairs = [(c.item, c.n_right / c.n - before[c.item]) for c in drawn if c.item in before]
    found = clustered_mean([d for _, d in pairs], [item for item, _ in pairs])
    return number(title, found, "points")


def _finding(change: Number, rows: dict[str, dict[str, Number]]) -> Finding:
    cold, drawn = rows["0"]["accuracy"].value, rows["1"]["accuracy"].value
    may_not = ("That an answer comes every time at temperature 0 does not make it right.",)
    if change.low is None or change.high is None or cold is None or drawn is None:
        return Finding(NO_CHANGE, change.reason or "Too little was answered.", may_not)
    verdict = FALLS if change.high < 0 else RISES if change.low > 0 else NO_CHANGE
    bits = rows["1"]["semantic_bits"].value or 0.0
    told = (
        f"{percent(cold)} of the answers were right at temperature 0, {percent(drawn)} at 1; the "
        f"answers to one question scatter over {bits:.2g} bits at 1."
    )
    return Finding(verdict, told, may_not)


def _chart(
    title: str, axis: str, name: str, rows: dict[str, dict[str, Number]], shown: dict[str, str]
) -> DotChart:
    dots = tuple(DotRow(shown[level], (_dot(row[name]),)) for level, row in rows.items())
    values = [row[name].value for row in rows.values()]
    ends = [value for value in (values[0], values[-1]) if value is not None]
    finding = f"From {ends[0]:.2g} at the lowest temperature to {ends[-1]:.2g} at the highest." \
        if ends else "Nothing was answered."  # fmt: skip
    return DotChart(title, axis, ("",), dots, finding)


def _dot(value: Number) -> Dot | None:
    if value.value is None:
        return None
    low, high = value.low, value.high
    return Dot(value.value, value.value if low is None else low,
               value.value if high is None else high)  # fmt: skip


def _table(rows: dict[str, dict[str, Number]], shown: dict[str, str]) -> Table:
    columns = ("Temperature", "Right answers", "Distinct answers", "Semantic entropy, bits",
               "Entropy of the texts, bits")  # fmt: skip
    body: list[tuple[str | Number, ...]] = [
        (shown[level], *row.values()) for level, row in rows.items()
    ]
    return Table(
        "Right answers and their scatter by temperature", columns, tuple(body), HOW_COUNTED
    )


def _questions(cells: dict[str, tuple[Cell, ...]]) -> Table:
    """One row a question: where one answer is not enough."""
    by_item: dict[str, dict[str, Cell]] = {}
    for level, found in cells.items():
        for cell in found:
            by_item.setdefault(cell.item, {})[level] = cell
    body = tuple(
        (item, *(_short(own.get(level)) for level in cells)) for item, own in by_item.items()
    )
    return Table(
        "Question by question", ("Question", *(f"T {level}" for level in cells)), body,
        "Right answers of all, and how many distinct ones there were.",
    )  # fmt: skip


def _short(cell: Cell | None) -> str:
    return f"{cell.n_right} of {cell.n}, {cell.n_distinct} distinct" if cell else "–"
