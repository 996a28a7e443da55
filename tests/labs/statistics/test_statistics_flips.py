"""Answers that change with the wording, counted by hand."""

import numpy as np
import pytest

from labs.experiments.statistics.estimate import Estimate
from labs.experiments.statistics.flips import (
    change_beyond_placebo,
    consistency_rate,
    flip_rate,
    yes_rate_movement,
)
from labs.experiments.statistics.proportions import wilson
from labs.experiments.statistics.spread import spread

LABELS = ("YES", "NO")
TABLE = [
    ["YES", "YES", "YES"],
    ["YES", "NO", "YES"],
    ["NO", "UNPARSED", "NO"],
    ["YES", "UNPARSED", "TRUNCATED"],
]


def test_an_item_flips_when_two_clear_answers_differ():
    found = flip_rate(TABLE, LABELS)
    assert isinstance(found, Estimate)
    assert (found.value, found.n) == (pytest.approx(1 / 3), 3)
    assert (found.low, found.high) == (wilson(1, 3).low, wilson(1, 3).high)


def test_flips_of_grouped_items_count_groups():
    assert flip_rate(TABLE, LABELS, ["a", "a", "b", "b"]).n == 2


def test_consistency_is_the_share_of_agreeing_pairs():
    # 3 of 3, 1 of 3 and 1 of 1 pairs agree.
    assert consistency_rate(TABLE, LABELS).value == pytest.approx((1 + 1 / 3 + 1) / 3)


def test_a_model_that_never_changes_is_consistent_with_an_interval():
    found = consistency_rate([["YES"] * 4] * 40, LABELS)
    assert (found.value, found.high) == (1, 1)
    assert 0.9 < found.low < 0.92


@pytest.mark.parametrize("calculate", [flip_rate, consistency_rate])
def test_without_clear_answers_nothing_is_said_about_changes(calculate):
    assert "No item has a clear answer" in calculate([["UNPARSED", "YES"]], LABELS).reason


def test_changes_beyond_placebo_are_worked_out_by_hand():
    baseline = ["YES", "YES", "NO", "UNPARSED"]
    formats = [["NO", "YES", "YES", "YES"], ["NO", "NO", "YES", "YES"]]
    placebos = [["YES", "YES", "YES", "YES"]]
    # Items: 2/2 − 0, 1/2 − 0, 2/2 − 1; the fourth has no baseline.
    found = change_beyond_placebo(baseline, formats, placebos, LABELS)
    assert (found.value, found.n) == (pytest.approx(0.5), 3)


def test_without_a_placebo_nothing_is_beyond_it():
    assert "cannot be compared" in change_beyond_placebo(["YES"], [["NO"]], [], LABELS).reason


def test_the_yes_rate_moves_where_accuracy_does_not():
    # Half of the items are truly YES; one format says YES to all, the other NO to all.
    movement = yes_rate_movement([["YES", "NO"]] * 20, "YES", LABELS, seed=1)
    right = np.array([[1, 0]] * 10 + [[0, 1]] * 10)
    assert (movement.observed, spread(right, seed=1).observed) == (1.0, 0.0)
    assert movement.p < 0.001
    assert "the YES rate moves by 100 percentage points" in movement.sentence


def test_items_without_a_clear_answer_are_left_out_of_the_yes_rate():
    movement = yes_rate_movement(TABLE, "YES", LABELS, seed=1)
    assert (movement.n_items, movement.n_dropped) == (2, 2)
