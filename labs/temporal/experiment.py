"""Is there still time? Every item asked as it is and turned round, the answers in both orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from labs.experiments.design import (
    Design,
    Factor,
    Level,
    PrimaryOutcome,
    Trial,
    in_random_order,
    tell_oracle,
)
from labs.experiments.experiment import Experiment, Request, Size, lane_option, option
from labs.experiments.scenarios.asking import ANSWER_ORDER, message
from labs.experiments.scenarios.formats import LAYOUTS, Format, render
from labs.experiments.scenarios.sets import Question, Scenario, ScenarioSet
from labs.temporal.analysis import analyse
from labs.temporal.comparing import compare
from labs.temporal.deadlines import deadlines
from labs.temporal.intervals import intervals
from labs.temporal.items import draw_balanced, tagged
from labs.temporal.surfaces import SURFACES
from models.errors import UserError

ITEMS_A_ROUND = 96
MOST_ROUNDS = len(SURFACES)  # then every combination was there
_LAYOUT_TITLES = {layout.id: layout.title for layout in LAYOUTS}
_TITLES = {"surface": "Way of writing times", "domain": "Domain", "relation": "Allen's relation"}


@dataclass(frozen=True)
class Options:
    """What can be chosen about a run besides its size."""

    times: str = option(
        "deadlines", "Items",
        "Deadlines compare two moments; intervals ask whether two spans of time clash.",
        choices={"deadlines": "Deadlines", "intervals": "Intervals"},
    )  # fmt: skip
    boundary: str = option(
        "left-out", "The very same minute",
        "Items at the boundary itself are fair only where the rule for it is stated.",
        choices={"left-out": "Left out", "with-rule": "Asked, with the rule stated"},
    )  # fmt: skip
    layout: str = option("lines", "Layout", "How the facts are set out.", choices=_LAYOUT_TITLES)
    second_layout: str = option(
        "none", "Second layout", "Asks every item in another layout too; doubles the time.",
        choices={"none": "None", **_LAYOUT_TITLES},
    )  # fmt: skip
    lane: str = lane_option()


def scenarios(options: Options, size: Size, seed: int) -> ScenarioSet:
    rounds = min(MOST_ROUNDS, -(-max(1, size.items) // ITEMS_A_ROUND))
    family = intervals if options.times == "intervals" else deadlines
    return family(rounds, seed, with_boundary=options.boundary == "with-rule")


def design(request: Request) -> Design:
    """Question × order of the answers × layout for every item: four trials in one layout.

    The primary outcome is the polarity contrast and not d′. d′ pools both questions, so it is 0
    for a model that says YES to everything, for one that always acts, and for one that tosses a
    coin. Only the crossed design tells them apart: a bias to acting is YES to “can it still” and
    NO to “is it too late”, a bias to the word is YES to both, and a bias to the word offered first
    turns with the order. d′ stays beside it as the gate:
    whether the model can tell in time from too late at all.

    Raises UserError for a set without a turned question or without margins, and for a layout that
    loses a fact.
    """
    made, options = request.scenarios, request.options
    asked = _questions(made)
    _require_margins(made)
    layouts = _layouts(options)
    items = draw_balanced(made.items, request.size.items, request.seed)
    factors = _factors(asked, layouts, items)
    trials = [trial for item in items for trial in _trials(made, item, asked, layouts)]
    return Design(
        classes=made.classes,
        factors=factors,
        trials=tell_oracle(in_random_order(trials, request.seed), factors),
        primary=PrimaryOutcome(
            options.lane, "acting_share", "the question as it is against the question turned round",
            "How often the answers mean “it can still be done”, asked either way; 50 % is no bias.",
        ),
        acting=made.classes[0],
        set_id=made.id, set_version=made.version, set_hash=made.hash, set_title=made.title,
        derivations={item.id: item.derivation for item in items},
    )  # fmt: skip


def _questions(made: ScenarioSet) -> tuple[Question, Question]:
    turned = next((q for q in made.questions if q.turned), None)
    if turned is None or len(made.classes) != 2:
        raise UserError(
            f"The set “{made.title}” has no question turned round, so a bias to acting and a bias "
            "to a word cannot be told apart.",
            "Add a second question with `turned: true`, over two classes.",
        )
    return made.questions[0], turned


def _require_margins(made: ScenarioSet) -> None:
    if not all("margin_minutes" in item.numbers for item in made.items):
        raise UserError(
            f"The set “{made.title}” does not say of every item how many minutes are left.",
            "Give each item the number `margin_minutes`, or use the set for brittleness.",
        )


def _layouts(options: Options) -> tuple[Format, ...]:
    names = dict.fromkeys((options.layout, options.second_layout))
    return tuple(layout for name in names for layout in LAYOUTS if layout.id == name)


def _factors(
    asked: Sequence[Question], layouts: Sequence[Format], items: Sequence[Scenario]
) -> tuple[Factor, ...]:
    return (
        Factor("question", "Question", tuple(Level(q.id, q.text) for q in asked)),
        ANSWER_ORDER,
        Factor("format", "Layout", tuple(Level(f.id, f.title) for f in layouts)),
        *_item_factors(items),
    )  # fmt: skip


def _item_factors(items: Sequence[Scenario]) -> list[Factor]:
    """What all items bring along: domain, way of writing times, relation."""
    levels: dict[str, dict[str, None]] = {}
    for item in items:
        for name, level in tagged(item).items():
            levels.setdefault(name, {})[level] = None
    levels = {
        name: found for name, found in levels.items() if all(name in tagged(i) for i in items)
    }
    titles = {surface.id: surface.title for surface in SURFACES}
    return [
        Factor(name, _TITLES.get(name, name),
               tuple(Level(level, titles.get(level, level)) for level in found))
        for name, found in levels.items()
    ]  # fmt: skip


def _trials(
    made: ScenarioSet, item: Scenario, asked: Sequence[Question], layouts: Sequence[Format]
) -> list[Trial]:
    facts: Mapping[str, str] = {chosen.id: render(made, item, chosen) for chosen in layouts}
    trials = []
    for question, order, layout in product(asked, ("usual", "swapped"), layouts):
        text = message(facts[layout.id], question, made.classes, swapped=order == "swapped")
        factors = {"question": question.id, "options": order, "format": layout.id, **tagged(item)}
        truth = made.truth_of(item, question)
        trials.append(
            Trial(item.id, item.group, factors, truth, text, labels=question.labels,
                  numbers=item.numbers)
        )  # fmt: skip
    return trials


EXPERIMENT = Experiment(
    id="temporal",
    title="Temporal constraints",
    summary="Is there still time, and has the model a bias to acting, or to a word?",
    options=Options,
    scenarios=scenarios,
    design=design,
    analyse=analyse,
    sizes={"class": Size(48, 1), "report": Size(96, 1), "thorough": Size(240, 1)},
    sheet="temporal",
    compare=compare,
)
