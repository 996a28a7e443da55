"""The sentences that go with numbers, in plain speech and always in the same words."""

from __future__ import annotations

SCOPE = "It says nothing about other tasks, models or machines."


def percent(share: float) -> str:
    """0.114 as "11 %"; below ten percent with one decimal."""
    return f"{hundredths(share)} %"


def hundredths(share: float) -> str:
    """0.114 as "11", for whatever unit follows; below ten with one decimal."""
    digits = 1 if 0 < abs(share) < 0.0995 else 0
    return f"{100 * share:.{digits}f}"


def points(difference: float) -> str:
    """A difference of two shares, 0.125 as "+12.5 points"."""
    return f"{100 * difference:+.1f} points"


def percentage_points(size: float) -> str:
    """The size of a difference, 0.2 as "20 percentage points"; below ten with one decimal."""
    return f"{hundredths(size)} percentage points"


def bound_in_points(bound: float) -> str:
    """An end of an interval for a difference of shares: -0.24 as "−24 points"."""
    return f"{hundredths(bound)} points".replace("-", "−")


def times_in_100(confidence: float) -> str:
    """0.95 as "95 times in 100"."""
    return f"{100 * confidence:g} times in 100"


def interval_sentence(what: str, low: str, high: str, confidence: float) -> str:
    """What an interval claims: how often intervals made this way hold the true value."""
    return (
        f"If we drew other items like these, an interval made this way would hold {what} "
        f"{times_in_100(confidence)}; this one runs from {low} to {high}. {SCOPE}"
    )


def chance_sentence(p: float, chance: str, what: str) -> str:
    """What a p-value claims, e.g. "If both wordings were equally good, …"."""
    return f"If {chance}, {what} at least this large would come up {rarity(p)} (p {p_text(p)})."


def rarity(p: float) -> str:
    """How often, in words: 0.03 as "in 3 of 100 runs"."""
    if p >= 0.995:
        return "in practically every run"
    if p >= 0.01:
        return f"in {100 * p:.0f} of 100 runs"
    if p >= 0.0005:
        return f"in {1000 * p:.0f} of 1,000 runs"
    return "in fewer than 1 of 1,000 runs"


def p_text(p: float) -> str:
    """A p-value after its letter: "= 0.031" or "< 0.001"."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"
