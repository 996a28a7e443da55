"""Estimators of a comparison: by hand, against llama-perplexity's definitions, by windows."""

from __future__ import annotations

from math import exp, inf, isfinite, log, sqrt
from pathlib import Path

import numpy as np
import pytest

from labs.quantization.figure import mean_figure
from labs.quantization.measures import Measures, WindowNumbers, measures
from labs.quantization.table import figure_text
from models.cancel import CancelToken
from models.engine.messages import Block, CompareWindow, ReadWindow
from models.engine.window_numbers import compare_window, read_window
from tests.labs.quantization.llama_perplexity import told

LN2 = log(2)


class Flag(CancelToken):
    @property
    def is_set(self) -> bool:
        return self.is_cancelled


def window(kld: list[float], nll: list[float] | None = None, kind: str = "prose") -> WindowNumbers:
    same = [1] * len(kld)
    return WindowNumbers(kind, [LN2] * len(kld), nll or [LN2] * len(kld), kld, same, same)


def found(*windows: WindowNumbers) -> Measures:
    made = measures(windows)
    assert made is not None
    return made


def test_the_mean_divergence_and_both_errors_by_hand() -> None:
    """Sums of windows around the mean: −0.1 and 0.1; √(2/1 · 0.02)/4 = 0.05."""
    kld = found(window([0.1, 0.3]), window([0.2, 0.4])).kld
    assert (kld.value, kld.se) == pytest.approx((0.25, 0.05))
    assert kld.se_tokens == pytest.approx(sqrt(0.0125 / 3))
    assert (kld.low, kld.high) == pytest.approx((0.25 - 12.7062 * 0.05, 0.25 + 12.7062 * 0.05))


def test_perplexities_and_their_ratio_by_hand() -> None:
    """Base 2 everywhere; the other 2·e^0.1 and 2·e^0.3 by windows: ratio e^0.2, error 0.1·e^0.2."""
    made = found(window([0, 0], [LN2 + 0.1] * 2), window([0, 0], [LN2 + 0.3] * 2))
    assert made.perplexity_base.value == pytest.approx(2)
    assert made.perplexity_ratio.value == pytest.approx(exp(0.2))
    assert made.perplexity_ratio.se == pytest.approx(0.1 * exp(0.2))
    assert made.perplexity.value == pytest.approx(2 * exp(0.2))
    assert made.perplexity.se == pytest.approx(2 * exp(0.2) * 0.1)


def test_the_ratio_is_as_sure_as_its_pairs_however_far_texts_lie_apart() -> None:
    easy = WindowNumbers("", [0.1, 0.1], [0.2, 0.2], [0, 0], [1, 1], [1, 1])
    hard = WindowNumbers("", [6.0, 6.0], [6.1, 6.1], [0, 0], [1, 1], [1, 1])
    made = found(easy, hard)
    assert made.perplexity_ratio.value == pytest.approx(exp(0.1))
    assert made.perplexity_ratio.se == pytest.approx(0, abs=1e-9)
    assert made.perplexity.se and made.perplexity.se > 10


def test_rms_of_probabilities_by_hand() -> None:
    """Δp = ¼ − ½ and ¾ − ½: the mean is 0, the root of the mean square ¼."""
    made = found(window([0, 0], [log(4), log(4 / 3)]), window([0, 0], [log(4), log(4 / 3)]))
    assert made.mean_delta_p.value == pytest.approx(0)
    assert made.rms_delta_p.value == pytest.approx(0.25)


def test_same_top_counts_tokens_and_its_interval_stays_a_share() -> None:
    one = WindowNumbers("", [1, 1], [1, 1], [0, 0], [5, 6], [5, 7])
    two = WindowNumbers("", [1, 1], [1, 1], [0, 0], [5, 6], [5, 6])
    share = found(one, two).same_top
    assert share.value == 0.75
    assert share.low is not None and share.high is not None
    assert 0 <= share.low < 0.75 < share.high <= 1


def test_equal_models_have_no_distance_and_no_error() -> None:
    made = found(window([0, 0]), window([0, 0]))
    assert (made.kld.value, made.kld.se, made.rms_delta_p.value) == (0, 0, 0)
    assert (made.perplexity_ratio.value, made.band, made.warnings) == (1, "negligible", ())


def test_one_window_gives_values_and_says_why_there_is_no_error() -> None:
    kld = found(window([0.1, 0.3])).kld
    assert (kld.value, kld.se, kld.low) == (pytest.approx(0.2), None, None)
    assert "One window" in kld.reason


def test_numbers_that_are_not_finite_are_counted_and_said() -> None:
    nan, infinite = float("nan"), float("inf")
    made = found(window([0.1, nan]), window([0.2, infinite]), window([0.3, 0.3], [nan, 1]))
    assert (made.n_tokens, made.n_not_finite) == (3, 3)
    assert made.kld.value == pytest.approx(0.2)
    assert "3 tokens gave no finite number" in made.warnings[0]
    assert measures([window([nan, nan])]) is None


def test_a_file_with_numbers_that_are_not_finite_is_never_called_close() -> None:
    assert found(window([0.0, float("nan")]), window([0.0, 0.0])).band == "severe"


def test_a_perplexity_too_large_for_a_number_is_said_to_be_so() -> None:
    made = found(window([0, 0], [800.0, 900.0]), window([0, 0], [800.0, 1000.0]))
    for figure in (made.perplexity, made.perplexity_ratio):
        assert (figure.value, figure.se, figure.high) == (inf, None, None)
        assert "too large" in figure.reason
    assert figure_text(made.perplexity) == "too large"


def test_an_interval_too_large_for_a_number_is_left_out() -> None:
    perplexity = found(window([0, 0], [1.0, 1.0]), window([0, 0], [300.0, 300.0])).perplexity
    assert isfinite(perplexity.value) and perplexity.high is None
    assert "too large" in perplexity.reason


def test_models_too_far_apart_are_said_to_be_so() -> None:
    far = [window([2.0, 2.0 - at / 100]) for at in range(6)]
    assert "damaged, or another model" in found(*far).warnings[0]
    assert found(window([2.0, 2.0]), window([0.1, 0.1])).warnings == ()  # may be chance


def test_kinds_of_text_are_told_apart() -> None:
    by_kind = found(window([0.1, 0.1]), window([0.3, 0.3], kind="code")).kld_by_kind
    assert {kind: figure.value for kind, figure in by_kind.items()} == pytest.approx(
        {"prose": 0.1, "code": 0.3}
    )


def test_the_99th_percentile_has_an_interval_from_twenty_windows_on() -> None:
    random = np.random.default_rng(3)
    windows = [window(random.exponential(0.1, 50).tolist()) for _ in range(20)]
    few, many = found(*windows[:19]).kld_99, found(*windows).kld_99
    values = np.concatenate([each.kld for each in windows])
    assert many.value == pytest.approx(np.quantile(values, 0.99))
    assert many.low is not None and many.high is not None
    assert many.low < many.value < many.high
    assert few.low is None and "at least 20" in few.reason


def test_what_windows_share_makes_the_error_larger_than_tokens_say() -> None:
    """Of 20 windows of 50 tokens with a shared part of variance 1 and noise of variance 1."""
    random = np.random.default_rng(0)
    values = (random.normal(0, 1, (2000, 20, 1)) + random.normal(0, 1, (2000, 20, 50))) + 3
    at = np.repeat(range(20), 50).tolist()
    figures = [mean_figure(each.ravel(), at) for each in values[:300]]
    true = sqrt((1 + 1 / 50) / 20)
    assert np.mean([figure.se or 0 for figure in figures]) == pytest.approx(true, rel=0.05)
    assert np.mean([figure.se_tokens or 0 for figure in figures]) < true / 4
    covered = [f.low is not None and f.high is not None and f.low < 3 < f.high for f in figures]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.035)


@pytest.mark.parametrize("noise", [0.02, 0.3, 1.5])
def test_llama_perplexity_says_the_same_of_synthetic_logits(tmp_path: Path, noise: float) -> None:
    """Within what its 16 bits and its floor of 16 nats take away."""
    random = np.random.default_rng(11)
    n_tokens, n_vocab, n_windows = 40, 500, 4
    base = random.normal(0, 3, (n_windows, n_tokens, n_vocab)).astype(np.float32)
    other = (base + random.normal(0, noise, base.shape)).astype(np.float32)
    ids = random.integers(0, n_vocab, (n_windows, n_tokens + 1))
    windows = []
    for number in range(n_windows):
        block = Block(str(tmp_path / "block"), n_tokens, n_vocab)
        np.zeros((n_tokens, n_vocab), np.float32).tofile(block.path)
        row = tuple(ids[number].tolist())
        read = read_window(ReadWindow("", row, 0, block), iter((base[number],)), Flag())
        one = compare_window(CompareWindow("", row, 0, block), iter((other[number],)), Flag())
        windows.append(WindowNumbers("", read.nll, one.nll, one.kld, read.top_ids, one.top_ids))
    made = found(*windows)
    tool = told(base.reshape(-1, n_vocab), other.reshape(-1, n_vocab), ids[:, 1:].ravel().tolist())
    floor = 1e-4  # of 22 nats in 65,535 steps, in the mean
    assert made.kld.value == pytest.approx(tool.kld[0], rel=1e-3, abs=floor)
    assert made.kld.se_tokens == pytest.approx(tool.kld[1], rel=1e-2, abs=floor)
    assert made.perplexity.value == pytest.approx(tool.perplexity[0], rel=1e-5)
    assert made.perplexity.se_tokens == pytest.approx(tool.perplexity[1], rel=1e-5)
    assert made.rms_delta_p.value == pytest.approx(tool.rms_delta_p[0], rel=1e-2)
    assert made.rms_delta_p.se_tokens == pytest.approx(tool.rms_delta_p[1], rel=1e-2)
    assert (made.same_top.value, made.same_top.se_tokens) == pytest.approx(tool.same_top)
    assert made.perplexity_base.value == pytest.approx(tool.perplexity_base[0], rel=0.05)
    assert log(made.perplexity_ratio.value) == pytest.approx(tool.ln_ratio[0], abs=0.05)
