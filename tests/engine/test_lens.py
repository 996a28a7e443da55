"""The lens against hand-computed figures and SciPy-free definitions in double precision."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.engine.lens import Lens


def test_a_fair_coin_has_entropy_log_two() -> None:
    step = Lens(2).step(np.zeros(2, dtype=np.float32), 0, 2)
    assert step.entropy == pytest.approx(math.log(2))
    assert step.logprob == pytest.approx(math.log(0.5))


def test_masked_tokens_count_for_nothing() -> None:
    logits = np.array([0.0, 0.0, -np.inf], dtype=np.float32)
    assert Lens(3).step(logits, 0, 2).entropy == pytest.approx(math.log(2))


@pytest.mark.parametrize("seed", range(5))
def test_the_fast_figures_equal_the_definition(seed: int) -> None:
    logits = np.random.default_rng(seed).normal(0, 4, 5000).astype(np.float32)
    exact = logits.astype(np.float64)
    logprobs = exact - exact.max() - np.log(np.exp(exact - exact.max()).sum())
    step = Lens(5000).step(logits, 17, 8)
    assert step.logprob == pytest.approx(logprobs[17], abs=1e-4)
    assert step.entropy == pytest.approx(-(np.exp(logprobs) * logprobs).sum(), abs=1e-4)
    assert list(step.top_ids) == list(np.argsort(-logprobs)[:8])


def test_alternatives_are_found_even_when_one_token_is_certain() -> None:
    logits = np.full(100, -50.0, dtype=np.float32)
    logits[3] = 50.0
    step = Lens(100).step(logits, 3, 8)
    assert step.top_ids[0] == 3
    assert len(step.top_ids) == 8


def test_the_rank_counts_from_the_likeliest_and_equal_ones_share_the_better() -> None:
    logits = np.array([1.0, 4.0, 2.0, 2.0, -np.inf], dtype=np.float32)
    assert [Lens(5).step(logits, token, 0).rank for token in range(5)] == [4, 1, 2, 2, 5]


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_logits_that_are_no_numbers_give_none(broken: float) -> None:
    step = Lens(3).step(np.array([0.0, broken, 1.0], dtype=np.float32), 0, 2)
    assert math.isnan(step.logprob) and math.isnan(step.entropy)
    assert (step.rank, step.top_ids) == (0, ())
