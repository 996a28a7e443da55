"""A text cut into tokens: their numbers, bytes, places and what each one is."""

from __future__ import annotations

import re
from array import array
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import BinaryIO

# One letter a token, so that a million of them travel as one string.
_SHORT = 4096  # columns of fewer numbers are put into the message itself
_FEW = 32  # one place takes four bytes
KINDS = {"n": "", "c": "control token", "b": "byte fallback", "a": "added token", "u": "unknown"}


@dataclass(frozen=True)
class Token:
    """`start` and `end` are bytes of the text; equal where the token stands for none of it.
    `shares`: a character as a reader sees it is spread over this token and a neighbour."""

    token_id: int
    raw: bytes
    kind: str
    start: int
    end: int
    shares: bool = False

    @property
    def text(self) -> str:
        """Its bytes as letters; "" where they are only a part of one."""
        try:
            return self.raw.decode()
        except UnicodeDecodeError:
            return ""


@dataclass(frozen=True)
class Cut:
    """Columns, one value a token; `pieces` and `kinds` by token number.

    `spelling` tells whether the tokens put together are the text again: "exact", "lead" (but for
    a blank that the tokenizer puts in front), or "changed" (letters were altered or lost).
    """

    ids: array[int]
    starts: array[int]
    ends: array[int]
    shares: bytes
    pieces: dict[int, bytes]
    kinds: dict[int, str]
    spelling: str
    n_graphemes: int
    n_split_graphemes: int

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> Token:
        token_id = self.ids[index]
        return Token(
            token_id, self.pieces[token_id], self.kinds[token_id],
            self.starts[index], self.ends[index], bool(self.shares[index]),
        )  # fmt: skip

    @cached_property
    def line_ends(self) -> list[int]:
        """Places of the tokens that end a line of the text."""
        ending = {token_id for token_id, raw in self.pieces.items() if raw.endswith(b"\n")}
        return [at for at, token_id in enumerate(self.ids) if token_id in ending] if ending else []

    @cached_property
    def n_of_kind(self) -> dict[str, int]:
        """How many tokens of each kind there are."""
        special = {i: kind for i, kind in self.kinds.items() if kind != "n"}
        found = dict.fromkeys(KINDS, 0)
        if special:
            for token_id in self.ids:
                if token_id in special:
                    found[special[token_id]] += 1
        found["n"] = len(self.ids) - sum(found.values())
        return found


@dataclass(frozen=True)
class CutDone:
    """A cut as it travels between processes: columns in base64, numbers behind their typecode; or
    behind it "@" and where they begin in a file beside the message, and how many there are.

    `starts` is "" where every token begins at the end of the one before, `shares` where none
    shares a letter; where few do, it holds their places. That is most of a long text, and carrying
    it takes time.
    """

    ids: str
    starts: str
    ends: str
    shares: str
    piece_ids: str
    piece_bytes: str
    piece_sizes: str
    piece_kinds: str
    spelling: str
    n_graphemes: int
    n_split_graphemes: int
    type: str = "cut_done"


def packed(cut: Cut, file: BinaryIO | None = None) -> CutDone:
    """Long columns go into the file, if there is one: a tenth of the time of a message."""
    text = partial(_text, file=file)
    known = list(cut.pieces)
    sizes = [len(cut.pieces[i]) for i in known]
    return CutDone(
        text(cut.ids), "" if cut.starts == chained(cut.ends) else text(cut.starts),
        text(cut.ends), _shares(cut.shares) if cut.n_split_graphemes else "",
        _text(numbers_of(known, max(known, default=0))),
        _text(b"".join(cut.pieces.values())), _text(array("i", sizes)),
        "".join(cut.kinds[i] for i in known),
        cut.spelling, cut.n_graphemes, cut.n_split_graphemes,
    )  # fmt: skip


def unpacked(done: CutDone, file: BinaryIO | None = None) -> Cut:
    """`file` is the one that `packed` was given."""
    ids, ends = _numbers(done.ids, file), _numbers(done.ends, file)
    known, sizes = _numbers(done.piece_ids), _numbers(done.piece_sizes)
    pieces = dict(zip(known, _sliced(b64decode(done.piece_bytes), sizes), strict=True))
    return Cut(
        ids, _numbers(done.starts, file) if done.starts else chained(ends), ends,
        _unshared(done.shares, len(ids)),
        pieces, dict(zip(known, done.piece_kinds, strict=True)),
        done.spelling, done.n_graphemes, done.n_split_graphemes,
    )  # fmt: skip


def chained(ends: array[int]) -> array[int]:
    """Where each token begins that follows the one before at once."""
    return array("i", (0,)) + ends[:-1] if ends else array("i")


def numbers_of(numbers: Sequence[int], highest: int) -> array[int]:
    """As few bytes as the highest takes: two, four, or eight for those of simulated models."""
    return array("H" if highest < 1 << 16 else "i" if highest < 1 << 31 else "q", numbers)


def _shares(shares: bytes) -> str:
    if shares.count(1) > len(shares) // _FEW:
        return _text(array("B", shares))
    return _text(array("i", [found.start() for found in re.finditer(b"\x01", shares)]))


def _unshared(text: str, count: int) -> bytes:
    if not text:
        return bytes(count)
    told = _numbers(text)
    if told.typecode == "B":
        return told.tobytes()
    shares = bytearray(count)
    for place in told:
        shares[place] = 1
    return bytes(shares)


def _sliced(raw: bytes, sizes: Sequence[int]) -> list[bytes]:
    found, at = [], 0
    for size in sizes:
        found.append(raw[at : at + size])
        at += size
    return found


def _text(column: array[int] | bytes, file: BinaryIO | None = None) -> str:
    code = column.typecode if isinstance(column, array) else ""
    if file is not None and len(column) > _SHORT:
        begin = file.tell()
        file.write(column)
        return f"{code}@{begin}:{len(column)}"
    return code + b64encode(column).decode()


def _numbers(text: str, file: BinaryIO | None = None) -> array[int]:
    if file is None or text[1:2] != "@":
        return array(text[0], b64decode(text[1:]))
    begin, count = map(int, text[2:].split(":"))
    column = array(text[0])
    file.seek(begin)
    column.fromfile(file, count)
    return column
