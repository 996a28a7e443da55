"""The ratio of two totals, held against the bootstrap that it stands in for."""

import numpy as np
import pytest

from labs.experiments.statistics.clusters import cluster_bootstrap
from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.ratio import ratio_of_totals


def test_it_is_the_ratio_of_sums_with_the_interval_of_items_drawn_in_pairs():
    under = np.random.default_rng(1).integers(20, 90, size=30)
    over = under * 2 + np.random.default_rng(2).integers(-9, 9, size=30)
    found = ratio_of_totals(over, under, seed=4)
    slow = cluster_bootstrap(lambda i: over[i].sum() / under[i].sum(), range(30), seed=4)
    assert (found.value, found.low, found.high) == pytest.approx((slow.value, slow.low, slow.high))
    assert found.value == over.sum() / under.sum() and found.n == 30


def test_a_ratio_to_itself_is_one_and_nothing_gives_no_ratio():
    assert ratio_of_totals([3] * 20, [3] * 20, seed=1).low == 1.0
    assert isinstance(ratio_of_totals([], [], seed=1), NotDefined)
    assert isinstance(ratio_of_totals([1] * 20, [0] * 20, seed=1), NotDefined)
    assert "at least 20" in ratio_of_totals([1] * 19, [1] * 19, seed=1).reason
