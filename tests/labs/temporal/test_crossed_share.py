"""The share of the crossed design: weighed alike, and rarely wrong about a coin."""

from __future__ import annotations

import random

import numpy as np
import pytest

from labs.experiments.statistics.estimate import NotDefined
from labs.temporal.crossed_share import KINDS, crossed_share


def answers(share: float, per_kind: int, seed: int) -> tuple[list[bool], list[int], list[str]]:
    rng = random.Random(seed)
    kinds = [kind for kind in range(KINDS) for _ in range(per_kind)]
    said = [rng.random() < share for _ in kinds]
    return said, kinds, [f"pair {place % per_kind}" for place in range(len(kinds))]


def test_unclear_answers_of_one_kind_do_not_shift_the_share() -> None:
    _, kinds, clusters = answers(0.5, 24, 1)
    whole = [kind < 4 for kind in kinds]
    kept = [place for place, kind in enumerate(kinds) if kind < 4 or place % 24 < 6]
    part = crossed_share([whole[i] for i in kept], [kinds[i] for i in kept],
                         [clusters[i] for i in kept])  # fmt: skip
    assert part.value == crossed_share(whole, kinds, clusters).value == 0.5


@pytest.mark.parametrize("said", [True, False])
def test_a_subject_without_any_variation_has_an_interval_too(said: bool) -> None:
    _, kinds, clusters = answers(0.5, 24, 1)
    found = crossed_share([said] * len(kinds), kinds, clusters)
    assert found.value == said
    assert 0.1 < found.high - found.low < 0.4


def test_a_kind_without_answers_leaves_the_leans_undefined() -> None:
    said, kinds, clusters = answers(0.5, 24, 1)
    kept = [place for place, kind in enumerate(kinds) if kind]
    assert isinstance(
        crossed_share([said[i] for i in kept], [kinds[i] for i in kept], clusters[: len(kept)]),
        NotDefined,
    )


@pytest.mark.parametrize("share", [0.5, 0.3, 0.9])
def test_the_interval_holds_the_truth_in_nearly_all_runs(share: float) -> None:
    found = [crossed_share(*answers(share, 24, seed)) for seed in range(300)]
    assert np.mean([each.low <= share <= each.high for each in found]) > 0.93
