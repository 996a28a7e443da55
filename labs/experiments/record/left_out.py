"""What a run of several models leaves out: models that were set aside, and half models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def set_aside(
    events: Sequence[Mapping[str, Any]], unfinished: Sequence[str]
) -> dict[str, str]:  # fmt: skip
    """Of each model that failed since the run was last taken up, and is not finished: why."""
    reasons: dict[str, str] = {}
    for event in events:
        if event.get("event") == "resume":
            reasons = {}
        elif event.get("event") == "failure" and event.get("model") in unfinished:
            reasons[str(event["model"])] = str(event.get("message", ""))
    return reasons


def set_aside_sentence(model: str, reason: str) -> str:
    return f"{model} was set aside: {reason}"


def compared(items: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The models that may be held against each other: those that finished the same items, where
    others finished fewer or other ones. `items` are the whole items of each model."""
    most = max(items.values(), key=len, default=frozenset())
    return tuple(model for model, found in items.items() if found and found == most)


def left_out_sentences(
    items: Mapping[str, frozenset[str]], n_planned: int
) -> Iterator[str]:  # fmt: skip
    """One for each model that the comparison leaves out."""
    within = compared(items)
    for model, found in items.items():
        if within and model not in within:
            theirs = len(items[within[0]])
            yield (
                f"{model} is left out of the comparison: {len(found)} of its {n_planned} items "
                f"are finished, where {within[0]} has {theirs}."
            )
