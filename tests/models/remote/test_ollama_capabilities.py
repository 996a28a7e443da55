"""What can be had from which Ollama."""

from __future__ import annotations

import pytest

from models.remote.ollama_capabilities import capabilities, version_numbers


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.12.11", (0, 12, 11)), ("v0.13.0-rc2", (0, 13, 0)), ("0.0.0", (9999,)), ("main", ())],
)
def test_versions_are_read_as_ollama_writes_them(version: str, numbers: tuple[int, ...]) -> None:
    assert version_numbers(version) == numbers


@pytest.mark.parametrize(
    ("version", "has"),
    [((), (False, False)), ((0, 5), (False, False)), ((0, 12, 10), (False, True)),
     ((0, 12, 11), (True, True))],
)  # fmt: skip
def test_what_a_version_lacks_is_off_with_its_reason(
    version: tuple[int, ...], has: tuple[bool, bool]
) -> None:
    can = capabilities(version, ("completion", "tools"), has_tokenizer=False)
    assert (can.token_logprobs, can.json_schema) == has and can.tools and not can.images
    off = {name for name in ("token_logprobs", "json_schema") if not getattr(can, name)}
    assert off <= set(can.reasons) and "exact_tokenizer" in can.reasons
