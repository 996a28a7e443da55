"""How near an answer was to another one, and how far two readings of a prompt are apart."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from labs.experiments.scoring.lanes import largest_difference, lead_change, margin_of
from models.engine.messages import Drawn, LabelScore, RowResult

ROW = RowResult(
    0,
    labels=(LabelScore("yes", -0.5, -1.0), LabelScore("no", -2.5, -2.6)),
    drawn=(Drawn(7, 3.0), Drawn(8, 1.75), Drawn(9, 4.0)),
)


def with_leads(*leads: float) -> RowResult:
    drawn = (Drawn(token, lead) for token, lead in zip((7, 8, 9), leads, strict=False))
    return replace(ROW, drawn=tuple(drawn))


@pytest.mark.parametrize(
    ("row", "margin"),
    [(ROW, 1.6), (replace(ROW, labels=()), 1.75), (with_leads(3.0, 0.1), 0.1),
     (RowResult(0), math.inf)],
)  # fmt: skip
def test_a_margin_covers_labels_their_best_spelling_and_the_answer_to_its_end(
    row: RowResult, margin: float
) -> None:
    assert margin_of(row) == pytest.approx(margin)


def test_what_moves_all_labels_alike_changes_no_lead() -> None:
    lower = tuple(LabelScore(s.name, s.logprob - 0.5, s.best - 0.5) for s in ROW.labels)
    other = replace(ROW, labels=lower)
    assert lead_change(ROW, other) == pytest.approx(0)
    assert largest_difference(ROW, other) == pytest.approx(0.5)


def test_a_late_token_counts_as_much_as_the_first() -> None:
    assert lead_change(ROW, with_leads(3.0, 1.75, 3.75)) == 0.25
    assert largest_difference(ROW, with_leads(3.0, 1.75, 3.75)) == 0.25


def test_another_token_has_lost_one_lead_and_won_another() -> None:
    other = replace(ROW, drawn=(Drawn(7, 3.0), Drawn(5, 0.5), Drawn(6, 9.0)))
    assert lead_change(ROW, other) == 1.75 + 0.5  # what comes after it is not compared


def test_two_readings_alike_differ_by_nothing() -> None:
    assert lead_change(ROW, ROW) == largest_difference(ROW, ROW) == 0
