"""AUROC of the lean: every pair by hand, DeLong's formula as written, coverage by simulation."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, norm

from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.ranking import auroc, logit_bounds, newcombe_area_bounds


def every_pair(leans: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """1, ½ or 0 for each (yes-item, no-item): did the yes-item lean further?"""
    gaps = leans[truth][:, None] - leans[~truth][None, :]
    return (gaps > 0) + 0.5 * (gaps == 0)


def drawn(seed: int, n: int = 30) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 2 == 0
    return np.round(rng.normal(size=n) + truth, 1), truth


def test_four_items_are_worked_out_by_hand():
    # Of the four pairs three are in order.
    assert auroc([3, 1, 2, 0], [True, True, False, False]).value == 0.75


@pytest.mark.parametrize("seed", range(4))
def test_the_area_agrees_with_every_pair_and_with_mann_whitney(seed):
    leans, truth = drawn(seed)
    found = auroc(leans, truth).value
    assert found == pytest.approx(every_pair(leans, truth).mean())
    assert found == pytest.approx(mannwhitneyu(leans[truth], leans[~truth]).statistic / 15**2)


@pytest.mark.parametrize("seed", range(4))
def test_the_interval_follows_delongs_formula_as_written(seed):
    leans, truth = drawn(seed)
    pairs = every_pair(leans, truth)
    variance = pairs.mean(axis=1).var(ddof=1) / 15 + pairs.mean(axis=0).var(ddof=1) / 15
    found = auroc(leans, truth)
    assert found.method == "DeLong"
    assert (found.low, found.high) == pytest.approx(logit_bounds(pairs.mean(), variance, 1.959964))


def test_a_bias_to_yes_leaves_the_area_as_it_is():
    leans, truth = drawn(1)
    assert auroc(leans + 7.5, truth) == auroc(leans, truth)


def test_leans_that_are_all_alike_rank_nothing():
    found = auroc([1.0] * 40, [True, False] * 20)
    assert found.value == 0.5
    assert found.low < 0.4 and found.high > 0.6


@pytest.mark.parametrize("sign", [1, -1])
def test_a_perfect_ranking_has_an_interval_all_the_same(sign):
    truth = np.array([True, False] * 20)
    found = auroc(sign * truth.astype(float), truth)
    assert found.method == "Newcombe score interval"
    assert 0.05 < found.high - found.low < 0.2


@pytest.mark.parametrize("area", [0.0, 0.3, 0.5, 0.9, 1.0])
def test_at_newcombes_bounds_the_distance_is_z_standard_errors(area):
    for bound in newcombe_area_bounds(area, 20, 30, 1.96):
        size, other = (20 + 30) / 2 - 1, 1 - bound
        middle = 1 + size * other / (2 - bound) + size * bound / (1 + bound)
        distance = 1.96**2 * bound * other * middle / 600
        assert (bound - area) ** 2 == pytest.approx(distance, abs=1e-9)


@pytest.mark.parametrize("truth", [[True] * 5, [False] * 5])
def test_items_of_one_kind_cannot_be_ranked(truth):
    assert isinstance(auroc([1, 2, 3, 4, 5], truth), NotDefined)


def test_one_group_of_items_shows_nothing_about_others():
    assert "one group" in auroc([1, 0], [True, False], ["a", "a"]).reason


def test_groups_that_lean_alike_widen_the_interval():
    leans, truth = drawn(2)
    twice = auroc(np.repeat(leans, 2), np.repeat(truth, 2), np.repeat(range(30), 2).tolist())
    alone, naive = auroc(leans, truth), auroc(np.repeat(leans, 2), np.repeat(truth, 2))
    assert twice.value == pytest.approx(alone.value)
    assert twice.low < alone.low < naive.low


@pytest.mark.slow
@pytest.mark.parametrize("area", [0.5, 0.75, 0.95])
def test_the_area_is_held_about_95_times_in_100(area):
    rng, truth, held = np.random.default_rng(40), np.arange(40) % 2 == 0, []
    shift = np.sqrt(2) * norm.ppf(area)
    for _ in range(1500):
        found = auroc(rng.normal(size=40) + shift * truth, truth)
        held.append(found.low <= area <= found.high)
    assert 0.93 < np.mean(held) < 0.985


@pytest.mark.slow
def test_a_lean_without_ability_passes_the_gate_in_few_runs():
    rng, truth = np.random.default_rng(41), np.arange(40) % 2 == 0
    passed = [auroc(rng.normal(size=40), truth).low > 0.5 for _ in range(1500)]
    assert np.mean(passed) < 0.04


@pytest.mark.slow
def test_the_area_of_grouped_items_is_held_about_95_times_in_100():
    rng, truth = np.random.default_rng(42), np.arange(60) % 2 == 0
    groups, held, area = np.repeat(range(20), 3).tolist(), [], norm.cdf(1 / 2)
    for _ in range(1000):
        shared = np.repeat(rng.normal(size=20), 3)
        found = auroc(shared + rng.normal(size=60) + truth, truth, groups)
        held.append(found.low <= area <= found.high)
    assert 0.93 < np.mean(held) < 0.985
