"""Items in groups: hand values, an independent regression, and coverage by simulation."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import bootstrap

from labs.experiments.statistics.clusters import (
    cluster_bootstrap,
    clustered_mean,
    clustered_variance,
    paired_difference,
    proportion,
)
from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.proportions import wilson

PAIRS = ["a", "a", "b", "b"]


def test_the_clustered_variance_gives_the_value_worked_out_by_hand():
    # Sums of deviations +1 and −1, two groups, four items: 2/1 · 2 / 16.
    assert clustered_variance(np.array([1.0, 1, 0, 0]), PAIRS) == pytest.approx(0.25)


def test_the_clustered_variance_is_that_of_a_clustered_regression():
    rng = np.random.default_rng(3)
    groups = rng.integers(12, size=60)
    values = rng.normal(size=60) + groups
    fitted = sm.OLS(values, np.ones(60)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    assert clustered_variance(values, list(groups)) == pytest.approx(fitted.cov_params()[0, 0])


def test_a_mean_of_groups_uses_students_t():
    found = clustered_mean([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 2, 2])
    # Mean 3.5, group sums −4, 0, 4: standard error √(3/2 · 32/36); t of 2 degrees is 4.3027.
    assert found.high == pytest.approx(3.5 + 4.3027 * (1.5 * 32 / 36) ** 0.5, abs=1e-3)
    assert found.n == 3


def test_items_that_are_each_their_own_group_get_wilsons_interval():
    assert proportion([1, 0, 1, 1], list("abcd")) == wilson(3, 4)


def test_groups_that_answer_alike_count_once():
    answers = [1, 0, 1, 0, 1, 1, 0, 1, 1, 0]
    doubled = proportion(np.repeat(answers, 2), np.repeat(range(10), 2).tolist())
    alone, twice = proportion(answers), wilson(12, 20)
    assert doubled.low < alone.low < twice.low
    assert doubled.n == 10


def test_a_share_that_never_varies_counts_each_group_once():
    found = proportion([1, 1, 1, 1, 1, 1], [0, 0, 1, 1, 2, 2])
    assert found.value == 1
    assert found.low < wilson(3, 3).low


@pytest.mark.parametrize("calculate", [clustered_mean, proportion])
def test_one_group_shows_nothing_about_others(calculate):
    assert "one group" in calculate([1, 0, 1], ["a", "a", "a"]).reason


def test_a_mean_without_variation_says_its_value_and_why_it_has_no_interval():
    assert "the same value, 0.5" in clustered_mean([0.5, 0.5, 0.5], "abc").reason


@pytest.mark.parametrize("calculate", [clustered_mean, proportion])
def test_without_items_there_is_no_value(calculate):
    assert isinstance(calculate([], []), NotDefined)


def test_a_paired_difference_of_groups_is_wider_than_of_single_items():
    first, second = [1] * 12 + [0] * 8, [0] * 8 + [1] * 8 + [0] * 4
    grouped = paired_difference(first, second, np.repeat(range(5), 4).tolist())
    single = paired_difference(first, second, range(20))
    assert grouped.value == pytest.approx(single.value) == pytest.approx(0.2)
    assert grouped.high - grouped.low > single.high - single.low


def test_the_cluster_bootstrap_repeats_with_its_seed():
    values = np.random.default_rng(1).normal(size=50)
    groups = np.repeat(range(25), 2).tolist()
    runs = [cluster_bootstrap(lambda i: values[i].mean(), groups, seed=4) for _ in range(2)]
    assert runs[0] == runs[1]


def test_the_cluster_bootstrap_agrees_with_scipys_on_group_means():
    values = np.random.default_rng(1).normal(size=(40, 3))
    groups = np.repeat(range(40), 3).tolist()
    found = cluster_bootstrap(lambda i: values.ravel()[i].mean(), groups, seed=4, resamples=4000)
    other = bootstrap(
        (values.mean(axis=1),), np.mean, method="percentile", rng=5
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=0.02)


def test_too_few_groups_are_not_drawn_again():
    assert "at least 20" in cluster_bootstrap(lambda i: 0.0, range(19), seed=1).reason


def test_a_statistic_that_mostly_has_no_value_has_no_interval():
    found = cluster_bootstrap(lambda i: np.nan if 3 in i else 1.0, range(30), seed=1)
    assert isinstance(found, NotDefined)


def grouped_answers(rng, share: float, groups: int, size: int, tied: float) -> np.ndarray:
    """Answers (groups, size) whose group shares follow a beta distribution; `tied` is their
    correlation within a group."""
    strength = 1 / tied - 1
    level = rng.beta(share * strength, (1 - share) * strength, size=(groups, 1))
    return (rng.random((groups, size)) < level).astype(float)


@pytest.mark.slow
@pytest.mark.parametrize(("share", "groups"), [(0.5, 10), (0.8, 20), (0.9, 30)])
def test_a_grouped_share_is_held_about_95_times_in_100_and_a_naive_one_is_not(share, groups):
    rng, codes = np.random.default_rng(7), np.repeat(range(groups), 4).tolist()
    held, naive = [], []
    for _ in range(1500):
        answers = grouped_answers(rng, share, groups, 4, 0.5).ravel()
        for interval, tally in (
            (proportion(answers, codes), held),
            (wilson(int(answers.sum()), answers.size), naive),
        ):
            tally.append(interval.low <= share <= interval.high)
    assert np.mean(held) > 0.93
    assert np.mean(naive) < 0.88


@pytest.mark.slow
def test_a_grouped_paired_difference_is_held_about_95_times_in_100():
    rng, codes, held = np.random.default_rng(8), np.repeat(range(15), 3).tolist(), []
    for _ in range(1000):
        level = rng.normal(size=(15, 1)) * 1.5
        gap = rng.normal(size=(15, 1))
        luck = rng.random((2, 15, 3))
        first, second = (
            (luck[0] < 1 / (1 + np.exp(-level - gap))),
            (luck[1] < 1 / (1 + np.exp(-level + gap))),
        )
        found = paired_difference(first.ravel(), second.ravel(), codes)
        held.append(found.low <= 0 <= found.high)
    assert 0.93 < np.mean(held) < 0.985


@pytest.mark.slow
def test_the_cluster_bootstrap_holds_a_mean_about_95_times_in_100():
    rng, groups, held = np.random.default_rng(9), np.repeat(range(30), 2).tolist(), []
    for run in range(250):
        values = (rng.normal(size=(30, 1)) + rng.normal(size=(30, 2))).ravel()
        found = cluster_bootstrap(lambda i, v=values: v[i].mean(), groups, seed=run, resamples=400)
        held.append(found.low <= 0 <= found.high)
    assert 0.89 < np.mean(held) < 0.98
