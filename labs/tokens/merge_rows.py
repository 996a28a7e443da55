"""A traced word as rows to read: what was joined, and what the word is then."""

from __future__ import annotations

from dataclasses import dataclass

from labs.tokens.visible import visible
from models.tokenizers.messages import Trace


@dataclass(frozen=True)
class MergeRow:
    """`step` 0 is the word before any merge, and has neither rank nor `joined`."""

    step: int
    rank: int | None
    joined: str
    word: str


def rows_of(trace: Trace) -> tuple[MergeRow, ...]:
    rows = [MergeRow(0, None, "", _word(trace.begin))]
    before = trace.begin
    for number, step in enumerate(trace.steps, start=1):
        left, right = before[step.place : step.place + 2]
        rows.append(
            MergeRow(number, step.rank, f"{_piece(left)} + {_piece(right)}", _word(step.pieces))
        )
        before = step.pieces
    return tuple(rows)


def _word(pieces: tuple[str, ...]) -> str:
    return "  ".join(map(_piece, pieces))


def _piece(digits: str) -> str:
    return readable(bytes.fromhex(digits))


def readable(raw: bytes) -> str:
    """Its letters with blanks made visible; a part of a letter as its bytes."""
    try:
        return visible(raw.decode())
    except UnicodeDecodeError:
        return f"‹{raw.hex(' ')}›"
