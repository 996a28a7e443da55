"""Sensitivity and bias: hand values, and coverage by enumerating every possible result."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom, norm
from statsmodels.stats.proportion import confint_proportions_2indep

from labs.experiments.statistics import detection
from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.proportions import wilson


def signal_detection(hits: int, n_yes: int, false_alarms: int, n_no: int):
    said_yes = np.repeat([1, 0, 1, 0], [hits, n_yes - hits, false_alarms, n_no - false_alarms])
    return detection.signal_detection(said_yes, np.arange(n_yes + n_no) < n_yes)


def test_always_yes_has_no_sensitivity_and_a_strong_lean():
    found = signal_detection(20, 20, 20, 20)
    assert found.d_prime.value == pytest.approx(0)
    assert found.criterion.value == pytest.approx(-1.98, abs=0.005)
    assert found.balanced_accuracy.value == 0.5


def test_always_no_leans_as_far_the_other_way():
    found = signal_detection(0, 20, 0, 20)
    assert found.criterion.value == pytest.approx(1.98, abs=0.005)


def test_d_prime_and_criterion_are_worked_out_by_hand():
    # H = 16.5/21, F = 4.5/21: mirror images, so no bias.
    found = signal_detection(16, 20, 4, 20)
    assert found.d_prime.value == pytest.approx(2 * norm.ppf(16.5 / 21))
    assert found.criterion.value == pytest.approx(0, abs=1e-12)
    assert found.balanced_accuracy.value == pytest.approx(0.8)


def test_the_variance_is_the_delta_methods():
    found, h, f = signal_detection(15, 20, 6, 24), 15.5 / 21, 6.5 / 25
    slopes = [1 / norm.pdf(norm.ppf(rate)) for rate in (h, f)]
    variance = slopes[0] ** 2 * h * (1 - h) / 20 + slopes[1] ** 2 * f * (1 - f) / 24
    assert found.d_prime.high - found.d_prime.value == pytest.approx(1.959964 * variance**0.5)
    assert found.criterion.high - found.criterion.value == pytest.approx(
        1.959964 * variance**0.5 / 2
    )


def test_the_rates_are_raw_and_wilsons():
    found = signal_detection(20, 20, 1, 4)
    assert (found.hit_rate.value, found.hit_rate.low) == (1, wilson(20, 20).low)
    assert found.false_alarm_rate.value == 0.25


@pytest.mark.parametrize("counts", [(0, 0, 3, 5), (3, 5, 0, 0)])
def test_one_kind_of_item_is_not_enough(counts):
    found = signal_detection(*counts)
    assert isinstance(found, NotDefined)
    assert "items of both kinds" in found.reason


@pytest.mark.parametrize(("hit", "alarm"), [(0.5, 0.5), (0.8, 0.3), (0.9, 0.7), (0.95, 0.1)])
def test_sensitivity_and_bias_are_held_at_least_92_times_in_100(hit, alarm):
    z_hit, z_alarm = norm.ppf([hit, alarm])
    truth = {
        "d_prime": z_hit - z_alarm,
        "criterion": -(z_hit + z_alarm) / 2,
        "balanced_accuracy": (1 + hit - alarm) / 2,
    }
    held = dict.fromkeys(truth, 0.0)
    for hits, alarms in product(range(21), repeat=2):
        chance = binom.pmf(hits, 20, hit) * binom.pmf(alarms, 20, alarm)
        if chance < 1e-7:
            continue
        found = signal_detection(hits, 20, alarms, 20)
        for name, value in truth.items():
            estimate = getattr(found, name)
            held[name] += chance * (estimate.low <= value <= estimate.high)
    assert min(held.values()) > 0.92, held
    assert np.mean(list(held.values())) < 0.99


@pytest.mark.parametrize(("hits", "false_alarms"), [(15, 6), (20, 0), (20, 24), (9, 12)])
def test_balanced_accuracy_carries_over_statsmodels_interval_of_a_difference(hits, false_alarms):
    found = signal_detection(hits, 20, false_alarms, 24).balanced_accuracy
    low, high = confint_proportions_2indep(
        hits, 20, false_alarms, 24, method="newcomb", compare="diff"
    )
    assert (found.low, found.high) == pytest.approx(((1 + low) / 2, (1 + high) / 2), abs=1e-9)


def test_groups_that_answer_alike_count_once():
    said_yes, is_yes = np.array([1, 1, 0, 1, 0, 0, 1, 0] * 3), np.arange(24) % 8 < 4
    groups = np.repeat(range(24), 2).tolist()
    twice = detection.signal_detection(np.repeat(said_yes, 2), np.repeat(is_yes, 2), groups)
    alone = detection.signal_detection(said_yes, is_yes)
    for name in ("hit_rate", "false_alarm_rate", "d_prime", "criterion", "balanced_accuracy"):
        wide, narrow = getattr(twice, name), getattr(alone, name)
        assert wide.high - wide.low == pytest.approx(narrow.high - narrow.low, rel=0.2), name


def test_always_yes_in_groups_counts_each_group_once():
    is_yes, groups = np.arange(40) % 2 == 0, np.repeat(range(10), 4).tolist()
    found = detection.signal_detection(np.ones(40), is_yes, groups).d_prime
    alone = detection.signal_detection(np.ones(40), is_yes).d_prime
    assert found.high > 2 * alone.high


def test_one_group_of_items_shows_nothing_about_others():
    assert "one group" in detection.signal_detection([1, 0], [1, 0], ["a", "a"]).reason


@pytest.mark.slow
def test_grouped_sensitivity_and_bias_are_held_at_least_93_times_in_100():
    rng, is_yes, groups = np.random.default_rng(45), np.arange(80) % 2 == 0, np.repeat(range(20), 4)
    # The shared part has variance 1/2 and the own part 1/2: yes in 84 and 31 of 100 items.
    held, naive = {"d_prime": [], "criterion": []}, []
    truth = {"d_prime": 1.5, "criterion": -0.25}
    for _ in range(800):
        lean = np.repeat(rng.normal(size=20), 4) + rng.normal(size=80)
        said_yes = lean / np.sqrt(2) + np.where(is_yes, 1.0, -0.5) > 0
        found = detection.signal_detection(said_yes, is_yes, groups.tolist())
        for name, tally in held.items():
            estimate = getattr(found, name)
            tally.append(estimate.low <= truth[name] <= estimate.high)
        alone = detection.signal_detection(said_yes, is_yes).criterion
        naive.append(alone.low <= truth["criterion"] <= alone.high)
    assert min(np.mean(tally) for tally in held.values()) > 0.92
    assert np.mean(naive) < 0.9
