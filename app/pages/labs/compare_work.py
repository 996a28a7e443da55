"""Two runs side by side, and what can be said of them as pairs. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.pages.labs.run_data import RunData, load_run
from app.runs.run_list import date_text
from labs.experiments.charts import Chart
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import Number
from labs.experiments.scoring.answers import ERROR
from labs.experiments.statistics.clusters import ONE_GROUP, clustered_mean
from labs.experiments.statistics.estimate import Estimate
from labs.experiments.statistics.wording import percentage_points


@dataclass(frozen=True)
class Pair:
    """Two runs that were read; both are the same where models of one run are compared."""

    runs: tuple[RunData, RunData]

    @property
    def is_one_run(self) -> bool:
        return self.runs[0].path == self.runs[1].path

    def matching(self) -> tuple[str, str]:
        """What is compared at first: the first model that both runs asked, else the first of
        each; of one run its first two."""
        first, second = (run.plan.models for run in self.runs)
        if self.is_one_run:
            return first[0], second[min(1, len(second) - 1)]
        shared = next((model for model in first if model in second), None)
        return (shared, shared) if shared else (first[0], second[0])


@dataclass(frozen=True)
class Side:
    """One model of one run; `chart` is None where nothing has been concluded."""

    title: str
    when: str
    finding: str
    numbers: Mapping[str, Number]
    chart: Chart | None
    is_simulated: bool


@dataclass(frozen=True)
class Comparison:
    """`paired` says what the same trials show, or why nothing, and which side is not whole."""

    sides: tuple[Side, Side]
    titles: tuple[str, ...]
    paired: str


def load_pair(first: Path, second: Path) -> Generator[str, None, Pair]:
    """Raises UserError."""
    one = yield from load_run(first)
    other = one if first == second else (yield from load_run(second))
    return Pair((one, other))


def compare(pair: Pair, models: tuple[str, str]) -> Generator[str, None, Comparison]:
    """One model of each run."""
    yield "Comparing"
    first, second = (_side(run, model) for run, model in zip(pair.runs, models, strict=True))
    titles = tuple(dict.fromkeys([*first.numbers, *second.numbers]))
    return Comparison((first, second), titles, " ".join(_paired(pair, models)))


def _paired(pair: Pair, models: tuple[str, str]) -> Iterator[str]:
    yield paired_sentence(pair, models)
    for run, model in zip(pair.runs, models, strict=True):
        finished, planned = run.grids[model].n_whole_items, run.row.n_items
        if finished < planned:
            yield (
                f"{model} finished {finished} of its {planned} items: its own numbers rest on "
                "these alone."
            )


def _side(data: RunData, model: str) -> Side:
    result = data.result(model)
    numbers = (
        {result.lanes[lane][name].title: result.lanes[lane][name] for lane, name in result.leading}
        if result else {}
    )  # fmt: skip
    return Side(
        f"{data.plan.title}, {model}", date_text(data.plan.locked_at),
        result.finding.sentence if result else "Nothing has been concluded yet.",
        numbers, next(iter(result.charts), None) if result else None, data.is_simulated(model),
    )  # fmt: skip


def paired_sentence(pair: Pair, models: tuple[str, str]) -> str:
    """How much oftener the second is right on the same trials, with an interval over groups of
    items. Only runs that asked exactly the same can be paired."""
    one, other = pair.runs
    if one.plan.experiment != other.plan.experiment:
        return "The two runs belong to different labs, so they cannot be paired."
    if one.plan.design_hash != other.plan.design_hash:
        return (
            "The two runs did not ask exactly the same, so their items cannot be paired. Use the "
            "same set, options, time and seed for both."
        )
    if pair.is_one_run and models[0] == models[1]:
        return "Both sides show the same answers. Choose another model on one of them."
    what = ("model", "models") if pair.is_one_run else ("run", "runs")
    lane = str(one.plan.design["primary"]["lane"])
    shares = [_shares(run, model, lane) for run, model in zip(pair.runs, models, strict=True)]
    items = [item for item in shares[0] if item in shares[1]]
    if not items:
        return f"No item was finished in both {what[1]}, so nothing can be compared."
    differences = [shares[1][item][0] - shares[0][item][0] for item in items]
    if not any(differences):
        return (f"On the same {len(items)} items both {what[1]} are right equally often, item by "
                "item.")  # fmt: skip
    return _difference(differences, [shares[0][item][1] for item in items], what[0])


def _difference(differences: Sequence[float], groups: Sequence[str], what: str) -> str:
    mean = sum(differences) / len(differences)
    how = "oftener" if mean >= 0 else "more rarely"
    said = (
        f"On the same {len(differences)} items the second {what} is right "
        f"{percentage_points(abs(mean))} {how} than the first"
    )
    found = clustered_mean(differences, groups)
    if not isinstance(found, Estimate):
        why = found.reason if found is ONE_GROUP else "Every group of items moved alike."
        return f"{said}, without an interval. {why}"
    low, high = _signed(found.low), _signed(found.high)
    return f"{said} (95 % interval {low} to {high}, second minus first)."


def _shares(data: RunData, model: str, lane: str) -> dict[str, tuple[float, str]]:
    """The share of right answers of each item that has every trial, and its group."""
    needed = int(data.plan.design["n_trials"]) // max(1, int(data.plan.design["n_items"]))
    found = {}
    for item, row in zip(data.grids[model].items, data.grids[model].cells, strict=True):
        records = [cell for cell in row if cell and cell.outcome(lane) not in (None, ERROR)]
        if records and len(records) >= needed:
            found[item] = (_right(records, lane), records[0].cluster)
    return found


def _right(records: Sequence[TrialRecord], lane: str) -> float:
    return sum(record.outcome(lane) == record.truth for record in records) / len(records)


def _signed(value: float) -> str:
    whole = round(100 * value)
    return "0" if whole == 0 else f"{whole:+d}".replace("-", "−")
