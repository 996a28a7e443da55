"""Two models on one text: where the second is more surprised than the first, in bits.

Where their tokens are not the same, they are compared over the smallest stretches of bytes at
whose ends both have a token end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labs.tokens.surprise import Surprise

CONTEXT_BYTES = 48
MOST_LISTED = 30


@dataclass(frozen=True)
class Span:
    """Bytes `start` to `end` of the text: tokens `first` of one model, `second` of the other.
    Their surprise in bits; None where one of them has no prediction for all of it."""

    start: int
    end: int
    first: range
    second: range
    first_bits: float | None
    second_bits: float | None

    @property
    def difference(self) -> float | None:
        """How much more surprised the second is."""
        if self.first_bits is None or self.second_bits is None:
            return None
        return self.second_bits - self.first_bits


@dataclass(frozen=True)
class Difference:
    """`spans` in the order of the text, as far as both have read it. `n_shared` of them are one
    token of each model. Bits a byte over the `n_bytes` bytes that both predicted."""

    spans: tuple[Span, ...]
    n_shared: int
    n_bytes: int
    first_bits_per_byte: float | None
    second_bits_per_byte: float | None

    @property
    def has_same_tokens(self) -> bool:
        return self.n_shared == len(self.spans)

    def largest(self, n: int = MOST_LISTED) -> tuple[Span, ...]:
        """The spans that differ most, either way."""
        told = [span for span in self.spans if span.difference is not None]
        return tuple(sorted(told, key=lambda span: -abs(span.difference or 0.0))[:n])


def difference(first: Surprise, second: Surprise) -> Difference:
    """Of two readings of the same text."""
    spans = tuple(_spans(first, second))
    told = [span for span in spans if span.difference is not None]
    n_bytes = sum(span.end - span.start for span in told)
    totals = (sum(span.first_bits or 0.0 for span in told),
              sum(span.second_bits or 0.0 for span in told))  # fmt: skip
    per_byte = [total / n_bytes if n_bytes else None for total in totals]
    n_shared = sum(len(span.first) == len(span.second) == 1 for span in spans)
    return Difference(spans, n_shared, n_bytes, per_byte[0], per_byte[1])


def context(text: bytes, span: Span) -> tuple[str, str, str]:
    """What stands before a span, the span, and what stands behind it."""
    before = text[max(0, span.start - CONTEXT_BYTES) : span.start]
    after = text[span.end : span.end + CONTEXT_BYTES]
    first, inner, last = (
        piece.decode("utf-8", "replace") for piece in (before, text[span.start : span.end], after)
    )
    return first.lstrip("�"), inner, last.rstrip("�")


def _spans(first: Surprise, second: Surprise) -> list[Span]:
    spans: list[Span] = []
    at, other_at, start = 0, 0, 0
    ends, other_ends = (s.cut.ends[: len(s.tokens)] for s in (first, second))
    for end in sorted(set(ends) & set(other_ends)):
        last, other_last = _after(ends, at, end), _after(other_ends, other_at, end)
        if end > start:
            mine, others = range(at, last), range(other_at, other_last)
            bits = _bits(first, mine), _bits(second, others)
            spans.append(Span(start, end, mine, others, *bits))
        at, other_at, start = last, other_last, end
    return spans


def _after(ends: Sequence[int], at: int, end: int) -> int:
    """The place behind the last token that ends at `end`, from place `at` on."""
    while at < len(ends) and ends[at] <= end:
        at += 1
    return at


def _bits(surprise: Surprise, tokens: range) -> float | None:
    told = [surprise.bits(index) for index in tokens]
    known = [bits for bits in told if bits is not None]
    return sum(known) if len(known) == len(told) else None
