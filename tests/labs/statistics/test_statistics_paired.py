"""Two conditions on the same items: published values, other implementations, enumeration."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import beta, multinomial
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep

from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.paired import (
    PairedCounts,
    matched_odds_ratio,
    mcnemar_exact,
    newcombe,
    newcombe_bounds,
    tango,
    tango_bounds,
)
from labs.experiments.statistics.proportions import normal_quantile

Z = normal_quantile(0.95)
# Airway hyper-responsiveness before and after transplantation, a known textbook table.
AIRWAY = PairedCounts(1, 1, 7, 12)


def test_items_are_counted_by_where_they_were_right():
    counts = PairedCounts.of([1, 1, 0, 0, 1], [1, 0, 1, 0, 0])
    assert counts == PairedCounts(1, 2, 1, 1)
    assert counts.difference == pytest.approx(0.2)


def test_tango_gives_the_published_interval():
    found = tango(AIRWAY)
    assert (found.value, found.low, found.high) == pytest.approx((-0.286, -0.517, -0.026), abs=5e-4)


def test_newcombe_gives_the_published_interval():
    found = newcombe(AIRWAY)
    assert (found.value, found.low, found.high) == pytest.approx((-0.286, -0.507, -0.026), abs=5e-4)


def test_without_any_change_tango_gives_z_squared_over_n_plus_z_squared():
    found = tango(PairedCounts(10, 0, 0, 10))
    assert found.high == pytest.approx(Z * Z / (20 + Z * Z), abs=1e-6)
    assert found.low == pytest.approx(-found.high)


def score_from_the_likelihood(b: int, c: int, n: int, delta: float) -> float:
    """Tango's statistic with the second cell's share found by maximising the likelihood."""

    def loss(q: float) -> float:
        rest = 1 - 2 * q - delta
        parts = [(b, q + delta), (c, q), (n - b - c, rest)]
        return -sum(count * np.log(max(share, 1e-300)) for count, share in parts if count)

    low, high = max(0.0, -delta), (1 - delta) / 2
    q = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    return (b - c - n * delta) / np.sqrt(n * (2 * q + delta * (1 - delta)))


@pytest.mark.parametrize(("b", "c", "n"), [(1, 7, 21), (5, 3, 40), (12, 2, 30), (0, 4, 25)])
def test_at_tangos_bounds_the_score_statistic_is_z(b, c, n):
    low, high = tango_bounds(b, c, n, Z)
    assert score_from_the_likelihood(b, c, n, low) == pytest.approx(Z, abs=1e-4)
    assert score_from_the_likelihood(b, c, n, high) == pytest.approx(-Z, abs=1e-4)


@pytest.mark.parametrize("counts", [(20, 0, 0, 0), (0, 20, 0, 0), (0, 0, 20, 0), (0, 0, 0, 1)])
def test_tangos_interval_holds_its_value_at_the_ends_of_the_range(counts):
    found = tango(PairedCounts(*counts))
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_newcombe_without_correlation_is_the_interval_of_two_separate_samples():
    # 10·10 − 10·10 = 0, so φ is 0.
    counts = PairedCounts(10, 10, 10, 10)
    other = confint_proportions_2indep(20, 40, 20, 40, method="newcomb", compare="diff")
    assert newcombe_bounds(counts, Z) == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize("bounds_of", [newcombe_bounds, None], ids=["newcombe", "tango"])
@pytest.mark.parametrize("cells", [(0.5, 0.1, 0.1, 0.3), (0.5, 0.25, 0.05, 0.2)])
def test_a_paired_interval_holds_the_true_difference_about_95_times_in_100(bounds_of, cells):
    n, truth, held = 24, cells[1] - cells[2], 0.0
    spread = multinomial(n, cells)
    for a, b, c in product(range(n + 1), repeat=3):
        if a + b + c > n or (chance := spread.pmf([a, b, c, n - a - b - c])) < 1e-9:
            continue
        counts = PairedCounts(a, b, c, n - a - b - c)
        low, high = bounds_of(counts, Z) if bounds_of else tango_bounds(b, c, n, Z)
        held += chance * (low <= truth <= high)
    assert 0.94 <= held <= 0.99


@pytest.mark.parametrize(("one_way", "p"), [(5, 0.0625), (6, 0.03125), (9, 2 / 512)])
def test_mcnemar_gives_the_values_worked_out_by_hand(one_way, p):
    assert mcnemar_exact(PairedCounts(3, one_way, 0, 4)).p == pytest.approx(p)


def test_mcnemar_agrees_with_statsmodels_and_with_every_toss():
    for b, c in list(product(range(6), range(6)))[1:]:
        found = mcnemar_exact(PairedCounts(2, b, c, 2))
        tosses = [abs(2 * sum(toss) - b - c) for toss in product((0, 1), repeat=b + c)]
        assert found.p == pytest.approx(mcnemar([[2, b], [c, 2]], exact=True).pvalue)
        assert found.p == pytest.approx(np.mean([toss >= abs(b - c) for toss in tosses]))


def test_mcnemar_has_nothing_to_test_when_no_item_changed():
    assert isinstance(mcnemar_exact(PairedCounts(3, 0, 0, 4)), NotDefined)


def test_the_matched_odds_ratio_is_the_ratio_of_the_flips():
    found = matched_odds_ratio(PairedCounts(9, 12, 4, 15))
    low, high = beta.ppf(0.025, 12, 5), beta.ppf(0.975, 13, 4)
    assert isinstance(found, Estimate)
    assert found.value == 3
    assert (found.low, found.high) == pytest.approx((low / (1 - low), high / (1 - high)))


def test_a_ratio_to_no_flips_has_no_value():
    assert "one direction" in matched_odds_ratio(PairedCounts(9, 12, 0, 15)).reason


@pytest.mark.parametrize("interval", [tango, newcombe])
def test_without_pairs_there_is_no_difference(interval):
    assert "nothing can be compared" in interval(PairedCounts(0, 0, 0, 0)).reason
