"""What a finished run says to a claim: never more than its intervals allow."""

from __future__ import annotations

import pytest

from labs.claims.cards import cards
from labs.claims.evidence import HOW_JUDGED, speech
from labs.experiments.analysis.charts import RIGHT_AXIS
from labs.experiments.charts import DifferenceChart, DifferenceRow
from labs.experiments.results import Finding, ModelResult, Number, Table


def shares(**intervals: tuple[float, float] | None) -> dict[str, Number]:
    return {
        name: Number(name, None, reason="None was clear.") if ends is None
        else Number(name, sum(ends) / 2, low=ends[0], high=ends[1], n=40)
        for name, ends in intervals.items()
    }  # fmt: skip


def of_formats(*ends: tuple[float, float], base: float = 0.9) -> ModelResult:
    rows = tuple(
        DifferenceRow(f"format {n}", (low + high) / 2, low, high) for n, (low, high) in
        enumerate(ends)
    )  # fmt: skip
    chart = DifferenceChart("", RIGHT_AXIS, rows, "natural", "")
    right = ("natural", Number("Right answers", base), "")
    table = Table("By format, free answer", ("Format", "Right answers", "YES answers"), (right,))
    return ModelResult("m", Finding("", ""), {"free": {}}, charts=(chart,), tables=(table,))


def of_answers(**intervals: tuple[float, float] | None) -> ModelResult:
    return ModelResult("m", Finding("", ""), {"free": shares(**intervals)})


GUESSES = {"balanced_accuracy": (0.4, 0.6)}
CASES = [
    ("H1", of_formats((-0.1, 0.1), (-0.3, 0.0)), "against", "no format lowers"),
    ("H1", of_formats((0.1, 0.3)), "against", "no format lowers"),
    ("H1", of_formats((-0.9, -0.2)), "for", "“format 0” lowers"),
    ("H1", of_formats((-0.8, 0.1), (-0.1, 0.1)), "neither", "holds no change as well"),
    ("H1", of_formats((-0.1, 0.1), base=0.5), "neither", "to lose"),
    ("H1", of_formats(), "neither", "no two formats"),
    ("H2", of_answers(balanced_accuracy=(0.7, 0.9), false_positive_rate=(0.9, 1)), "neither",
     "does not fail"),
    ("H2", of_answers(**GUESSES, false_positive_rate=(0.92, 1)), "for", "92 % to 100 %"),
    ("H2", of_answers(**GUESSES, false_positive_rate=(0.3, 0.7)), "against", "30 % to 70 %"),
    ("H2", of_answers(**GUESSES, false_positive_rate=(0.5, 1)), "neither", "too wide"),
    ("H2", of_answers(**GUESSES, false_positive_rate=None), "neither", "None was clear."),
    ("H3", of_answers(accuracy=(0.6, 0.9)), "against", "between the two kinds"),
    ("H3", of_answers(accuracy=(0.4, 0.6)), "neither", "12 models"),
    ("H3", of_answers(accuracy=(0.9, 1.0)), "neither", "12 models"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "result", "side", "words"), CASES)
def test_a_run_says_no_more_than_its_intervals(
    claim: str, result: ModelResult, side: str, words: str
) -> None:
    said = speech(claim, result, "free")
    assert said.side == side
    assert words in said.sentence


def test_a_program_with_a_known_behaviour_settles_nothing() -> None:
    said = speech("H1", of_formats((-0.9, -0.2)), "free", is_simulated=True)
    assert said.side == "neither"
    assert "SIMULATED" in said.sentence


def test_each_card_says_what_a_run_can_say_to_it_at_all() -> None:
    assert set(HOW_JUDGED) == {card.claim.id for card in cards()}
    assert "can only speak against" in HOW_JUDGED["H3"] and "50 % and 95 %" in HOW_JUDGED["H3"]
    assert not [result for claim, result, side, _ in CASES if (claim, side) == ("H3", "for")]
