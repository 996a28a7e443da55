"""What a design can show: hand values, enumeration, and the tables a course can look up."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom, multinomial

from labs.experiments.statistics.chance import chance_above, chance_spread, chance_spread_varied
from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.paired import PairedCounts, mcnemar_exact
from labs.experiments.statistics.planning import preview
from labs.experiments.statistics.power import (
    fewest_one_way_flips,
    mcnemar_power,
    smallest_difference,
    smallest_drop,
)


@pytest.mark.parametrize(("comparisons", "flips"), [(1, 6), (10, 9), (15, 10)])
def test_holm_needs_as_many_one_way_flips_as_worked_out_by_hand(comparisons, flips):
    assert fewest_one_way_flips(comparisons) == flips
    assert mcnemar_exact(PairedCounts(0, flips, 0, 0)).p <= 0.05 / comparisons
    assert mcnemar_exact(PairedCounts(0, flips - 1, 0, 0)).p > 0.05 / comparisons


@pytest.mark.parametrize(("gain", "loss"), [(0.4, 0.1), (0.6, 0.0), (0.2, 0.2)])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_the_power_of_mcnemar_agrees_with_every_possible_table(gain, loss, alpha):
    n, power = 14, 0.0
    cells = multinomial(n, [gain, loss, 1 - gain - loss])
    for b, c in product(range(n + 1), repeat=2):
        if 0 < b + c <= n and mcnemar_exact(PairedCounts(n - b - c, b, c, 0)).p <= alpha:
            power += cells.pmf([b, c, n - b - c])
    assert mcnemar_power(gain, loss, n, alpha=alpha) == pytest.approx(power)


def test_the_smallest_difference_has_just_the_power_asked_for():
    difference = smallest_difference(60, disagreement=0.2, comparisons=3)
    power = mcnemar_power(difference + 0.1, 0.1, 60, alpha=0.05 / 3)
    assert power == pytest.approx(0.8, abs=0.002)


def test_eight_items_can_show_no_pair_of_five_formats():
    found = smallest_difference(8, comparisons=10)
    assert isinstance(found, NotDefined)
    assert "9 items that change in one direction" in found.reason


def test_one_item_in_two_formats_spreads_by_chance_as_worked_out_by_hand():
    # The two answers differ with probability 2·0.6·0.4.
    assert chance_spread(1, 2).mean == pytest.approx(0.48)
    assert chance_spread(1, 2).percentile_95 == 1


def test_the_exact_chance_spread_agrees_with_a_simulation():
    counts = np.random.default_rng(2).binomial(25, 0.7, size=(100_000, 6))
    found = chance_spread(25, 6, share=0.7)
    assert found.mean == pytest.approx(np.ptp(counts, axis=1).mean() / 25, abs=0.002)
    assert found.percentile_95 == np.quantile(np.ptp(counts, axis=1), 0.95, method="higher") / 25


@pytest.mark.parametrize(("items", "rate"), [(8, 0.70), (30, 0.16), (100, 0.0)])
def test_a_rule_of_30_points_cries_wolf_as_often_as_the_table_has_it(items, rate):
    # The table counts exactly 30 points, nine items of thirty, as reached.
    assert chance_above(0.2999, items, 5) == pytest.approx(rate, abs=0.006)
    assert chance_above(0.30, items, 5) <= chance_above(0.2999, items, 5)


def test_a_spread_can_neither_be_below_none_nor_above_all():
    assert chance_above(1.0, 8, 5) == 0
    # All five formats agree: the sum over counts of P(count)^5.
    agree = np.sum(binom.pmf(np.arange(9), 8, 0.6) ** 5)
    assert chance_above(0.0, 8, 5) == pytest.approx(1 - agree)


def test_the_preview_says_before_the_run_what_cannot_be_shown():
    found = preview(8, 5, comparisons=10)
    assert isinstance(found.smallest_difference, NotDefined)
    assert found.fewest_flips == 9
    assert any("no difference between two formats can be shown" in s for s in found.sentences)
    assert any("39 percentage points" in s for s in found.sentences)


def test_the_preview_compares_with_a_baseline_unless_told_otherwise():
    found = preview(40, 6)
    assert found.comparisons == 5
    assert 0.14 < found.half_width < 0.15
    assert 0.2 < found.smallest_difference < 0.45


def test_a_design_without_two_formats_is_a_fault_of_the_caller():
    with pytest.raises(ValueError, match="two formats"):
        preview(8, 1)


def test_a_handful_of_items_finds_no_drop_at_all():
    assert isinstance(smallest_drop(2, 5, seed=1), NotDefined)


TABLE = [
    # items, alike: mean and 95th percentile, varied: mean and 95th percentile, smallest drop
    (8, 0.39, 0.625, 0.27, 0.50, 0.60),
    (20, 0.25, 0.40, 0.18, 0.30, 0.38),
    (30, 0.21, 0.33, 0.15, 0.23, 0.30),
    (50, 0.16, 0.26, 0.11, 0.18, 0.24),
    (100, 0.11, 0.19, 0.08, 0.13, 0.16),
    (200, 0.08, 0.135, 0.06, 0.095, 0.12),
]


@pytest.mark.slow
@pytest.mark.parametrize(("items", "mean", "tail", "varied", "varied_tail", "drop"), TABLE)
def test_the_table_of_chance_spreads_and_smallest_drops_comes_out_again(
    items, mean, tail, varied, varied_tail, drop
):
    alike, differing = chance_spread(items, 5), chance_spread_varied(items, 5, seed=11)
    assert (alike.mean, alike.percentile_95) == pytest.approx((mean, tail), abs=0.006)
    assert (differing.mean, differing.percentile_95) == pytest.approx(
        (varied, varied_tail), abs=0.006
    )
    assert smallest_drop(items, 5, seed=11) == pytest.approx(drop, abs=0.021)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("difference", "fewest", "most"), [(0.3, 25, 75), (0.2, 40, 100), (0.1, 75, 300)]
)
def test_the_number_of_items_for_a_paired_difference_lies_where_the_table_has_it(
    difference, fewest, most
):
    assert smallest_difference(fewest, disagreement=0.1) > difference
    assert smallest_difference(most, disagreement=0.3) < difference + 0.006
