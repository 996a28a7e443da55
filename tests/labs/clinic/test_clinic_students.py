"""Students whose model is known: what they report, and how often they are right."""

from __future__ import annotations

import numpy as np
import pytest

from labs.clinic.findings import (
    class_table,
    finding_of,
    spread_chart,
    student_table,
    verdict_chart,
    with_items,
)
from labs.clinic.students import RULE, Setting, teach
from labs.experiments.results import Number
from labs.experiments.statistics.chance import chance_above, chance_spread
from models.errors import UserError


@pytest.fixture(scope="module")
def alike():
    """Formats without any effect, with ever more items."""
    return with_items(Setting(accuracy=0.6, drop=0.0, students=2000))


@pytest.fixture(scope="module")
def one_worse():
    return with_items(Setting(accuracy=0.8, drop=0.3))


def test_where_no_format_is_worse_few_report_one(alike):
    for found in alike:
        assert 1 - found.count("nothing") / 2000 < 0.07
        assert found.count("named") == 0


def test_the_rule_of_thirty_points_fires_as_often_as_chance_says(alike):
    for found in alike:
        expected = chance_above(RULE, found.setting.items, 5)
        assert found.rule_fires.mean() == pytest.approx(expected, abs=0.03)


def test_the_spread_is_that_of_chance(alike):
    for found in alike:
        expected = chance_spread(found.setting.items, 5)
        assert found.spreads.mean() == pytest.approx(expected.mean, abs=0.01)
        assert np.mean(found.spreads <= expected.percentile_95) >= 0.94


def test_wilson_intervals_hold_the_truth_about_as_often_as_they_say(alike):
    for found in alike:
        assert found.holds_truth.mean() == pytest.approx(0.95, abs=0.025)


def test_without_a_correction_more_students_name_a_format_that_is_not_worse(alike):
    most = alike[-1]
    assert most.named_uncorrected.mean() > 0.1
    assert most.count("misnamed") / 2000 < 0.05


def test_eight_items_never_name_the_worse_format_and_a_hundred_nearly_always_do(one_worse):
    named = [found.count("named") / 500 for found in one_worse]
    assert named[0] < 0.02
    assert named == sorted(named)
    assert named[-1] > 0.9


def test_a_student_holds_the_numbers_of_the_report(one_worse):
    found = one_worse[2]
    table = student_table(found, 0)
    shares = [row[1].value for row in table.rows if isinstance(row[1], Number)]
    assert shares == pytest.approx(found.answers[0].mean(axis=0).tolist())
    assert table.rows[0][2] == "baseline"


def test_the_charts_count_every_student(one_worse):
    for chart in (verdict_chart(one_worse), spread_chart(one_worse[0])):
        assert {sum(row.counts.values()) for row in chart.rows} == {500}
        assert all(set(row.counts) == set(chart.outcomes) for row in chart.rows)


def test_the_table_has_one_row_for_each_number_of_items(one_worse):
    table = class_table(one_worse)
    assert [row[0] for row in table.rows] == ["8", "20", "40", "100"]
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_the_finding_says_what_is_true_and_what_was_seen(alike, one_worse):
    assert finding_of(alike[0]).verdict == "no effect is there"
    assert "30 percentage points worse" in finding_of(one_worse[0]).sentence


def test_the_same_seed_gives_the_same_students():
    assert (teach(Setting()).answers == teach(Setting()).answers).all()
    assert (teach(Setting()).answers != teach(Setting(seed=2)).answers).any()


@pytest.mark.parametrize(
    "changes",
    [{"drop": 0.9}, {"accuracy": 1.2}, {"items": 0}, {"formats": 1}, {"students": 10**6}],
)
def test_a_setting_that_cannot_be_is_a_sentence(changes):
    with pytest.raises(UserError):
        Setting(**changes)
