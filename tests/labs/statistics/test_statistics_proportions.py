"""One share: Wilson's interval against two other implementations and by enumeration."""

import math
import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import binom, binomtest
from statsmodels.stats.proportion import proportion_confint

from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.proportions import cohens_h, normal_quantile, wilson, wilson_bounds
from labs.experiments.statistics.wording import percent, percentage_points, rarity


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(0, 30, 0.0, 0.1135), (5, 8, 0.3057, 0.8632), (1, 4, 0.0456, 0.6994), (8, 8, 0.6756, 1.0)],
)
def test_wilson_gives_the_values_worked_out_by_hand(successes, n, low, high):
    found = wilson(successes, n)
    assert isinstance(found, Estimate)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("n", [1, 8, 40])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_wilson_agrees_with_scipy_and_statsmodels(n, confidence):
    for successes in range(n + 1):
        found = wilson(successes, n, confidence=confidence)
        other = binomtest(successes, n).proportion_ci(confidence, method="wilson")
        third = proportion_confint(successes, n, 1 - confidence, method="wilson")
        assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=1e-9)
        assert (found.low, found.high) == pytest.approx(third, abs=1e-9)


@pytest.mark.parametrize("n", [20, 40, 100])
def test_wilson_holds_the_true_share_about_95_times_in_100(n):
    counts = np.arange(n + 1)
    bounds = np.array([wilson_bounds(k / n, n, normal_quantile(0.95)) for k in counts])
    shares = np.linspace(0.02, 0.98, 97)
    held = [
        binom.pmf(counts, n, p)[(bounds[:, 0] <= p) & (p <= bounds[:, 1])].sum() for p in shares
    ]
    assert 0.945 < np.mean(held) < 0.965
    assert min(held) > 0.83


def test_nothing_seen_is_never_said_as_0_percent_alone():
    assert "none of 30 items" in wilson(0, 30).sentence
    assert "11 %" in wilson(0, 30).sentence


def test_everything_seen_names_its_lower_bound():
    assert "all of 8 items" in wilson(8, 8).sentence
    assert "68 %" in wilson(8, 8).sentence


def test_a_share_of_nothing_is_not_defined():
    assert wilson(0, 0) == NotDefined("Nothing was counted, so there is no share.")


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 2)])
def test_impossible_counts_are_a_fault_of_the_caller(successes, n):
    with pytest.raises(ValueError, match="cannot be"):
        wilson(successes, n)


def test_an_interval_says_what_it_is_about():
    sentence = wilson(5, 8).sentence
    assert sentence.startswith("If we drew other items like these")
    assert "31 % to 86 %" in sentence
    assert "nothing about other tasks, models or machines" in sentence


@pytest.mark.parametrize(
    ("one", "other", "h"), [(1, 0, math.pi), (0.5, 0.5, 0), (0.75, 0.25, math.pi / 3)]
)
def test_cohens_h_gives_the_values_worked_out_by_hand(one, other, h):
    assert cohens_h(one, other) == pytest.approx(h)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.045, "4.5 %"), (0.114, "11 %"), (0.099, "9.9 %"), (1, "100 %")],
)
def test_a_share_is_written_with_one_decimal_below_ten_percent(share, text):
    assert percent(share) == text


def test_a_difference_is_written_in_percentage_points():
    assert percentage_points(0.2) == "20 percentage points"


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (1, "in practically every run"),
        (0.05, "in 5 of 100 runs"),
        (0.004, "in 4 of 1,000 runs"),
        (1e-5, "in fewer than 1 of 1,000 runs"),
    ],
)
def test_a_p_value_is_said_as_how_often(p, words):
    assert rarity(p) == words


def test_the_results_themselves_need_no_numpy():
    code = (
        "import sys, labs.experiments.statistics.estimate as e;"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'scipy', 'statsmodels')))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
