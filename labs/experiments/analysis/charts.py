"""Charts from tables and contrasts, the same for every experiment."""

from __future__ import annotations

from collections.abc import Sequence

from labs.experiments.analysis.tables import OutcomeTable, answer_mix
from labs.experiments.charts import DifferenceChart, DifferenceRow, MixChart, MixRow
from labs.experiments.design import Factor
from labs.experiments.statistics.estimate import Estimate
from labs.experiments.statistics.formats import Contrast
from labs.experiments.statistics.wording import percentage_points

RIGHT_AXIS = "difference in right answers"
MIX = ("right", "wrong", "UNPARSED", "TRUNCATED", "ERROR")


def difference_chart(
    title: str, axis: str, factor: Factor, contrasts: Sequence[Contrast],
    placebos: Sequence[Contrast] = (),
) -> DifferenceChart:  # fmt: skip
    """Each level against the baseline; the placebo edits give the grey band."""
    rows = tuple(_row(factor.title_of(c.name), c) for c in contrasts)
    values = [_value(c) for c in placebos]
    known = [value for value in values if value is not None]
    band = (min(0.0, *known), max(0.0, *known)) if known else None
    return DifferenceChart(
        title, axis, rows, factor.levels[0].title, _finding(axis, rows, band), band
    )


def mix_chart(title: str, factor: Factor, table: OutcomeTable, lane: str) -> MixChart:
    """Right, wrong and no clear answer for each level."""
    rows = []
    for place, level in enumerate(table.levels):
        cells = [row[place] for row in table.cells]
        counts = answer_mix([cell for cell in cells if cell is not None], lane)
        rows.append(MixRow(factor.title_of(level), counts))
    unclear = sum(n for row in rows for key, n in row.counts.items() if key not in MIX[:2])
    total = sum(sum(row.counts.values()) for row in rows)
    return MixChart(title, MIX, tuple(rows), f"{unclear} of {total} answers were not clear.")


def _row(title: str, contrast: Contrast) -> DifferenceRow:
    value = contrast.difference
    if isinstance(value, Estimate):
        return DifferenceRow(
            title, value.value, value.low, value.high, contrast.gained, contrast.lost
        )
    return DifferenceRow(title, None, gained=contrast.gained, lost=contrast.lost)


def _finding(axis: str, rows: Sequence[DifferenceRow], band: tuple[float, float] | None) -> str:
    known = [row for row in rows if row.value is not None]
    if not known:
        return f"No {axis} can be told."
    largest = max(known, key=lambda row: abs(row.value or 0))
    beside = (
        f"; placebo edits stay within {percentage_points(max(abs(band[0]), abs(band[1])))}"
        if band
        else ""
    )
    return (
        f"The largest {axis} is {percentage_points(abs(largest.value or 0))} "
        f"({largest.title}){beside}."
    )


def _value(contrast: Contrast) -> float | None:
    return contrast.difference.value if isinstance(contrast.difference, Estimate) else None
