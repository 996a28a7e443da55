"""What a brittleness run says of subjects whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from labs.brittleness.experiment import Options
from tests.labs.experiments.running import Lab

Judge = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def judge(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """The result for one simulated subject over 24 items in four formats, each run once."""

    @cache
    def of(subject: str, seed: int = 1, lane: str = "free") -> dict[str, Any]:
        folder: Path = tmp_path_factory.mktemp("runs") / "run"
        made = lab.plan(folder, subject, items=24, formats=4, seed=seed, options=Options(lane=lane))
        (result,) = lab.finish(made)["models"]
        return result

    return of


@pytest.mark.parametrize(
    ("subject", "verdict"),
    [
        ("sim:always-yes", "no effect visible at this n"),
        ("sim:able?accuracy=1", "no effect visible at this n"),
        ("sim:thinker", "no effect visible at this n"),
        ("sim:warm", "no effect visible at this n"),
        ("sim:by-format", "answers by the wording"),
        ("sim:bad-format", "one format is worse"),
        ("sim:coin", "changes answers even with edits that cannot matter"),
        ("sim:empty", "too few clear answers"),
    ],
)
def test_the_verdict_is_the_truth_of_the_subject(judge: Judge, subject: str, verdict: str) -> None:
    assert judge(subject)["finding"]["verdict"] == verdict


@pytest.mark.parametrize("subject", ["sim:by-format", "sim:bad-format", "sim:always-yes"])
def test_the_lean_says_what_the_free_answer_says(judge: Judge, subject: str) -> None:
    free, lean = (
        judge(subject, lane=lane)["finding"]["verdict"] for lane in ("free", "likelihood")
    )
    assert free == lean


def test_one_that_always_says_yes_is_half_right_and_has_a_bias(judge: Judge) -> None:
    numbers = judge("sim:always-yes")["lanes"]["free"]
    assert numbers["accuracy"]["value"] == 0.5
    assert numbers["yes_rate"]["value"] == 1.0
    assert numbers["d_prime"]["value"] == pytest.approx(0.0)
    assert numbers["criterion"]["value"] < -1.5
    assert numbers["flip_rate"]["value"] == 0.0


def test_one_that_says_nothing_has_no_rates(judge: Judge) -> None:
    numbers = judge("sim:empty")["lanes"]["free"]
    assert numbers["answered_rate"]["value"] == 0.0
    for name in ("false_positive_rate", "yes_rate", "flip_rate", "d_prime"):
        assert numbers[name]["value"] is None
        assert numbers[name]["reason"]


def test_the_worst_format_is_named(judge: Judge) -> None:
    result = judge("sim:bad-format")
    assert "“JSON”" in result["finding"]["sentence"]
    assert "Lowest observed: JSON" in result["tables"][0]["note"]


def test_a_thinker_is_scored_behind_its_thought_and_has_no_lean(judge: Judge) -> None:
    result = judge("sim:thinker")
    assert result["lanes"]["free"]["accuracy"]["value"] == 1.0
    assert set(result["lanes"]) == {"free"}


def test_turning_the_question_shows_a_bias_to_a_word(judge: Judge) -> None:
    def turned(subject: str) -> Any:
        return judge(subject)["lanes"]["free"]["same_when_turned"]["value"]

    assert turned("sim:always-yes") == 0.0
    assert turned("sim:able?accuracy=1") == 1.0


@pytest.mark.slow
def test_a_coin_stays_within_the_range_of_chance_in_nine_of_ten_seeds(judge: Judge) -> None:
    spreads = [judge("sim:coin", seed)["lanes"]["free"]["accuracy_spread"] for seed in range(10)]
    inside = [s["value"] <= s["extra"]["chance_95"] for s in spreads]
    assert sum(inside) >= 9


def test_the_table_of_formats_tells_right_and_yes_answers(judge: Judge) -> None:
    table = judge("sim:by-format")["tables"][0]
    assert table["columns"] == ("Format", "Right answers", "YES answers")
    assert [row[2]["value"] for row in table["rows"]] == [1.0, 0.0, 1.0, 0.0]
    assert [row[1]["value"] for row in table["rows"]] == [0.5] * 4
