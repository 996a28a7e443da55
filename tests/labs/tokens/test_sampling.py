"""Our samplers against llama.cpp's own chain, and draws against what is expected of them."""

from __future__ import annotations

import ctypes
import math
from dataclasses import replace

import numpy as np
import pytest

from labs.tokens.draws import TEMPERATURES, draw, sweep
from labs.tokens.sampling import Distribution, entropy_bits, shape
from models.engine import llama_library
from models.engine.llama_sampling import build_chain
from models.engine.messages import Sampling

OFF = Sampling(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0)


def of(probabilities: list[float]) -> Distribution:
    with np.errstate(divide="ignore"):
        return Distribution.of(np.log(np.array(probabilities)).astype(np.float32))


def made_up(seed: int, n: int = 2000) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0, 3, n)
    return (logits - np.logaddexp.reduce(logits)).astype(np.float32)


def chained(logprobs: np.ndarray, sampling: Sampling, seed: int = 1) -> dict[int, float]:
    """Token numbers and probabilities that llama.cpp's own chain leaves before it draws."""
    lib = llama_library.library()
    data = (lib.llama_token_data * len(logprobs))()
    for number, value in enumerate(logprobs.tolist()):
        data[number].id, data[number].logit = number, value
    array = lib.llama_token_data_array(data, len(logprobs), -1, False)
    chain = build_chain(lib, None, sampling, seed, "", 0)
    lib.llama_sampler_apply(chain, ctypes.byref(array))
    lib.llama_sampler_free(chain)
    if sampling.temperature <= 0:
        return {array.data[array.selected].id: 1.0}
    return {array.data[i].id: array.data[i].p for i in range(array.size)}


def ours(logprobs: np.ndarray, sampling: Sampling, *, cut: bool = False) -> dict[int, float]:
    distribution = Distribution.of(logprobs)
    shaped = shape(distribution, sampling)
    left = shaped.cut if cut and shaped.cut else shaped.uncut
    ids = distribution.ids[left.first : left.first + len(left)]
    return dict(zip(ids.tolist(), left.probabilities.tolist(), strict=True))


@pytest.mark.parametrize("seed", (1, 2))
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"temperature": 0.0, "top_p": 0.3},
        {"temperature": 0.1},
        {"temperature": 2.0},
        {"top_k": 1},
        {"top_k": 7, "temperature": 0.7},
        {"top_k": 5000},
        {"top_p": 0.0},
        {"top_p": 0.5},
        {"top_p": 0.95, "top_k": 40, "min_p": 0.05, "temperature": 0.8},
        {"min_p": 0.2},
        {"min_p": 1.0},
        {"xtc_probability": 1.0, "xtc_threshold": 0.9},
        {"samplers": ("temperature", "top_p", "min_p"), "top_p": 0.8, "min_p": 0.1,
         "temperature": 1.7},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_left_is_what_the_chain_of_replies_leaves(
    changes: dict[str, float], seed: int
) -> None:
    logprobs, sampling = made_up(seed), replace(OFF, **changes)
    theirs, found = chained(logprobs, sampling), ours(logprobs, sampling)
    assert found.keys() == theirs.keys()
    assert found == pytest.approx(theirs, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("threshold", (0.0, 0.05, 0.1, 0.5))
@pytest.mark.parametrize("top_k", (0, 1, 3))
def test_xtc_leaves_what_the_chain_leaves_where_the_lot_falls_so(
    threshold: float, top_k: int
) -> None:
    logprobs = made_up(3, 50)
    cuts = replace(OFF, xtc_probability=1.0, xtc_threshold=threshold, top_k=top_k, temperature=0.8)
    assert ours(logprobs, cuts, cut=True) == pytest.approx(chained(logprobs, cuts), rel=1e-4)


def test_xtc_takes_none_with_fewer_than_two_above_the_threshold() -> None:
    wish = replace(OFF, xtc_probability=0.5, xtc_threshold=0.3)
    assert shape(of([0.6, 0.2, 0.2]), wish).cut is None
    shaped = shape(of([0.4, 0.35, 0.25]), wish)
    assert shaped.cut is not None and shaped.cut.first == 1
    cut = np.array([0, 0.35, 0.25]) / 0.6
    assert shaped.mixed == pytest.approx(0.5 * np.array([0.4, 0.35, 0.25]) + 0.5 * cut, abs=1e-6)


@pytest.mark.parametrize(
    ("temperature", "percent"),
    [(0.1, (90.3, 9.7, 0.02)), (0.5, (52.5, 33.6, 9.6, 2.7, 1.5)),
     (2.0, (29.1, 26.0, 19.0, 13.9, 12.0))],
)  # fmt: skip
def test_temperature_reshapes_the_example_of_the_course(
    temperature: float, percent: tuple[float, ...]
) -> None:
    shaped = shape(of([0.35, 0.28, 0.15, 0.08, 0.06]), replace(OFF, temperature=temperature))
    shown = 100 * shaped.uncut.probabilities[: len(percent)]
    assert shown == pytest.approx(percent, abs=0.06)


def test_entropy_is_that_of_a_fair_coin_and_of_certainty() -> None:
    assert shape(of([0.5, 0.5]), OFF).uncut.entropy_bits == pytest.approx(1)
    assert shape(of([1.0, 0.0]), OFF).uncut.entropy_bits == 0 == entropy_bits(np.ones(1))


def test_draws_keep_to_what_is_expected_and_to_their_seed() -> None:
    distribution = of([0.5, 0.3, 0.2])
    drawn = draw(distribution, OFF, 1000, seed=7)
    assert drawn == draw(distribution, OFF, 1000, seed=7) != draw(distribution, OFF, 1000, seed=8)
    assert sum(each.count for each in drawn) == 1000
    assert [each.expected for each in drawn] == pytest.approx([500, 300, 200], abs=1e-3)
    assert (drawn[0].low, drawn[0].high) == (469, 531)  # of the binomial distribution
    assert all(each.low <= each.count <= each.high for each in drawn)


def test_a_sweep_of_the_temperature_ends_in_one_answer_at_zero() -> None:
    points = sweep(of([0.35, 0.28, 0.15, 0.08, 0.06, 0.08]), OFF, 20, seed=1)
    assert [point.temperature for point in points] == list(TEMPERATURES)
    assert (points[0].n_distinct, points[0].entropy_bits, points[0].top_share) == (1, 0, 1)
    entropies = [point.entropy_bits for point in points]
    assert entropies == sorted(entropies) and entropies[-1] < math.log2(6)
    assert points[-1].expected_distinct == pytest.approx(5.8, abs=0.2)
