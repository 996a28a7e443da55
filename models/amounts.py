"""Amounts in words: sizes in decimal units as file managers show them, counts with their name."""

from __future__ import annotations


def size_text(size_bytes: int) -> str:
    """ "144.8 MB", "4.58 GB": three or four figures, never a bare byte count above 1,000."""
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if abs(size_bytes) >= factor:
            amount = size_bytes / factor
            return f"{amount:.2f} {unit}" if abs(amount) < 10 else f"{amount:,.1f} {unit}"
    return f"{size_bytes} B"


def count_text(count: int) -> str:
    """ "134.5 million", "8.03 billion"; small counts as they are."""
    for word, factor in (("trillion", 10**12), ("billion", 10**9), ("million", 10**6)):
        if count >= factor:
            amount = count / factor
            return f"{amount:.2f} {word}" if amount < 10 else f"{amount:,.1f} {word}"
    return f"{count:,}"


def share_text(share: float) -> str:
    """ "99.9 %" of a share from 0 to 1; what is there but small is not shown as nothing."""
    return "< 0.1 %" if 0 < share < 0.001 else f"{share:.1%}".replace("%", " %")
