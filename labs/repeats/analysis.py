"""What repeated answers show for one model: right answers and their scatter at each temperature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from labs.experiments.analysis.common_numbers import common_numbers
from labs.experiments.design import Design
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import Finding, ModelResult, Number
from labs.experiments.statistics.wording import percent
from labs.repeats.cells import LANE, Cell, cells_of, mix_of
from labs.repeats.numbers import LevelNumbers, change_numbers, level_numbers
from labs.repeats.pictures import HOW_COUNTED, charts_of, tables_of

FALLS, RISES = "less often right when drawn", "oftener right when drawn"
NO_CHANGE = "no change visible at this n"
NOT_ASKED = "nothing could be judged"
FEWEST_ALIKE = 6  # questions that all move one way: 2 / 2^6 is below one in twenty
HOW_RIGHT = (
    "An answer is right where its first sentence names an accepted answer, also where a wrong one "
    "stands beside it."
)
MAY_NOT = ("That an answer comes every time at temperature 0 does not make it right.",)
Cells = Mapping[str, tuple[Cell, ...]]


def analyse(design: Design, model: str, records: Sequence[TrialRecord], seed: int) -> ModelResult:
    levels = {level.id: level.title for level in design.factor("temperature").levels}
    cells = {level: cells_of(records, level) for level in levels}
    rows = {level: level_numbers(cells[level], title) for level, title in levels.items()}
    change = change_numbers(cells["0"], cells["1"])
    numbers = {"accuracy": common_numbers(records, LANE, (), design.acting)["accuracy"], **change}
    for level, row in rows.items():
        numbers |= row.named(level)
    mixes = {level: mix_of(records, level) for level in levels}
    return ModelResult(
        model=model,
        finding=_finding(change, rows, cells, records),
        lanes={LANE: numbers},
        leading=tuple((LANE, name) for name in (
            "accuracy_change", "accuracy_at_0", "accuracy_at_1", "unclear_at_1",
            "semantic_bits_at_1")),
        charts=charts_of(rows, levels, mixes),
        tables=tables_of(rows, levels, cells, design),
        caveats=(*_unclear(cells, design), HOW_RIGHT, HOW_COUNTED, *_not_as_promised(cells)),
    )  # fmt: skip


def _finding(
    change: Mapping[str, Number], rows: Mapping[str, LevelNumbers], cells: Cells,
    records: Sequence[TrialRecord],
) -> Finding:  # fmt: skip
    cold, drawn, moved = rows["0"], rows["1"], change["accuracy_change"]
    if moved.value is None or cold.accuracy.value is None or drawn.accuracy.value is None:
        failed = sum(bool(record.error) for record in records)
        why = "No question has an answer at temperature 0 and one at 1"
        return Finding(NOT_ASKED, f"{why}: {failed:,} of {len(records):,} could not be asked.")
    verdict, asked = _verdict(moved), max(cell.n for cell in cells["1"])
    told = [
        f"{moved.n} {'question' if moved.n == 1 else 'questions'}, each asked {asked} times at "
        f"each temperature: {percent(cold.accuracy.value)} of the answers were right at "
        f"temperature 0, {percent(drawn.accuracy.value)} at 1. The answers to one question "
        f"scatter over {drawn.semantic_bits.value or 0:.2g} bits at 1."
    ]
    if cold.unclear.value or drawn.unclear.value:
        told.append(
            f"{percent(cold.unclear.value or 0)} of the answers at 0 and "
            f"{percent(drawn.unclear.value or 0)} of those at 1 were unclear and count as not "
            f"right; were all of them right, it would be {percent(cold.at_most.value or 0)} and "
            f"{percent(drawn.at_most.value or 0)}."
        )
    opposite = {FALLS: "accuracy_change_highest", RISES: "accuracy_change_lowest"}.get(verdict)
    if opposite and _verdict(change[opposite]) != verdict:
        told.append("The change hangs on the unclear answers: if they were right, it need not be "
                    "there.")  # fmt: skip
    return Finding(verdict, " ".join(told), MAY_NOT)


def _verdict(change: Number) -> str:
    """Where every question moves alike there is no interval, and the sign test decides."""
    value, low, high = change.value, change.low, change.high
    if value is None or low is None or high is None:
        value = value if value is not None and change.n >= FEWEST_ALIKE else 0.0
        low = high = value
    return FALLS if high < 0 else RISES if low > 0 else NO_CHANGE


def _unclear(cells: Cells, design: Design) -> Iterator[str]:
    of_all = [cell for found in cells.values() for cell in found]
    n, unclear = sum(cell.n for cell in of_all), sum(cell.n_unclear for cell in of_all)
    if unclear:
        yield (
            f"{percent(unclear / n)} of all answers were unclear: without words, or cut at "
            f"{design.free_tokens} tokens before their first sentence was over and before it had "
            "named an accepted answer. They count as not right, and as answers of their own where "
            "different ones are counted."
        )


def _not_as_promised(cells: Cells) -> Iterator[str]:
    """A server may draw where it should not, or not draw where it should."""
    moving = sum(cell.n_texts > 1 for cell in cells["0"])
    if moving:
        yield (
            f"At temperature 0 the answers to {moving} of {len(cells['0'])} questions differ, "
            "though the likeliest token was asked for at every step: whatever runs this model "
            "works out its numbers a little differently each time, or draws all the same."
        )
    for level in ("1", "2"):
        drawn = [cell for cell in cells.get(level, ()) if cell.n > 1]
        if drawn and all(cell.n_texts == 1 for cell in drawn):
            yield (
                f"Drawn at temperature {level}, all answers to every question are the same to the "
                "letter. Either this model is sure of every token, or whatever runs it pays no "
                "attention to temperature or seed."
            )
