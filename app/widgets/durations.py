"""Lengths of time in plain words."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """ "8 s", "3 min", "1 h 20 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def time_left(seconds: float) -> str:
    """A guess, and worded as one."""
    return "a few seconds left" if seconds < 5 else f"about {duration(seconds)} left"
