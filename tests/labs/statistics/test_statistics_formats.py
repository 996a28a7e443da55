"""Several formats at once: Cochran's Q, Holm, contrasts, and how often they cry wolf."""

from itertools import permutations, product

import numpy as np
import pytest
from scipy.stats import chi2
from statsmodels.stats.contingency_tables import cochrans_q as sm_q
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from labs.experiments.statistics.estimate import HypothesisTest, NotDefined
from labs.experiments.statistics.formats import (
    against_baseline,
    all_pairs,
    cochrans_q,
    holm,
    q_statistics,
)
from labs.experiments.statistics.paired import PairedCounts, mcnemar_exact, newcombe, tango

TABLE = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 1, 1], [1, 0, 1]], dtype=float)


def test_cochrans_q_gives_the_value_worked_out_by_hand():
    # Columns 5, 4, 2; rows 2, 1, 2, 1, 3, 2: 3·2·(42/9) / (2 + 2 + 2 + 2 + 0 + 2).
    found = cochrans_q(TABLE)
    assert found.statistic == pytest.approx(2.8)
    assert found.p == pytest.approx(chi2.sf(2.8, 2))


def test_q_of_many_tables_is_statsmodels_q_of_each():
    tables = (np.random.default_rng(1).random((20, 9, 4)) < 0.6).astype(float)
    assert q_statistics(tables) == pytest.approx([sm_q(table).statistic for table in tables])


def test_items_that_miss_a_format_are_dropped_before_the_test():
    assert cochrans_q(np.vstack([TABLE, [1, np.nan, 0]])) == cochrans_q(TABLE)


def test_for_two_formats_q_is_mcnemars_chi_square():
    table = np.array([[1, 0]] * 9 + [[0, 1]] * 3 + [[1, 1]] * 8)
    assert cochrans_q(table).p == pytest.approx(mcnemar([[8, 9], [3, 0]], False, False).pvalue)


def test_exchanging_within_groups_agrees_with_every_exchange():
    groups = ["a", "a", "b", "b", "c", "c"]
    sums = TABLE.reshape(3, 2, 3).sum(axis=1)
    null = [np.var(np.sum(rows, axis=0)) for rows in product(*map(list, map(permutations, sums)))]
    expected = np.mean(np.array(null) >= TABLE.sum(axis=0).var() - 1e-9)
    assert cochrans_q(TABLE, groups, permutations=20_000).p == pytest.approx(expected, abs=0.01)


def test_where_nothing_changed_there_is_nothing_to_test():
    assert "nothing to test" in cochrans_q([[1, 1], [0, 0]]).reason


def test_one_format_cannot_be_compared():
    assert "one format only" in cochrans_q([[1], [0]]).reason


def test_holm_gives_the_values_worked_out_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert holm([0.6, 0.7]) == (1.0, 1.0)
    assert holm([]) == ()


def test_holm_agrees_with_statsmodels():
    rng = np.random.default_rng(1)
    for size in (1, 2, 5, 15):
        p_values = (rng.random(size) ** 3).round(3).tolist()
        assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


ANSWERS = {
    "plain": [1, 1, 1, 1, 1, 1, 1, 0, 0, 1],
    "json": [0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
    "terse": [1, 1, 1, 1, 1, 1, 1, 0, 0, np.nan],
}


def test_each_format_is_compared_with_the_baseline_and_corrected():
    json, terse = against_baseline(ANSWERS, "plain")
    counts = PairedCounts(1, 1, 7, 1)
    assert (json.name, json.against, json.gained, json.lost) == ("json", "plain", 1, 7)
    assert (json.difference, json.test) == (tango(counts), mcnemar_exact(counts))
    assert json.p_holm == pytest.approx(2 * mcnemar_exact(counts).p)
    assert isinstance(terse.test, NotDefined) and terse.p_holm == 1.0


def test_an_item_missing_in_one_format_is_left_out_of_that_contrast_only():
    json, terse = against_baseline(ANSWERS, "plain", interval="newcombe")
    assert (json.difference.n, terse.difference.n) == (10, 9)
    assert json.difference == newcombe(PairedCounts(1, 1, 7, 1))


def test_all_pairs_are_corrected_as_one_family():
    found = all_pairs(ANSWERS)
    assert [(c.name, c.against) for c in found] == [
        ("json", "plain"),
        ("terse", "plain"),
        ("terse", "json"),
    ]
    assert found[0].p_holm == pytest.approx(3 * min(found[0].test.p, found[2].test.p))


def test_grouped_contrasts_turn_the_signs_of_groups():
    groups = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    (json, _) = against_baseline(ANSWERS, "plain", groups)
    # Four groups lose 2, 2, 2 and 1 items, one gains 1: a sum of 6, or more, by turning signs.
    sums = np.array([2, 2, 2, 1, -1])
    turns = np.array(list(product((1, -1), repeat=5))) @ sums
    assert json.test.p == pytest.approx(np.mean(np.abs(turns) >= 6))
    assert json.difference.n == 5
    assert "group" in json.test.method


def test_groups_of_one_item_give_the_exact_mcnemar_test():
    (json, _) = against_baseline(ANSWERS, "plain", list("abcdefghij"))
    assert json.test == mcnemar_exact(PairedCounts(1, 1, 7, 1))


@pytest.mark.slow
def test_cochrans_q_raises_a_false_alarm_in_about_4_of_100_runs():
    rng, alarms = np.random.default_rng(30), 0
    for _ in range(1000):
        level = 1 / (1 + np.exp(-rng.normal(1, 1.5, size=(20, 1))))
        found = cochrans_q((rng.random((20, 5)) < level).astype(float))
        alarms += isinstance(found, HypothesisTest) and found.p <= 0.05
    assert 0.02 < alarms / 1000 < 0.06


@pytest.mark.slow
def test_after_holm_a_family_of_contrasts_raises_a_false_alarm_in_at_most_5_of_100_runs():
    rng, alarms, names = np.random.default_rng(31), 0, "abcdef"
    for _ in range(400):
        table = (rng.random((40, 6)) < 0.6).astype(float)
        contrasts = against_baseline(dict(zip(names, table.T, strict=True)), "a")
        alarms += any(contrast.p_holm <= 0.05 for contrast in contrasts)
    assert alarms / 400 < 0.06
