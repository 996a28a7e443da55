"""What a finished run says to a claim: for it, against it, or nothing yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from labs.claims.cards import ORIGINAL_ID, Protocol
from labs.claims.claims import ALWAYS_ACTS, BRITTLE, TWO_KINDS
from labs.claims.numbers import CLAIMED_FLIPS, ITEMS
from labs.experiments.analysis.charts import RIGHT_AXIS
from labs.experiments.charts import DifferenceChart, DifferenceRow
from labs.experiments.design import LANE_TITLES
from labs.experiments.results import ModelResult, Number
from labs.experiments.statistics.wording import percent, percentage_points

Side = Literal["for", "against", "neither"]
CLAIMED = CLAIMED_FLIPS / ITEMS
CLAIMED_POINTS = f"{100 * CLAIMED:g} percentage points"
ALWAYS = 0.9  # “every time”, as far as a run can tell it
CANNOT, CAN = 0.5, 0.95  # the two kinds, as the claim counts them

FEWEST_MODELS = 12  # about kinds no fewer can tell

# What a run can say to a claim at all, and where the line is drawn.
HOW_JUDGED: Mapping[str, str] = {
    BRITTLE.id: f"A run speaks for the claim where a format lowers accuracy and the drop may be "
    f"{CLAIMED_POINTS}, against it where no drop can be as large.",
    ALWAYS_ACTS.id: "A run says something only about a model that fails or guesses. “Every time” "
    f"is taken to be {percent(ALWAYS)} or more: a choice.",
    TWO_KINDS.id: "A single run can only speak against this claim, by a model whose right answers "
    f"lie between {percent(CANNOT)} and {percent(CAN)}: neither kind. None can speak for it: that "
    f"there are two kinds shows in {FEWEST_MODELS} models or more, side by side.",
}  # fmt: skip


@dataclass(frozen=True)
class Speech:
    side: Side
    sentence: str


def is_about(protocol: Protocol, experiment: str, set_id: str) -> bool:
    """A run of the lab that puts the claim to the test, or of the eight items."""
    return experiment == protocol.experiment or set_id == ORIGINAL_ID


def speech(claim_id: str, result: ModelResult, lane: str, *, is_simulated: bool = False) -> Speech:
    """What one model of a run says, in the `lane` that counts. An interval that leaves both open
    settles nothing. Raises KeyError for an id that no claim has."""
    judge = _JUDGES[claim_id]
    if is_simulated:
        return Speech("neither", "SIMULATED: a program with a known behaviour answered.")
    return judge(result, lane)


def _on_formats(result: ModelResult, lane: str) -> Speech:
    """The intervals are those of single formats against the baseline."""
    known = [row for row in _differences(result) if row.value is not None]
    if not known:
        return Speech("neither", "It compares no two formats, or nothing changed in any.")
    base = _baseline(result, lane)
    if base is not None and base < CLAIMED:
        return Speech(
            "neither",
            f"With the baseline {percent(base)} of its answers are right: it has no "
            f"{CLAIMED_POINTS} to lose.",
        )
    reaching = [row for row in known if row.low is not None and row.low <= -CLAIMED]
    shown = [row for row in reaching if row.high is not None and row.high < 0]
    if shown:
        worst = min(shown, key=_value)
        return Speech("for", f"“{worst.title}” lowers accuracy by {_drop(worst)}.")
    if reaching:
        worst = min(reaching, key=_value)
        return Speech(
            "neither",
            f"“{worst.title}” changes accuracy by {_signed(worst.low)} to {_signed(worst.high)} "
            f"percentage points: that holds no change as well as {CLAIMED_POINTS} less.",
        )
    return Speech("against", f"Here no format lowers accuracy by {CLAIMED_POINTS}: "
                             f"{_worst(known)}.")  # fmt: skip


def _baseline(result: ModelResult, lane: str) -> float | None:
    """Right answers with the first format, from the table of formats."""
    tables = (t for t in result.tables if t.title.endswith(LANE_TITLES.get(lane, lane)))
    cells = (t.rows[0][t.columns.index("Right answers")] for t in tables
             if t.columns[0] == "Format" and t.rows)  # fmt: skip
    found = next(cells, None)
    return found.value if isinstance(found, Number) else None


def _differences(result: ModelResult) -> Sequence[DifferenceRow]:
    charts = (c for c in result.charts if isinstance(c, DifferenceChart) and c.axis == RIGHT_AXIS)
    return next((chart.rows for chart in charts), ())


def _worst(rows: Sequence[DifferenceRow]) -> str:
    worst = min(rows, key=_value)
    if _value(worst) >= 0:
        return "the least favourable one does no worse than the baseline"
    return f"the largest drop is {_drop(worst)}, with “{worst.title}”"


def _drop(row: DifferenceRow) -> str:
    size = percentage_points(abs(_value(row)))
    if row.low is None or row.high is None:
        return size
    return f"{size} ({_signed(-row.high)} to {_signed(-row.low)})"


def _value(row: DifferenceRow) -> float:
    return row.value or 0.0


def _signed(share: float | None) -> str:
    return f"{100 * (share or 0):.0f}".replace("-", "−")


def _on_false_positives(result: ModelResult, lane: str) -> Speech:
    numbers = result.lanes.get(lane, {})
    able, found = numbers.get("balanced_accuracy"), numbers.get("false_positive_rate")
    if found is None or found.low is None or found.high is None:
        why = found.reason if found else "It does not tell how often YES comes where NO is right."
        return Speech("neither", why or "It gives no interval.")
    if able is not None and able.low is not None and able.low > CANNOT:
        return Speech("neither", "This model does not fail, and the claim is about those that do.")
    rate = f"“act” comes in {percent(found.low)} to {percent(found.high)} of the closed cases"
    if found.low >= ALWAYS:
        return Speech("for", f"It fails or guesses, and nearly always says “act”: {rate}.")
    if found.high < ALWAYS:
        return Speech("against", f"It fails or guesses, and yet does not always say “act”: {rate}.")
    return Speech("neither", f"The interval is too wide: {rate}.")


def _on_kinds(result: ModelResult, lane: str) -> Speech:
    found = result.lanes.get(lane, {}).get("accuracy")
    if found is None or found.low is None or found.high is None:
        why = found.reason if found else "It does not tell how many answers are right."
        return Speech("neither", why or "It gives no interval.")
    right = f"{percent(found.low)} to {percent(found.high)} of its answers are right"
    if found.low > CANNOT and found.high < CAN:
        return Speech("against", f"This model stands between the two kinds: {right}.")
    return Speech(
        "neither", f"{right[:1].upper()}{right[1:]}, which need not be between the two kinds; "
        f"about kinds no fewer than {FEWEST_MODELS} models can tell.",
    )  # fmt: skip


_JUDGES: Mapping[str, Callable[[ModelResult, str], Speech]] = {
    BRITTLE.id: _on_formats, ALWAYS_ACTS.id: _on_false_positives, TWO_KINDS.id: _on_kinds,
}  # fmt: skip
