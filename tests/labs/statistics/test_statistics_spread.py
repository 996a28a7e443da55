"""The spread: every exchange of a small table by hand, and false alarms by simulation."""

from itertools import permutations, product

import numpy as np
import pytest

from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.permutation import (
    permuted_totals,
    resampled_means,
    share_at_least,
    sign_flip_p,
)
from labs.experiments.statistics.spread import spread, worst_format

SMALL = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 1, 1]], dtype=float)


def every_exchange(table: np.ndarray) -> np.ndarray:
    """The spread under all (k!)^n ways to exchange the formats within each item."""
    ways = [list(permutations(row)) for row in table]
    return np.array([np.ptp(np.sum(rows, axis=0)) for rows in product(*ways)]) / len(table)


def test_the_spread_agrees_with_every_exchange_of_a_small_table():
    found, null = spread(SMALL, seed=1, permutations=20_000), every_exchange(SMALL)
    assert found.observed == 0.75
    assert found.expected_by_chance == pytest.approx(null.mean(), abs=0.01)
    assert found.p == pytest.approx(np.mean(null >= 0.75), abs=0.01)
    assert found.excess == pytest.approx(0.75 - null.mean(), abs=0.01)


def test_two_formats_and_one_changed_item_are_worked_out_by_hand():
    found = spread([[1, 0], [1, 1]], seed=1)
    assert (found.observed, found.expected_by_chance, found.p, found.excess) == (0.5, 0.5, 1.0, 0)


def test_a_spread_below_chance_says_that_none_is_visible():
    found = spread(np.tile([[1, 0], [0, 1]], (10, 1)), seed=1)
    assert found.excess == 0
    assert "beyond the average, none is visible" in found.sentence


def test_the_spread_repeats_with_its_seed_and_says_it():
    assert spread(SMALL, seed=5) == spread(SMALL, seed=5)
    assert "seed 5" in spread(SMALL, seed=5).method


def test_items_that_miss_a_format_are_dropped_and_counted():
    table = np.vstack([SMALL, [1, np.nan, 0]])
    found = spread(table, seed=1)
    assert (found.n_items, found.n_dropped) == (4, 1)
    assert found.observed == spread(SMALL, seed=1).observed


def test_groups_are_exchanged_as_one():
    # One group: each exchange keeps the totals, so the observed spread always comes back.
    assert spread(SMALL, ["g"] * 4, seed=1).p == 1.0


@pytest.mark.parametrize(
    ("table", "words"),
    [([[1], [0]], "one format only"), ([[1, np.nan]], "No item was answered in every format")],
)
def test_what_cannot_be_compared_has_no_spread(table, words):
    assert words in spread(table, seed=1).reason
    assert words in worst_format(table, ["a", "b"], seed=1).reason


def test_a_p_value_of_an_exchange_is_never_zero():
    assert share_at_least(np.array([1.0, 2.0, 3.0]), 5) == 0.25
    assert share_at_least(np.array([1.0, 2.0, 3.0]), 2) == 0.75


def test_exchanges_leave_each_item_its_own_answers():
    totals = permuted_totals(SMALL, permutations=50, seed=1)
    assert np.all(totals.sum(axis=1) == SMALL.sum())


def test_the_worst_format_is_named_and_stays_lowest():
    table = np.ones((40, 3))
    table[:20, 1] = 0
    found = worst_format(table, ["plain", "json", "terse"], seed=1)
    assert (found.names, found.stays_lowest) == (("json",), 1.0)
    assert isinstance(found.share, Estimate) and found.share.value == 0.5


def test_formats_that_are_equally_low_are_both_named():
    table = np.array([[1, 0, 1], [1, 1, 0]] * 10, dtype=float)
    found = worst_format(table, "abc", seed=1)
    assert found.names == ("b", "c")
    assert "Lowest observed: b and c. With items drawn again, one of them" in found.sentence


def test_how_often_a_format_stays_lowest_follows_from_the_binomial():
    # One item favours each format; drawing two of two: bb, cc, or one of each (a tie).
    table = np.array([[1, 0], [0, 1], [1, 1]], dtype=float)
    found = worst_format(table, "ab", seed=1, resamples=20_000)
    assert found.names == ("a", "b") and found.stays_lowest == pytest.approx(1.0)
    unequal = np.array([[1, 0], [1, 0], [0, 1]], dtype=float)
    # B is lowest unless two or three of three draws are the third item: 1 − 7/27.
    stays = worst_format(unequal, "ab", seed=1, resamples=40_000).stays_lowest
    assert stays == pytest.approx(20 / 27, abs=0.01)


def test_groups_are_drawn_as_one():
    means = resampled_means([[1.0], [1], [0], [0]], "aabb", resamples=200, seed=1)
    assert set(means.ravel()) == {0.0, 0.5, 1.0}


def test_signs_of_a_few_groups_are_turned_in_every_way():
    # |±3 ± 1| ≥ 2 always, |±3 ± 1| ≥ 4 in half of the turns.
    assert sign_flip_p(np.array([1.0, 2, 1]), "aab", permutations=9, seed=1) == 0.5


def test_many_signs_are_turned_at_random_to_about_the_same_p():
    differences = np.array([1.0] * 15 + [-1] * 5)
    p = sign_flip_p(differences, None, permutations=20_000, seed=1)
    assert p == pytest.approx(0.0414, abs=0.004)


def null_table(rng: np.random.Generator, kind: str, items: int, formats: int) -> np.ndarray:
    """Answers of a model to which the format makes no difference."""
    level = {"alike": np.full((items, 1), 0.6), "varied": rng.beta(0.6, 0.4, (items, 1))}[kind]
    return (rng.random((items, formats)) < level).astype(float)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "items"), [("alike", 12), ("alike", 40), ("varied", 40)])
def test_formats_without_effect_raise_a_false_alarm_in_at_most_5_of_100_runs(kind, items):
    rng = np.random.default_rng(20)
    p = [
        spread(null_table(rng, kind, items, 5), seed=run, permutations=199).p for run in range(800)
    ]
    assert 0.02 < np.mean(np.array(p) <= 0.05) < 0.07


@pytest.mark.slow
def test_groups_that_answer_alike_raise_no_false_alarms_only_if_exchanged_as_one():
    rng, groups = np.random.default_rng(21), np.repeat(range(20), 4).tolist()
    alone, together = [], []
    for run in range(400):
        table = np.repeat(null_table(rng, "alike", 20, 5), 4, axis=0)
        alone.append(spread(table, seed=run, permutations=199).p)
        together.append(spread(table, groups, seed=run, permutations=199).p)
    assert np.mean(np.array(together) <= 0.05) < 0.075
    assert np.mean(np.array(alone) <= 0.05) > 0.3


@pytest.mark.slow
def test_a_format_that_is_clearly_worse_is_found_and_named():
    rng, found, named = np.random.default_rng(22), 0, 0
    for run in range(200):
        table = (rng.random((40, 5)) < [0.9, 0.9, 0.9, 0.9, 0.5]).astype(float)
        found += spread(table, seed=run, permutations=199).p <= 0.05
        worst = worst_format(table, "abcde", seed=run, resamples=200)
        named += not isinstance(worst, NotDefined) and worst.names == ("e",)
    assert found > 190 and named > 190


@pytest.mark.slow
def test_an_interval_for_the_spread_would_never_hold_a_true_zero():
    rng, held = np.random.default_rng(23), 0
    for run in range(200):
        table = null_table(rng, "alike", 40, 5)
        drawn = np.ptp(resampled_means(table, None, resamples=400, seed=run), axis=1)
        held += np.quantile(drawn, 0.025) <= 0
    assert held <= 2
