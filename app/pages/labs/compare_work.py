"""Two runs side by side, and what can be said of them as pairs. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.pages.labs.run_data import RunData, load_run
from app.pages.labs.run_list import date_text
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import Number
from labs.experiments.scoring.answers import ERROR
from labs.experiments.statistics.clusters import ONE_GROUP, clustered_mean
from labs.experiments.statistics.estimate import Estimate
from labs.experiments.statistics.wording import percentage_points


@dataclass(frozen=True)
class Side:
    """One model of one run."""

    title: str
    finding: str
    numbers: Mapping[str, Number]


@dataclass(frozen=True)
class Comparison:
    """`paired` is one sentence on the same trials, or why there is none."""

    sides: tuple[Side, Side]
    titles: tuple[str, ...]
    paired: str


def compare(first: Path, second: Path) -> Generator[str, None, Comparison]:
    """The first model of each run. Raises UserError."""
    one = yield from load_run(first)
    other = yield from load_run(second)
    sides = (_side(one), _side(other))
    titles = tuple(dict.fromkeys([*sides[0].numbers, *sides[1].numbers]))
    return Comparison(sides, titles, paired_sentence(one, other))


def _side(data: RunData) -> Side:
    model = data.plan.models[0]
    result = data.result(model)
    numbers = (
        {result.lanes[lane][name].title: result.lanes[lane][name] for lane, name in result.leading}
        if result else {}
    )  # fmt: skip
    finding = result.finding.sentence if result else "Nothing has been concluded yet."
    title = f"{data.plan.title}, {model}, {date_text(data.plan.locked_at)}"
    return Side(title, finding, numbers)


def paired_sentence(one: RunData, other: RunData) -> str:
    """How much oftener the second is right on the same trials, with an interval over groups of
    items. Only runs that asked exactly the same can be paired."""
    if one.plan.experiment != other.plan.experiment:
        return "The two runs belong to different labs, so they cannot be paired."
    if one.plan.design_hash != other.plan.design_hash:
        return (
            "The two runs did not ask exactly the same, so their items cannot be paired. Use the "
            "same set, options, time and seed for both."
        )
    lane = str(one.plan.design["primary"]["lane"])
    shares = [_shares(data, lane) for data in (one, other)]
    items = [item for item in shares[0] if item in shares[1]]
    if not items:
        return "No item was finished in both runs, so nothing can be compared."
    differences = [shares[1][item][0] - shares[0][item][0] for item in items]
    if not any(differences):
        return f"On the same {len(items)} items both runs are right equally often, item by item."
    found = clustered_mean(differences, [shares[0][item][1] for item in items])
    mean = sum(differences) / len(differences)
    said = (
        f"On the same {len(items)} items the second run is right "
        f"{percentage_points(abs(mean))} {'oftener' if mean >= 0 else 'more rarely'} than the first"
    )
    if not isinstance(found, Estimate):
        why = found.reason if found is ONE_GROUP else "Every group of items moved alike."
        return f"{said}, without an interval. {why}"
    low, high = _signed(found.low), _signed(found.high)
    return f"{said} (95 % interval {low} to {high}, second minus first)."


def _shares(data: RunData, lane: str) -> dict[str, tuple[float, str]]:
    """The share of right answers of each item that has every trial, and its group."""
    model = data.plan.models[0]
    needed = int(data.plan.design["n_trials"]) // max(1, int(data.plan.design["n_items"]))
    by_item: dict[str, list[TrialRecord]] = {}
    for record in RunFolder(data.path).trials():
        if record.model == model and record.outcome(lane) not in (None, ERROR):
            by_item.setdefault(record.item, []).append(record)
    return {
        item: (_right(records, lane), records[0].cluster)
        for item, records in by_item.items() if len(records) >= needed
    }  # fmt: skip


def _right(records: Sequence[TrialRecord], lane: str) -> float:
    return sum(record.outcome(lane) == record.truth for record in records) / len(records)


def _signed(value: float) -> str:
    whole = round(100 * value)
    return "0" if whole == 0 else f"{whole:+d}".replace("-", "−")
