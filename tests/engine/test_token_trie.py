from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.engine.token_trie import shared, size

PROMPTS = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=6), min_size=1, max_size=6)


@given(PROMPTS)
def test_the_size_counts_each_common_beginning_once(prompts: list[list[int]]) -> None:
    beginnings = {tuple(prompt[:n]) for prompt in prompts for n in range(1, len(prompt) + 1)}
    assert size(prompts) == len(beginnings)


def test_the_common_beginning_of_two_prompts() -> None:
    assert shared([1, 2, 3], [1, 2, 4, 5]) == 2
