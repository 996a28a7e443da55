"""Questions that a user brings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets import SCENARIOS
from labs.experiments.experiment import Request, Size
from labs.experiments.scenarios.set_file import read_set, shipped_sets, write_set
from labs.experiments.scenarios.sets import Scenario, ScenarioSet
from labs.repeats.experiment import EXPERIMENT, Options
from labs.repeats.own_questions import holds_questions, require_questions
from models.errors import UserError

SHIPPED = read_set(SCENARIOS / "open" / "short-answers.yaml")


def asking(*questions: tuple[str, str, str]) -> ScenarioSet:
    """Items as (name, question, accepted)."""
    items = tuple(Scenario(name, {"question": q, "accepted": a}, "right", "")
                  for name, q, a in questions)  # fmt: skip
    return replace(SHIPPED, items=items)


def test_own_questions_are_asked_and_judged_by_their_answers() -> None:
    made = asking(("a", "日本の首都は？", "東京; Tōkyō"), ("b", "Größter Fluss?", "Nil"))
    design = EXPERIMENT.prepare(Request(Options(), Size(40, 2), 1, made))
    [trial, *_] = [t for t in design.trials if t.item == "a"]
    said = {text: EXPERIMENT.scorer.read(trial, text, "end").outcome
            for text in ("東京", "Die Stadt TŌKYŌ.", "Kyoto")}  # fmt: skip
    assert list(said.values()) == ["right", "right", "wrong"]
    assert trial.user.startswith("日本の首都は？") and len(design.trials) == 2 * 2 * 20


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (asking(("a", "One?", "1"), ("a", "Two?", "2")), "this name stands twice"),
        (asking(("a", "One?", "1"), ("b", " one ", "2")), "“one” is asked twice"),
        (asking(("a", "  ", "1")), "it asks nothing"),
        (asking(("a", "A face?", "😀; ?!")), "no accepted answer has a letter"),
        (replace(SHIPPED, classes=("yes", "no")), "holds no questions"),
        (read_set(next(iter(shipped_sets()))), "holds no questions"),
    ],
    ids=["name twice", "question twice", "no question", "no word", "classes", "another kind"],
)
def test_what_would_mislead_is_refused_with_its_place(made: ScenarioSet, told: str) -> None:
    with pytest.raises(UserError, match=told):
        require_questions(made)


def test_ten_thousand_questions_are_drawn_from() -> None:
    made = asking(*((f"q{n}", f"What is {n} plus 1?", str(n + 1)) for n in range(10_000)))
    design = EXPERIMENT.prepare(Request(Options(), Size(8, 5), 1, made))
    assert len(design.items) == 8 and len(design.trials) == 8 * 5 * 20


def test_a_file_of_questions_is_told_from_other_sets(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(write_set(asking(("a", "One?", "1"))), encoding="utf-8")
    assert holds_questions(read_set(file)) and not any(
        map(holds_questions, map(read_set, shipped_sets()))
    )
