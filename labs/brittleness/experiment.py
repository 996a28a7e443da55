"""Does the answer hang on the wording? The same facts in several formats, beside edits that
cannot matter, the question turned round, and the answers named in the other order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assets import SCENARIOS
from labs.brittleness.analysis import analyse
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
from labs.experiments.scenarios.asking import ANSWER_ORDER, PLACEBOS, Edit, message
from labs.experiments.scenarios.drawing_items import draw_items
from labs.experiments.scenarios.formats import Format, formats_of, render
from labs.experiments.scenarios.set_checks import require_sound
from labs.experiments.scenarios.set_file import read_set
from labs.experiments.scenarios.sets import Question, Scenario, ScenarioSet
from models.errors import UserError

FEWEST_FORMATS = 2
DEFAULT_SET = "medication.yaml"


@dataclass(frozen=True)
class Options:
    """What can be chosen about a run besides its size."""

    family: str = option(
        "layout", "Kind of formats",
        "Layouts set the facts out in another way; tones say them in other words.",
        choices={"layout": "Layouts", "tone": "Tones"},
    )  # fmt: skip
    lane: str = lane_option()


def scenarios(options: Options, size: Size, seed: int) -> ScenarioSet:
    return read_set(SCENARIOS / DEFAULT_SET)


def design(request: Request) -> Design:
    """Raises UserError where the set has too few formats of this kind or one loses a fact."""
    made, options = request.scenarios, request.options
    formats = _chosen_formats(made, options.family, request.size.formats)
    placebos = PLACEBOS[: 2 if request.size.formats <= 4 else 3]
    factors = _factors(made, formats, placebos)
    items = draw_items(made, request.size.items, request.seed)
    trials = [trial for item in items for trial in _trials(made, item, formats, placebos)]
    return Design(
        classes=made.classes,
        factors=factors,
        trials=tell_oracle(in_random_order(trials, request.seed), factors),
        primary=PrimaryOutcome(
            options.lane, "change_beyond_placebo", "formats against placebo edits",
            "How much oftener another format changes the answer than an edit that cannot matter.",
        ),
        acting=made.classes[0],
        set_id=made.id, set_version=made.version, set_hash=made.hash, set_title=made.title,
        derivations={item.id: item.derivation for item in items},
    )  # fmt: skip


def _chosen_formats(made: ScenarioSet, family: str, count: int) -> tuple[Format, ...]:
    formats = formats_of(made, "tone" if family == "tone" else "layout")[: max(count, 0)]
    if len(formats) < FEWEST_FORMATS:
        raise UserError(
            f"The set “{made.title}” has too few formats of this kind: {len(formats)}.",
            "Add tones to the set, or choose layouts and at least two formats.",
        )
    return formats


def _factors(
    made: ScenarioSet, formats: Sequence[Format], placebos: Sequence[Edit]
) -> tuple[Factor, ...]:
    questions = [Level(q.id, "Question turned round" if q.turned else "Question as it is")
                 for q in made.questions]  # fmt: skip
    return (
        Factor("format", "Format", tuple(Level(f.id, f.title) for f in formats)),
        Factor("edit", "Placebo edit", (Level("none", "No edit"),
                                        *(Level(e.id, e.title) for e in placebos))),
        Factor("question", "Question", tuple(questions)),
        ANSWER_ORDER,
    )  # fmt: skip


def _trials(
    made: ScenarioSet, item: Scenario, formats: Sequence[Format], placebos: Sequence[Edit]
) -> list[Trial]:
    usual, turned = made.questions[0], next((q for q in made.questions if q.turned), None)
    facts = {chosen.id: render(made, item, chosen) for chosen in formats}
    base = formats[0].id

    def trial(
        format_id: str = base, edit: Edit | None = None, question: Question = usual,
        swapped: bool = False,
    ) -> Trial:  # fmt: skip
        text = message(facts[format_id], question, made.classes, swapped=swapped)
        factors = {
            "format": format_id, "edit": edit.id if edit else "none", "question": question.id,
            "options": "swapped" if swapped else "usual",
        }  # fmt: skip
        return Trial(
            item.id, item.group, factors, made.truth_of(item, question),
            edit.apply(text) if edit else text, labels=question.labels, numbers=item.numbers,
        )  # fmt: skip

    arms = [trial(chosen.id) for chosen in formats]
    arms += [trial(edit=edit) for edit in placebos]
    if turned:
        arms.append(trial(question=turned))
    return [*arms, trial(swapped=True)]


EXPERIMENT = Experiment(
    id="brittleness",
    title="Brittleness",
    summary="Does the answer change when only the wording does?",
    options=Options,
    scenarios=scenarios,
    design=design,
    analyse=analyse,
    sizes={"class": Size(40, 4), "report": Size(80, 6), "thorough": Size(200, 8)},
    sheet="brittleness",
    require=require_sound,
)
