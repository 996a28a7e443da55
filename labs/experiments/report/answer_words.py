"""Outcomes and conditions in the words of the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labs.experiments.scoring.answers import ERROR, TRUNCATED, UNPARSED

KIND_WORDS = {"right": "Right", "wrong": "Wrong", "unclear": "No clear answer"}
_OUTCOMES = {
    UNPARSED: "no clear answer",
    TRUNCATED: "cut off before an answer",
    ERROR: "could not be asked",
}


def outcome_words(outcome: str) -> str:
    return _OUTCOMES.get(outcome, outcome)


def condition_words(factors: Sequence[Mapping[str, Any]], levels: Mapping[str, str]) -> str:
    """What differs from the baseline; the baseline itself is named by its first factor."""
    parts = [_title(factor, levels[factor["id"]]) for factor in factors
             if levels.get(factor["id"], _base(factor)) != _base(factor)]  # fmt: skip
    if parts:
        return " · ".join(parts)
    first = factors[0] if factors else None
    return f"Baseline: {_title(first, _base(first))}" if first else "Baseline"


def _base(factor: Mapping[str, Any]) -> str:
    return str(factor["levels"][0]["id"])


def _title(factor: Mapping[str, Any], level: str) -> str:
    return next((str(x["title"]) for x in factor["levels"] if x["id"] == level), level)
