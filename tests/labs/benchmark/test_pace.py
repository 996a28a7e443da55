"""The time left of a benchmark, against sums by hand."""

from __future__ import annotations

import pytest

from labs.benchmark.pace import Pace, Sort

AMOUNTS: dict[Sort, int] = {"read": 1000, "write": 100, "cold": 2, "warm": 2}
TURNS: dict[Sort, tuple[int, int]] = {"cold": (200, 4), "warm": (0, 50)}


def test_the_time_left_counts_all_models_and_what_writing_and_chatting_take() -> None:
    pace = Pace({"a": AMOUNTS, "b": AMOUNTS}, TURNS)
    assert pace.time_left_s is None
    pace.note("a", "read", 500, 1.0)  # 2 ms a token, so 16 ms for one that is written
    turns_s = 4 * (200 * 0.002 + 4 * 0.016) + 4 * 50 * 0.016
    assert pace.time_left_s == pytest.approx(1500 * 0.002 + 200 * 0.016 + turns_s)
    pace.note("a", "write", 50, 5.0)
    pace.note("b", "cold", 1, 3.0)
    rest_s = 3 * 3.0 + 4 * 50 * 0.1
    assert pace.time_left_s == pytest.approx(1500 * 0.002 + 150 * 0.1 + rest_s)


def test_nothing_is_expected_of_what_is_out() -> None:
    pace = Pace({"a": AMOUNTS, "b": AMOUNTS}, TURNS)
    pace.note("a", "write", 100, 10.0)  # an eighth of it is what a token takes to be read
    pace.drop("b")
    assert pace.time_left_s == pytest.approx(
        1000 * 0.0125 + 2 * (200 * 0.0125 + 4 * 0.1) + 2 * 50 * 0.1
    )
    pace.drop("a")
    pace.note("b", "read", 5, 1.0)  # came late
    assert pace.time_left_s == 0


def test_a_model_that_is_only_chatted_with_is_paced_by_its_turns() -> None:
    pace = Pace({"served": {"read": 0, "write": 0, "cold": 3, "warm": 3}}, TURNS)
    pace.note("served", "cold", 1, 3.0)
    assert pace.time_left_s is None
    pace.note("served", "warm", 1, 2.0)
    assert pace.time_left_s == pytest.approx(10.0)
