"""The curve over margins: its scale, its fit beside a plain logistic regression, its limits."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from labs.experiments.statistics.curve import (
    Curve,
    MarginPoint,
    margin_minutes,
    margin_points,
    margin_scale,
)
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.psychometric import (
    FLAT,
    NO_CROSSING,
    clean_gap,
    fieller,
    psychometric,
)

MARGINS = (-120, -60, -30, -15, -5, -1, 1, 5, 15, 30, 60, 120)
X = np.array([margin_scale(margin) for margin in MARGINS])
EIGHT_EACH = np.array(MARGINS * 8)


def answers(rng: np.random.Generator, a: float, b: float, lapse: float, each: int) -> np.ndarray:
    share = lapse + (1 - 2 * lapse) / (1 + np.exp(-a - b * np.tile(X, each)))
    return rng.random(share.size) < share


@pytest.mark.parametrize(("minutes", "x"), [(0, 0), (1, 1), (-1, -1), (3, 2), (-127, -7)])
def test_the_scale_gives_the_values_worked_out_by_hand(minutes, x):
    assert margin_scale(minutes) == x


@given(st.floats(-1e6, 1e6))
def test_the_scale_can_be_read_backwards(minutes):
    assert margin_minutes(margin_scale(minutes)) == pytest.approx(minutes, rel=1e-9, abs=1e-9)


def test_raw_points_count_yes_at_each_margin():
    points = margin_points([5, -5, 5], [True, False, False])
    assert points == (MarginPoint(-5, 0, 1), MarginPoint(5, 1, 2))


def test_with_many_answers_the_fit_agrees_with_a_plain_logistic_regression():
    said_yes = answers(np.random.default_rng(1), 0.6, 0.5, 0.0, 400)
    found = psychometric(MARGINS * 400, said_yes)
    plain = sm.Logit(said_yes.astype(float), sm.add_constant(np.tile(X, 400))).fit(disp=False)
    assert found.curve.intercept == pytest.approx(plain.params[0], abs=0.06)
    assert found.curve.slope == pytest.approx(plain.params[1], rel=0.06)
    assert max(found.curve.always_yes, found.curve.always_no) < 0.01


def test_with_many_answers_the_lapses_are_found():
    said_yes = answers(np.random.default_rng(2), 0.0, 1.0, 0.1, 400)
    curve = psychometric(MARGINS * 400, said_yes).curve
    assert (curve.always_yes, curve.always_no) == pytest.approx((0.1, 0.1), abs=0.02)
    assert curve.slope == pytest.approx(1.0, rel=0.15)


def test_a_model_that_is_always_right_turns_at_zero():
    found = psychometric(EIGHT_EACH, EIGHT_EACH > 0)
    assert found.threshold_minutes.value == pytest.approx(0, abs=0.05)
    assert -5 < found.threshold_minutes.low < 0 < found.threshold_minutes.high < 5
    assert found.slope.low > 0


def test_a_model_that_is_always_right_turns_at_zero_with_few_items_too():
    margins = np.array(MARGINS * 3)
    found = psychometric(margins, margins > 0).threshold_minutes
    assert -5 < found.low < 0 < found.high < 5
    assert (
        "too few" in psychometric(margins, margins > 0, interval="fieller").threshold_minutes.reason
    )


def test_where_answers_part_cleanly_the_interval_holds_the_whole_gap():
    margins = np.array(MARGINS * 40)
    found = psychometric(margins, margins > 0).threshold_minutes
    assert (found.low, found.high) == (-1, 1)


@pytest.mark.parametrize(
    ("yes", "gap"),
    [((0, 0, 2), (1, 9)), ((2, 0, 0), (-5, 1)), ((0, 1, 2), None), ((0, 2, 0), None)],
)
def test_answers_part_cleanly_when_they_turn_once_and_wholly(yes, gap):
    points = [MarginPoint(m, y, 2) for m, y in zip((-5, 1, 9), yes, strict=True)]
    assert clean_gap(points) == gap


def test_with_many_answers_both_intervals_of_the_threshold_agree():
    said_yes = answers(np.random.default_rng(6), 0.6, 0.5, 0.02, 200)
    profile, fieller = (
        psychometric(MARGINS * 200, said_yes, interval=name).threshold_minutes
        for name in ("profile", "fieller")
    )
    assert (profile.low, profile.high) == pytest.approx((fieller.low, fieller.high), abs=0.15)
    assert "Fieller" in fieller.method


def test_a_model_that_says_yes_a_little_too_long_has_its_threshold_in_minutes():
    found = psychometric(EIGHT_EACH, EIGHT_EACH > -10)
    assert -15 < found.threshold_minutes.value < -5
    assert found.threshold_minutes.high < 0


def test_a_model_that_answers_the_wrong_way_round_has_a_falling_curve():
    found = psychometric(EIGHT_EACH, EIGHT_EACH < 0)
    assert found.slope.high < 0
    assert found.curve.probability(-60) > 0.9 > 0.1 > found.curve.probability(60)


def test_a_coin_has_no_threshold():
    said_yes = np.random.default_rng(3).random(96) < 0.5
    assert psychometric(EIGHT_EACH, said_yes).threshold_minutes == FLAT


def test_a_curve_that_stays_above_one_half_has_no_threshold():
    said_yes = answers(np.random.default_rng(4), 5.0, 0.6, 0.0, 40)
    assert psychometric(MARGINS * 40, said_yes).threshold_minutes == NO_CROSSING


@pytest.mark.parametrize(("said_yes", "word"), [(True, "YES"), (False, "NO")])
def test_one_answer_to_everything_has_no_curve(said_yes, word):
    found = psychometric(EIGHT_EACH, [said_yes] * 96)
    assert found == NotDefined(f"Every answer was {word}, so nothing changes with the margin.")


def test_two_margins_make_no_curve():
    assert "at 2 margins" in psychometric([-5, 5] * 8, [False, True] * 8).reason


def test_few_answers_do_not_disturb_the_fit():
    found = psychometric([-5, 1, 5], [False, True, True])
    assert not isinstance(found, NotDefined)
    assert np.isfinite([found.slope.low, found.slope.high]).all()


CURVE = Curve(0.5, 1.0, 0, 0, np.diag([0.09, 0.04, 0, 0]) + 0.01 * np.eye(4)[[1, 0, 2, 3]])


def test_within_fiellers_bounds_no_x_can_be_told_from_the_threshold():
    low, high = fieller(CURVE, 1.96)
    x = np.linspace(-4, 4, 80_001)
    v = CURVE.covariance
    far = np.abs(0.5 + x) > 1.96 * np.sqrt(v[0, 0] + 2 * x * v[0, 1] + x * x * v[1, 1])
    assert (low, high) == pytest.approx((x[~far].min(), x[~far].max()), abs=2e-4)


def test_fieller_without_correlation_is_worked_out_by_hand():
    # (0.96 b²)·t² + 2·0.5·t + (0.25 − 0.04) = 0 for z = 1, Var(a) = Var(b) = 0.04.
    curve = Curve(0.5, 1.0, 0, 0, np.diag([0.04, 0.04, 0, 0]))
    assert fieller(curve, 1.0) == pytest.approx(np.sort(np.roots([0.96, 1.0, 0.21])))


def test_fieller_gives_nothing_when_the_slope_may_be_zero():
    assert fieller(Curve(0.5, 1.0, 0, 0, np.diag([0.04, 0.3, 0, 0])), 1.96) is None


@pytest.mark.slow
@pytest.mark.parametrize(("a", "b", "lapse"), [(1.0, 0.5, 0.0), (1.0, 1.0, 0.05)])
def test_threshold_and_slope_are_held_at_least_93_times_in_100(a, b, lapse):
    rng, truth, thresholds, slopes = np.random.default_rng(50), margin_minutes(-a / b), [], []
    for _ in range(60):
        found = psychometric(EIGHT_EACH, answers(rng, a, b, lapse, 8))
        slopes.append(found.slope.low <= b <= found.slope.high)
        if isinstance(found.threshold_minutes, Estimate):
            thresholds.append(found.threshold_minutes.low <= truth <= found.threshold_minutes.high)
    assert len(thresholds) > 54
    assert np.mean(thresholds) > 0.92 and np.mean(slopes) > 0.92


def test_items_that_are_each_their_own_group_change_nothing():
    said_yes = answers(np.random.default_rng(5), 0.5, 0.6, 0.0, 8)
    assert (
        psychometric(EIGHT_EACH, said_yes, range(96)).slope
        == psychometric(EIGHT_EACH, said_yes).slope
    )


def test_groups_that_answer_alike_widen_the_intervals():
    said_yes = answers(np.random.default_rng(5), 0.5, 0.6, 0.0, 8)
    twice = np.repeat(EIGHT_EACH, 2), np.repeat(said_yes, 2)
    naive, grouped = psychometric(*twice), psychometric(*twice, np.repeat(range(96), 2).tolist())
    for name in ("slope", "threshold_minutes"):
        wide, narrow = getattr(grouped, name), getattr(naive, name)
        assert wide.value == narrow.value
        assert wide.high - wide.low > 1.25 * (narrow.high - narrow.low)


def test_one_group_of_items_has_no_curve():
    assert "one group" in psychometric([-5, 0, 5], [False, True, True], ["a"] * 3).reason


@pytest.mark.slow
def test_grouped_items_need_their_groups_for_the_threshold_to_be_held():
    rng, groups = np.random.default_rng(52), np.repeat(range(10), 12).tolist()
    held, naive = [], []
    for _ in range(40):
        own = np.repeat(rng.normal(scale=1.5, size=10), 12)
        said_yes = rng.random(120) < 1 / (1 + np.exp(-np.tile(X, 10) - own))
        for tally, codes in ((held, groups), (naive, None)):
            found = psychometric(MARGINS * 10, said_yes, codes).threshold_minutes
            tally.append(found.low <= 0 <= found.high)
    assert np.mean(held) > 0.9
    assert np.mean(naive) < np.mean(held)


@pytest.mark.slow
def test_a_coin_gets_a_threshold_in_few_runs():
    rng = np.random.default_rng(51)
    found = [psychometric(EIGHT_EACH, rng.random(96) < 0.5) for _ in range(75)]
    assert sum(isinstance(one.threshold_minutes, Estimate) for one in found) <= 6


def test_a_fit_over_groups_of_items_says_that_its_n_counts_groups():
    rng = np.random.default_rng(3)
    said = answers(rng, 0, 1.5, 0.02, 8)
    groups = np.repeat(np.arange(12), 8)
    found = psychometric(EIGHT_EACH, said, groups)
    assert found.slope.n == 12 and "clustered" in found.slope.method
    assert "clustered" in found.threshold_minutes.method
    assert "clustered" not in psychometric(EIGHT_EACH, said).slope.method
