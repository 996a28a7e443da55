"""Charts and tables of repeated answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from labs.experiments.analysis.charts import MIX
from labs.experiments.charts import Chart, Dot, DotChart, DotRow, MixChart, MixRow
from labs.experiments.design import Design
from labs.experiments.results import Number, Table
from labs.experiments.statistics.wording import percent
from labs.repeats.cells import Cell
from labs.repeats.numbers import LevelNumbers
from labs.repeats.reading import HOW

HOW_COUNTED = (
    "Answers count as one where their first sentences have the same words, whatever case, signs "
    "and articles, and all right answers count as one. Another wording of the same wrong answer "
    "counts as another answer."
)
BETWEEN = "The true share of right answers lies between that and the share with unclear ones right."
NOT_RIGHT, AS_RIGHT = "unclear ones not right", "unclear ones right"
Rows = Mapping[str, LevelNumbers]
Titles = Mapping[str, str]


def charts_of(
    rows: Rows, titles: Titles, mixes: Mapping[str, Mapping[str, int]]
) -> tuple[Chart, ...]:
    """Without what would be empty: where nothing was answered, the mix alone tells."""
    right, mix = _right_chart(rows, titles), _mix_chart(titles, mixes)
    scatter = _dot_chart("How far answers scatter", "semantic entropy in bits", rows, titles,
                         {"": lambda row: row.semantic_bits}, "{:.2g}".format)  # fmt: skip
    has_answers = any(row.accuracy.value is not None for row in rows.values())
    return (right, mix, scatter) if has_answers else (mix,)


def _right_chart(rows: Rows, titles: Titles) -> DotChart:
    """With both ways to count unclear answers, where there are any."""
    series: dict[str, Callable[[LevelNumbers], Number]] = {NOT_RIGHT: lambda row: row.accuracy}
    if any(row.unclear.value for row in rows.values()):
        series[AS_RIGHT] = lambda row: row.at_most
    return _dot_chart("Right answers by temperature", "share of right answers", rows, titles,
                      series, percent)  # fmt: skip


def _dot_chart(
    title: str, axis: str, rows: Rows, titles: Titles,
    series: Mapping[str, Callable[[LevelNumbers], Number]], written: Callable[[float], str],
) -> DotChart:  # fmt: skip
    dots = tuple(
        DotRow(titles[level], tuple(_dot(of(row)) for of in series.values()))
        for level, row in rows.items()
    )
    first = next(iter(series.values()))
    values = [value for row in rows.values() if (value := first(row).value) is not None]
    finding = f"From {written(values[0])} at the lowest temperature to {written(values[-1])} at " \
              "the highest." if values else "Nothing was answered."  # fmt: skip
    names = tuple(series) if len(series) > 1 else ("",)
    return DotChart(title, axis, names, dots, finding)


def _dot(value: Number) -> Dot | None:
    if value.value is None:
        return None
    low, high = value.low, value.high
    return Dot(value.value, value.value if low is None else low,
               value.value if high is None else high)  # fmt: skip


def _mix_chart(titles: Titles, mixes: Mapping[str, Mapping[str, int]]) -> MixChart:
    rows = tuple(MixRow(titles[level], counts) for level, counts in mixes.items())
    total = sum(sum(row.counts.values()) for row in rows)
    clear = sum(row.counts[each] for row in rows for each in MIX[:2])
    told = f"{total - clear} of {total} answers were not clear."
    return MixChart("Clear and unclear answers by temperature", MIX, rows, told)


def tables_of(
    rows: Rows, titles: Titles, cells: Mapping[str, tuple[Cell, ...]], design: Design
) -> tuple[Table, ...]:
    return _temperatures(rows, titles), _questions(cells, design)


def _temperatures(rows: Rows, titles: Titles) -> Table:
    columns = ("Temperature", "Right answers", "Unclear", "Right if unclear ones were right",
               "Distinct answers", "Semantic entropy, bits")  # fmt: skip
    body: list[tuple[str | Number, ...]] = [
        (titles[level], row.accuracy, row.unclear, row.at_most, row.distinct, row.semantic_bits)
        for level, row in rows.items()
    ]  # fmt: skip
    return Table("Right answers and their scatter by temperature", columns, tuple(body),
                 f"Unclear answers count as not right. {BETWEEN} {HOW_COUNTED}")  # fmt: skip


def _questions(cells: Mapping[str, tuple[Cell, ...]], design: Design) -> Table:
    """One row a question: where one answer is not enough."""
    by_item: dict[str, dict[str, Cell]] = {}
    for level, found in cells.items():
        for cell in found:
            by_item.setdefault(cell.item, {})[level] = cell
    asked = {trial.item: trial.user.removesuffix(HOW).strip() for trial in design.trials}
    body = tuple(
        (asked[item], *(_short(own.get(level)) for level in cells)) for item, own in by_item.items()
    )
    return Table(
        "Question by question", ("Question", *(f"T {level}" for level in cells)), body,
        "Right answers of all, unclear ones, and how many distinct ones there were.",
    )  # fmt: skip


def _short(cell: Cell | None) -> str:
    if cell is None:
        return "–"
    told: Sequence[str] = (
        f"{cell.n_right} of {cell.n} right",
        f"{cell.n_unclear} unclear" if cell.n_unclear else "",
        f"{cell.n_distinct} distinct",
    )
    return ", ".join(filter(None, told))
