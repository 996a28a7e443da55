"""What a run on times says of subjects whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from labs.temporal.experiment import EXPERIMENT, Options
from labs.temporal.margins import minutes_text
from models.errors import UserError
from tests.labs.experiments.running import Lab

Judge = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def judge(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """The result for one simulated subject over 48 items, each run once."""

    @cache
    def of(subject: str, **options: str) -> dict[str, Any]:
        folder: Path = tmp_path_factory.mktemp("runs") / "run"
        made = lab.plan(folder, subject, experiment=EXPERIMENT, items=48, formats=1,
                        options=Options(**options))  # fmt: skip
        (result,) = lab.finish(made, EXPERIMENT)["models"]
        return result

    return of


@pytest.mark.parametrize(
    ("subject", "verdict"),
    [
        ("sim:always-yes", "bias to the word YES"),
        ("sim:acting", "bias to acting"),
        ("sim:first-named", "bias to the word offered first"),
        ("sim:coin", "no ability and no bias visible at this n"),
        ("sim:able?accuracy=1", "can tell whether there is time"),
        ("sim:able?accuracy=0.8", "can tell whether there is time"),
        ("sim:able?accuracy=0", "answers the wrong way round"),
        ("sim:coarse", "can tell it only beyond 15 minutes"),
        ("sim:thinker", "can tell whether there is time"),
        ("sim:empty", "too few clear answers"),
    ],
)
def test_the_verdict_is_the_truth_of_the_subject(judge: Judge, subject: str, verdict: str) -> None:
    assert judge(subject)["finding"]["verdict"] == verdict


@pytest.mark.parametrize("subject", ["sim:always-yes", "sim:acting", "sim:able?accuracy=1"])
def test_the_lean_on_intervals_gives_the_same_verdict(judge: Judge, subject: str) -> None:
    lean = judge(subject, lane="likelihood", times="intervals")
    assert lean["finding"]["verdict"] == judge(subject)["finding"]["verdict"]


def test_one_that_always_says_yes_is_half_right_and_tells_nothing(judge: Judge) -> None:
    numbers = judge("sim:always-yes")["lanes"]["free"]
    assert numbers["accuracy"]["value"] == 0.5
    assert numbers["d_prime"]["value"] == pytest.approx(0.0)
    assert numbers["criterion"]["value"] < -1.5
    assert numbers["word_share"]["value"] == 1.0
    assert numbers["acting_share"]["value"] == 0.5
    assert numbers["same_when_turned"]["value"] == 0.0


def test_one_that_always_acts_differs_only_in_the_crossed_design(judge: Judge) -> None:
    acting, word = (judge(s)["lanes"]["free"] for s in ("sim:acting", "sim:always-yes"))
    for name in ("accuracy", "balanced_accuracy", "d_prime"):
        assert acting[name]["value"] == pytest.approx(word[name]["value"])
    assert acting["acting_share"]["value"] == acting["acts_when_it_cannot"]["value"] == 1.0
    assert acting["word_share"]["value"] == 0.5
    assert acting["acting_criterion"]["value"] < -1.5


def test_the_place_of_a_word_is_told_from_the_word(judge: Judge) -> None:
    numbers = judge("sim:first-named")["lanes"]["free"]
    assert numbers["first_named_share"]["value"] == 1.0
    assert numbers["word_share"]["value"] == numbers["acting_share"]["value"] == 0.5


def test_nothing_right_and_all_yes_is_called_reversed_and_no_bias(judge: Judge) -> None:
    result = judge("sim:able?accuracy=0")
    assert result["lanes"]["free"]["false_positive_rate"]["value"] == 1.0
    assert "0 % of the clear answers are right" in result["finding"]["sentence"]
    assert "YES comes in 100 % of the cases where NO is right" in result["finding"]["sentence"]
    assert "no bias to acting" in result["finding"]["sentence"]


def test_one_that_says_nothing_has_no_rates_and_no_chart(judge: Judge) -> None:
    result = judge("sim:empty")
    for name in ("false_positive_rate", "acting_share", "d_prime", "threshold_minutes"):
        assert result["lanes"]["free"][name]["value"] is None
        assert result["lanes"]["free"][name]["reason"]
    assert not result["charts"]
    assert "None of the answers was clear" in result["finding"]["sentence"]


def test_a_thinker_is_scored_and_its_lean_is_not_comparable(judge: Judge) -> None:
    result = judge("sim:thinker")
    assert set(result["lanes"]) == {"free"}
    assert result["lanes"]["free"]["accuracy"]["value"] == 1.0
    assert any("not comparable" in caveat for caveat in result["caveats"])


def test_one_that_cannot_be_loaded_gives_a_sentence_and_no_results(
    lab: Lab, tmp_path: Path
) -> None:
    made = lab.plan(tmp_path / "run", "sim:broken", experiment=EXPERIMENT, items=8)
    with pytest.raises(UserError, match="cannot be loaded"):
        lab.finish(made, EXPERIMENT)
    assert not (made.path / "results.json").exists()


def test_the_answer_of_an_able_one_turns_at_the_boundary(judge: Judge) -> None:
    threshold = judge("sim:able?accuracy=1")["lanes"]["free"]["threshold_minutes"]
    assert threshold["low"] <= 0 <= threshold["high"]
    assert -1 <= threshold["low"] <= threshold["high"] <= 1


@pytest.mark.parametrize("subject", ["sim:always-yes", "sim:acting", "sim:coin"])
def test_without_ability_no_time_is_named_at_which_the_answer_turns(
    judge: Judge, subject: str
) -> None:
    result = judge(subject)
    assert result["lanes"]["free"]["threshold_minutes"]["value"] is None
    assert result["lanes"]["free"]["threshold_minutes"]["reason"]
    (chart,) = result["charts"]
    assert all(len(series["points"]) == 12 for series in chart["series"])
    assert sum(p["n"] for series in chart["series"] for p in series["points"]) == 48 * 4


def test_near_and_far_part_where_only_wide_margins_are_told(judge: Judge) -> None:
    numbers = judge("sim:coarse")["lanes"]["free"]
    assert numbers["far_accuracy"]["value"] == 1.0
    assert numbers["near_accuracy"]["value"] < 0.7
    by_distance = next(t for t in judge("sim:coarse")["tables"] if "distance" in t["title"])
    assert [row[0] for row in by_distance["rows"]][-1] == "2 h"


def test_the_confusion_counts_every_answer_in_three_columns(judge: Judge) -> None:
    table = judge("sim:acting")["tables"][0]
    assert tuple(table["columns"])[1:] == ("YES", "NO", "No clear answer")
    counts = [[int(cell) for cell in row[1:]] for row in table["rows"]]
    assert counts == [[48, 0, 0], [48, 0, 0], [0, 48, 0], [0, 48, 0]]


def test_two_groups_of_models_are_said_to_be_not_testable(judge: Judge) -> None:
    found = judge("sim:coin")["lanes"]["free"]["bimodality"]
    assert found["value"] is None
    assert found["reason"].startswith("Not testable.")


def test_several_models_stand_side_by_side_in_sentences(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:always-yes", "sim:able?accuracy=1",
                    experiment=EXPERIMENT, items=24)  # fmt: skip
    comparison = lab.finish(made, EXPERIMENT)["comparison"]
    assert comparison[0].startswith("sim:able?accuracy=1, can tell whether there is time: 100 %")
    assert comparison[1].startswith("sim:always-yes, bias to the word YES: 50 %")
    assert "not testable with 2" in comparison[2]


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(-0.0312, "0"), (5.75, "5.8"), (-2.09, "−2.1"), (3.0, "3"), (-94.6, "−95"), (1234.5, "1234")],
)
def test_minutes_are_told_no_finer_than_they_are_known(minutes: float, text: str) -> None:
    assert minutes_text(minutes) == text
