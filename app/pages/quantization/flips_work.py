"""Which answers flip between two models: what can be compared, and the comparison. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from app.runs.run_list import RunRow, date_text, list_runs
from labs.experiments.charts import DifferenceChart
from labs.experiments.design import Lane
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.report.answer_words import condition_words
from labs.experiments.scenarios.set_file import parse_set
from labs.quantization.flip_sides import (
    Side,
    is_control,
    lane_title,
    lanes_of,
    read_sides,
    reading_notes,
)
from labs.quantization.flip_words import (
    Names,
    chart_of,
    label_sentence,
    label_shares,
    lean_text,
    may_not,
)
from labs.quantization.flips import Flips, Pair, flips, pairs_of
from labs.quantization.naming import short_labels
from models.errors import UserError

PromptParts = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Choice:
    """One model of one run. Those with the same `asked` can be compared. `n_done` trials of the
    run are over: it may go on."""

    path: Path
    model: str
    title: str
    asked: tuple[str, str]
    n_done: int

    @property
    def place(self) -> tuple[Path, str]:
        return self.path, self.model


@dataclass(frozen=True)
class FlipRow:
    """An answer that changed, as the list shows it."""

    pair: Pair
    question: str
    condition: str
    leans: tuple[str, str]


@dataclass(frozen=True)
class Found:
    """`prompts` by hash, of both runs; `derivations` says of each item why its truth is right."""

    sides: tuple[Side, Side]
    names: Names
    lane: Lane
    lanes: tuple[Lane, ...]
    flips: Flips
    rows: tuple[FlipRow, ...]
    notes: tuple[str, ...]
    chart: DifferenceChart
    prompts: Mapping[str, PromptParts]
    derivations: Mapping[str, str]
    is_control: bool

    @property
    def factors(self) -> Sequence[Mapping[str, Any]]:
        factors: Sequence[Mapping[str, Any]] = self.sides[0].plan.design["factors"]
        return factors

    @property
    def is_simulated(self) -> bool:
        return any(side.is_simulated for side in self.sides)


def list_choices(
    home: Path, known: Sequence[RunRow] = ()
) -> Generator[str, None, tuple[tuple[RunRow, ...], tuple[Choice, ...]]]:
    """The runs of this home, and every model in them that has answered."""
    rows = yield from list_runs(home, known)
    return rows, tuple(choice for row in rows for choice in _choices(row))


def _choices(row: RunRow) -> list[Choice]:
    if row.problem or not row.done:
        return []
    when = date_text(row.locked_at)
    asked = row.experiment, row.design_hash
    n_asked = ceil(len(row.models) * row.done / row.total)  # one model is asked after the other
    return [
        Choice(row.path, model, f"{model} · {row.lab}, {when}", asked, row.done)
        for model in row.models[:n_asked]
    ]


def partners(choices: Sequence[Choice], chosen: Choice) -> tuple[Choice, ...]:
    """What was asked exactly the same as `chosen`."""
    return tuple(c for c in choices if c.asked == chosen.asked and c.place != chosen.place)


def first_pair(choices: Sequence[Choice]) -> tuple[Choice, Choice] | None:
    """The newest two that can be compared, in the order in which they were asked; two models
    before one model twice."""
    pairs = [(one, two) for one in choices for two in partners(choices, one)]
    apart = (pair for pair in pairs if pair[0].model != pair[1].model)
    return next(apart, pairs[0] if pairs else None)


def compare(
    places: tuple[tuple[Path, str], tuple[Path, str]], lane: Lane = ""
) -> Generator[str, None, Found]:
    """`lane` "" is the one that was chosen before the run. Raises UserError."""
    yield "Reading the answers"
    one, two = read_sides(*places)
    lanes = lanes_of(one, two)
    if not lanes:
        raise UserError("The two have no kind of answer in common.", "Choose another run.")
    lane = lane if lane in lanes else lanes[0]
    yield "Comparing"
    pairs = pairs_of(one.records, two.records, lane)
    found = flips(pairs, lane, int(one.plan.design["n_trials"]))
    names = names_of(one, two)
    prompts = _prompts(one, two)
    factors = one.plan.design["factors"]
    other_prompts = sum(pair.first.prompt != pair.second.prompt for pair in pairs)
    return Found(
        (one, two), names, lane, lanes, found,
        tuple(_row(pair, prompts, factors) for pair in pairs if pair.change),
        reading_notes(one, two, other_prompts), chart_of(found, names, factors), prompts,
        _derivations(one), is_control(one, two),
    )  # fmt: skip


def names_of(one: Side, two: Side) -> Names:
    """Only what tells them apart; the same model twice is told apart by the order."""
    if one.model == two.model:
        return Names("the first run", "the second run")
    return Names(*short_labels((one.model, two.model)))


def remarks_of(found: Found) -> tuple[str, ...]:
    """What the page says beside the numbers, for a file that is handed in."""
    acting = str(found.sides[0].plan.design.get("acting", ""))
    simulated = "SIMULATED: these are answers of a model that is made up."
    return tuple(filter(None, (
        simulated if found.is_simulated else "",
        f"What counts: {lane_title(found.lane)}.",
        label_sentence(found.flips, found.names, acting),
        *may_not(found.flips, found.names, is_control=found.is_control),
        *found.notes,
    )))  # fmt: skip


def _prompts(one: Side, two: Side) -> dict[str, PromptParts]:
    return {hash_: parts for path in dict.fromkeys((one.path, two.path))
            for hash_, parts in RunFolder(path).prompts().items()}  # fmt: skip


def _row(
    pair: Pair, prompts: Mapping[str, PromptParts], factors: Sequence[Mapping[str, Any]]
) -> FlipRow:
    shares = label_shares(pair)
    truth = pair.first.truth
    return FlipRow(
        pair, question_of(prompts.get(pair.first.prompt, ())) or pair.first.item,
        condition_words(factors, pair.first.factors),
        (lean_text(shares[0], truth), lean_text(shares[1], truth)),
    )  # fmt: skip


def question_of(parts: PromptParts) -> str:
    """What the user said; the template around it is the same for all."""
    return " ".join(str(part["text"]) for part in parts if part["origin"] == "user").strip()


def _derivations(side: Side) -> dict[str, str]:
    try:
        made = parse_set(side.plan.scenarios, "the plan's set")
    except UserError:  # a set of a later version: the answers can be shown all the same
        return {}
    return {item.id: item.derivation for item in made.items}
