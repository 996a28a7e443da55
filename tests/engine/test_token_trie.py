from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.engine.token_trie import nodes, shared, size

PROMPTS = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=6), min_size=1, max_size=6)


@given(PROMPTS)
def test_every_prompt_can_be_read_off_the_tree(prompts: list[list[int]]) -> None:
    found: list[list[int]] = [[] for _ in prompts]
    for node in nodes(prompts):
        for row in node.rows:
            assert len(found[row]) == node.position  # parents come before children
            found[row].append(node.token_id)
    assert found == prompts


@given(PROMPTS)
def test_each_prompt_ends_once(prompts: list[list[int]]) -> None:
    ends = [row for node in nodes(prompts) for row in node.ends]
    assert sorted(ends) == list(range(len(prompts)))


@given(PROMPTS)
def test_the_size_counts_each_common_beginning_once(prompts: list[list[int]]) -> None:
    assert size(prompts) == len(list(nodes(prompts)))


def test_the_common_beginning_of_two_prompts() -> None:
    assert shared([1, 2, 3], [1, 2, 4, 5]) == 2
