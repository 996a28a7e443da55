"""The time left of a benchmark, against sums by hand."""

from __future__ import annotations

import pytest

from labs.benchmark.pace import Pace

AMOUNTS = {"read": 1000, "write": 100, "chat": 4}


def test_the_time_left_counts_all_models_and_what_writing_takes() -> None:
    pace = Pace({"a": AMOUNTS, "b": AMOUNTS}, turn=(200, 50))
    assert pace.time_left_s is None
    pace.note("a", "read", 500, 1.0)  # 2 ms a token, so 16 ms for one that is written
    turn_s = 200 * 0.002 + 50 * 0.016
    assert pace.time_left_s == pytest.approx(1500 * 0.002 + 200 * 0.016 + 8 * turn_s)
    pace.note("a", "write", 50, 5.0)
    pace.note("b", "chat", 1, 3.0)
    assert pace.time_left_s == pytest.approx(1500 * 0.002 + 150 * 0.1 + 7 * 3.0)


def test_nothing_is_expected_of_what_is_out() -> None:
    pace = Pace({"a": AMOUNTS, "b": AMOUNTS})
    pace.note("a", "write", 100, 10.0)
    pace.note("a", "read", 1000, 1.0)
    pace.note("a", "chat", 1, 2.0)
    pace.drop("b")
    assert pace.time_left_s == pytest.approx(6.0)
    pace.drop("a", "chat")
    pace.note("b", "read", 5, 1.0)  # came late
    assert pace.time_left_s == 0


def test_a_model_that_is_only_chatted_with_is_paced_by_its_turns() -> None:
    pace = Pace({"served": {"read": 0, "write": 0, "chat": 6}}, turn=(200, 50))
    assert pace.time_left_s is None
    pace.note("served", "chat", 2, 3.0)
    assert pace.time_left_s == pytest.approx(6.0)
