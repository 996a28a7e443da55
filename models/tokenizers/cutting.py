"""Cuts a text with a tokenizer and finds the place of every token in it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate

from models.errors import UserError
from models.tokenizers.cut import Cut, chained, numbers_of
from models.tokenizers.opened import Tokenizer, frame_of

# Where a grapheme of more than one byte can be; it begins at most one ASCII letter before.
_BEYOND_ASCII = 0x80
_MOST_LISTED, _LONG = 4_000_000, 20_000
NOTHING = Cut(array("H"), array("i"), array("i"), b"", {}, {}, "exact", 0, 0)
_STRETCHES = re.compile(rb"[\x80-\xff]+")
_STRETCHES_AND_LINES = re.compile(rb"\r\n|[\x80-\xff]+")


def cut(text: str, tokenizer: Tokenizer, parse_special: bool, *, framed: bool = False) -> Cut:
    """Tokens of the text alone; `framed` puts those around it that a prompt begins and ends with,
    which stand for nothing of the text.

    `parse_special`: whether text that spells a control token becomes one. Raises UserError for
    text that is no Unicode text, and for tokens that the tokenizer's own file does not have.
    """
    raw = _encoded(text)
    column = _column(text, tokenizer, parse_special)
    pieces = {token_id: _piece(token_id, tokenizer) for token_id in _distinct(column)}
    spelling, starts, ends = _places(text, raw, column, pieces, tokenizer, parse_special)
    shared = Graphemes(raw, len(text))
    shares, n_split = shared.split_by(starts, ends)
    kinds = {token_id: tokenizer.kind_of(token_id) for token_id in pieces}
    made = Cut(
        column,
        starts,
        ends,
        shares,
        pieces,
        kinds,
        spelling,
        shared.count,
        n_split,
    )
    return _in_frame(made, len(raw), tokenizer) if framed else made


def whole_vocabulary(tokenizer: Tokenizer) -> Cut:
    """Every token with its bytes and its kind, as the cut of no text. Raises UserError for a
    tokenizer that makes its tokens up."""
    vocabulary = tokenizer.vocabulary
    if tokenizer.n_tokens > _MOST_LISTED:
        raise UserError(f"{tokenizer.family}: such a tokenizer has no list of tokens.")
    known = (i for i in range(tokenizer.n_tokens) if vocabulary.contains(i))
    pieces = {i: piece for i in known if (piece := vocabulary.piece(i))}  # a hole spells nothing
    return replace(NOTHING, pieces=pieces, kinds={i: tokenizer.kind_of(i) for i in pieces})


def _in_frame(bare: Cut, n_bytes: int, tokenizer: Tokenizer) -> Cut:
    front, back = frame_of(tokenizer)
    added = {token_id: _piece(token_id, tokenizer) for token_id in (*front, *back)}
    pieces = {**bare.pieces, **added}
    ids = numbers_of([*front, *bare.ids, *back], max(pieces, default=0))
    before, behind = array("i", [0] * len(front)), array("i", [n_bytes] * len(back))
    return replace(
        bare,
        ids=ids,
        starts=before + bare.starts + behind,
        ends=before + bare.ends + behind,
        shares=bytes(len(front)) + bare.shares + bytes(len(back)),
        pieces=pieces,
        kinds={**bare.kinds, **{i: tokenizer.kind_of(i) for i in added}},
    )


def _column(text: str, tokenizer: Tokenizer, parse_special: bool) -> array[int]:
    if tokenizer.encode_column is None:
        ids = tokenizer.vocabulary.encode(text, False, parse_special)
        return numbers_of(ids, max(ids, default=0))
    column = tokenizer.encode_column(text, False, parse_special)
    if not _pays_numpy(column):
        return numbers_of(column, max(column, default=0))
    import numpy as np

    told = np.frombuffer(column, column.typecode)
    return array("H", told.astype("H").tobytes()) if told.max() < 1 << 16 else column


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UserError(
            f"The text holds half of a character (at {error.start:,}), which no model can read.",
            "Remove it, or let it be replaced.",
        ) from error


def _piece(token_id: int, tokenizer: Tokenizer) -> bytes:
    if not tokenizer.vocabulary.contains(token_id):
        raise UserError(
            f"This tokenizer contradicts its own file: it made token {token_id:,}, and its "
            f"vocabulary ends at {tokenizer.n_tokens - 1:,}.",
            "The file may be damaged, or put together from two models.",
        )
    return tokenizer.vocabulary.piece(token_id)


# ---- places --------------------------------------------------------------------------------


def _places(
    text: str,
    raw: bytes,
    column: array[int],
    pieces: Mapping[int, bytes],
    tokenizer: Tokenizer,
    parse_special: bool,
) -> tuple[str, array[int], array[int]]:
    """How the tokens spell the text, and their first byte and the one behind their last."""
    spelled = _spelled(column, pieces)
    lead = len(spelled) - len(raw)
    if spelled == raw or (lead == 1 and spelled[1:] == raw and spelled[:1] == b" "):
        ends = _ends(column, {number: len(piece) for number, piece in pieces.items()}, lead)
        return "lead" if lead else "exact", chained(ends), ends
    told = tokenizer.offsets(text, parse_special) if tokenizer.offsets else []
    if len(told) == len(column):
        return "changed", *_from_letters(text, told)
    return "changed", *_sought(raw, column, pieces)


def _spelled(column: array[int], pieces: Mapping[int, bytes]) -> bytes:
    """All pieces put together."""
    if not _pays_numpy(column):
        return b"".join(map(pieces.__getitem__, column))
    import numpy as np

    by_number = np.empty(max(pieces) + 1, object)
    by_number[list(pieces)] = list(pieces.values())
    return b"".join(by_number[np.frombuffer(column, column.typecode)].tolist())


def _distinct(column: array[int]) -> list[int]:
    if not _pays_numpy(column):
        return list(dict.fromkeys(column))
    import numpy as np

    found: list[int] = np.flatnonzero(np.bincount(np.frombuffer(column, column.typecode))).tolist()
    return found


def _ends(column: array[int], sizes: Mapping[int, int], lead: int) -> array[int]:
    """The byte behind each token, where each begins at the end of the one before; `lead` bytes of
    the first are no part of the text."""
    if not _pays_numpy(column):
        return array("i", [end - lead for end in accumulate(map(sizes.__getitem__, column))])
    import numpy as np

    by_number = np.zeros(max(sizes) + 1, "i")
    by_number[list(sizes)] = list(sizes.values())
    ends = np.cumsum(by_number[np.frombuffer(column, column.typecode)], dtype="i") - lead
    return array("i", ends.astype("i").tobytes())


def _pays_numpy(column: array[int]) -> bool:
    """Long texts only, as it has to be loaded first; and no numbers of simulated models, which
    are no indices."""
    return len(column) > _LONG and column.typecode != "q"


def _from_letters(text: str, offsets: Sequence[tuple[int, int]]) -> tuple[array[int], array[int]]:
    """Places in letters, as tokenizers tell them, to places in bytes."""
    byte_at = [0, *accumulate(len(letter.encode()) for letter in text)]
    starts = array("i", (byte_at[start] for start, _ in offsets))
    return starts, array("i", (byte_at[end] for _, end in offsets))


def _sought(
    raw: bytes, ids: Sequence[int], pieces: Mapping[int, bytes]
) -> tuple[array[int], array[int]]:
    """Each token at the next place that spells it, near by; one that is nowhere takes no room."""
    starts, ends, at = array("i"), array("i"), 0
    for token_id in ids:
        piece = pieces[token_id]
        near = at + len(piece) + 64
        found = raw.find(piece, at, near) if piece else -1
        if found < 0:
            piece = piece.strip()
            found = raw.find(piece, at, near) if piece else -1
        start = at if found < 0 else found
        at = at if found < 0 else found + len(piece)
        starts.append(start)
        ends.append(at)
    return starts, ends


# ---- graphemes -----------------------------------------------------------------------------


class Graphemes:
    """The characters of a text as a reader sees them (Unicode's extended grapheme clusters)."""

    def __init__(self, raw: bytes, n_letters: int) -> None:
        self._long: list[tuple[int, int]] = []
        longer = 0
        for start, end, letters in _long_graphemes(raw):
            self._long.append((start, end))
            longer += letters - 1
        self.count = n_letters - longer

    def split_by(self, starts: array[int], ends: array[int]) -> tuple[bytes, int]:
        """Which tokens share a grapheme with a neighbour (0 or 1 each), and how many graphemes
        are spread over several tokens."""
        shares, n_split = bytearray(len(starts)), 0
        for start, end in self._long:
            first = bisect_right(ends, start)
            last = bisect_left(starts, end) - 1
            if last > first:
                n_split += 1
                shares[first : last + 1] = b"\x01" * (last + 1 - first)
        return bytes(shares), n_split


def _stretches(raw: bytes) -> Iterator[tuple[int, int]]:
    """First byte and byte behind the last of what is beyond ASCII, and of the ends of lines that
    take two letters; lines without any are passed over whole, which is ten times faster."""
    if b"\r\n" in raw:
        yield from (found.span() for found in _STRETCHES_AND_LINES.finditer(raw))
        return
    start = 0
    for line in raw.split(b"\n"):
        end = start + len(line)
        if not line.isascii():
            yield from (found.span() for found in _STRETCHES.finditer(raw, start, end))
        start = end + 1


def _long_graphemes(raw: bytes) -> Iterator[tuple[int, int, int]]:
    """First byte, byte behind the last, and letters of each grapheme of more than one byte."""
    behind = 0
    graphemes_of = cache(_graphemes)  # the same few come again and again
    for at, end in () if raw.isascii() and b"\r\n" not in raw else _stretches(raw):
        if raw[at] >= _BEYOND_ASCII:
            at = max(behind, at - 1)
        for size, letters in graphemes_of(raw[at:end]):
            if size > 1:
                yield at, at + size, letters
            at += size
        behind = end


def _graphemes(raw: bytes) -> list[tuple[int, int]]:
    """Bytes and letters of each."""
    import regex

    found = regex.findall(r"\X", raw.decode())
    return [(len(grapheme.encode()), len(grapheme)) for grapheme in found]
