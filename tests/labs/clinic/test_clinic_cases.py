"""The right verdict of each case follows from its numbers."""

from __future__ import annotations

import pytest

from labs.clinic.cases import cases

CASES = {case.id: case for case in cases()}


def evidence(case_id, name):
    return CASES[case_id].evidence[name]


def test_there_are_ten_cases_each_with_one_right_verdict():
    assert len(CASES) == 10
    assert all(0 <= case.right < len(case.verdicts) for case in CASES.values())
    assert all(case.evidence for case in CASES.values())


@pytest.mark.parametrize(
    ("case_id", "is_shown"),
    [("five-of-five", False), ("overlapping-bars", True), ("nine-comparisons", False)],
)
def test_a_difference_is_shown_where_the_test_says_so(case_id, is_shown):
    assert (evidence(case_id, "test").p < 0.05) == is_shown
    assert CASES[case_id].right == (0 if is_shown else 1)


def test_the_spread_of_eight_items_is_within_chance():
    assert evidence("eight-items", "spread").value <= evidence("eight-items", "chance_95").value
    assert CASES["eight-items"].right == 1


def test_the_bars_that_overlap_do_overlap():
    assert evidence("overlapping-bars", "second").high > evidence("overlapping-bars", "first").low


def test_the_best_of_nine_looks_like_an_effect_by_itself():
    assert evidence("nine-comparisons", "alone").p < 0.05


def test_none_of_thirty_leaves_one_in_ten():
    assert evidence("none-of-thirty", "share").high == pytest.approx(0.114, abs=0.001)


def test_always_yes_leans_and_tells_nothing_apart():
    assert evidence("always-yes", "d_prime").value == pytest.approx(0)
    assert evidence("always-yes", "criterion").value == pytest.approx(-1.98, abs=0.01)


def test_items_of_one_kind_have_no_value():
    assert evidence("one-kind", "detection").value is None
    assert evidence("one-kind", "detection").reason


def test_changes_that_cancel_out_are_seen_in_the_flips():
    assert evidence("both-ways", "test").p == 1
    assert evidence("both-ways", "flips").low > evidence("both-ways", "placebo_flips").high


def test_a_large_run_shows_a_small_difference():
    found = evidence("large-run", "difference")
    assert 0 < found.low < found.high < 0.05
    assert evidence("large-run", "test").p < 0.05
