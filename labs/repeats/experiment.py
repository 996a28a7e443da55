"""Is one answer enough? The same question drawn twenty times at each of five temperatures."""

from __future__ import annotations

from dataclasses import dataclass

from assets import SCENARIOS
from labs.experiments.design import (
    Design,
    Factor,
    Level,
    PrimaryOutcome,
    Trial,
    in_random_order,
    tell_oracle,
)
from labs.experiments.experiment import Experiment, Request, Size, option
from labs.experiments.scenarios.drawing_items import draw_items
from labs.experiments.scenarios.set_file import read_set
from labs.experiments.scenarios.sets import Scenario, ScenarioSet
from labs.repeats.analysis import analyse
from labs.repeats.own_questions import QUESTION, require_questions
from labs.repeats.reading import ACCEPTED, HOW, RIGHT, WRONG, ShortAnswerScorer
from models.errors import UserError

TEMPERATURES = ("0", "1", "0.5", "2", "0.1")  # the first are kept where fewer are asked for
ANSWER_TOKENS = 24


@dataclass(frozen=True)
class Options:
    """What can be chosen about a run besides its size."""

    draws: str = option(
        "20", "Answers to each question",
        "At every temperature. With 20, an answer of one in twenty is missed in a third of runs.",
        choices={"5": "5", "10": "10", "20": "20", "40": "40"},
    )  # fmt: skip


def scenarios(options: Options, size: Size, seed: int) -> ScenarioSet:
    return read_set(SCENARIOS / "open" / "short-answers.yaml")


def design(request: Request) -> Design:
    """Question × temperature × draw. A draw is a repeat with a seed of its own; nothing but the
    temperature shapes it: no top-k, top-p or min-p. Raises UserError for fewer than two
    temperatures."""
    made, size = request.scenarios, request.size
    chosen = sorted(TEMPERATURES[: max(0, size.formats)], key=float)
    if len(chosen) < 2:
        raise UserError("One temperature shows no change.", "Ask for at least two levels.")
    factor = Factor("temperature", "Temperature", tuple(Level(t, f"T {t}") for t in chosen))
    items = draw_items(made, size.items, request.seed)
    draws = range(int(request.options.draws))
    trials = [_trial(item, t, n) for item in items for t in chosen for n in draws]
    return Design(
        classes=made.classes,
        factors=(factor,),
        trials=tell_oracle(in_random_order(trials, request.seed), (factor,)),
        primary=PrimaryOutcome(
            "free", "accuracy_change", "temperature 1 against temperature 0",
            "How much the share of right answers moves when answers are drawn as the model has "
            "learned them, and not the likeliest taken at every step.",
        ),
        lanes=("free",),
        acting=RIGHT,
        free_tokens=ANSWER_TOKENS,
        set_id=made.id, set_version=made.version, set_hash=made.hash, set_title=made.title,
        derivations={item.id: item.derivation for item in items},
    )  # fmt: skip


def _trial(item: Scenario, temperature: str, draw: int) -> Trial:
    asked, accepted = item.facts[QUESTION], item.facts["accepted"]
    told = {ACCEPTED: accepted,
            "labels": {RIGHT: accepted.partition(";")[0], WRONG: "something else"}}  # fmt: skip
    return Trial(
        item.id, item.group, {"temperature": temperature}, RIGHT,
        f"{asked} {HOW}", repeat=draw, oracle=told,
    )  # fmt: skip


EXPERIMENT = Experiment(
    id="repeats",
    title="Repeated answers",
    summary="Is one answer enough? The same question asked 20 times, at five temperatures.",
    options=Options,
    scenarios=scenarios,
    design=design,
    analyse=analyse,
    sizes={"class": Size(8, 5), "report": Size(20, 5), "thorough": Size(40, 5)},
    require=require_questions,
    scorer=ShortAnswerScorer(),
)
