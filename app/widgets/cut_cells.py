"""The tokens of a text as cells that are made when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, overload

from app.widgets.token_cells import Cell, Sizes
from labs.tokens.visible import visible
from models.tokenizers.cut import KINDS, Cut

Shown = Literal["text", "ids", "bytes"]
N_TONES = 5
BLANK = str.maketrans({"\n": " ", "\r": " ", "\t": "    "})


class CutCells(Sequence[Cell]):
    """A cell a token; what all occurrences of a token share is worked out once. `glyphs`: white
    space is made visible."""

    def __init__(self, cut: Cut, shown: Shown = "text", glyphs: bool = True) -> None:
        self._cut, self._shown, self._glyphs = cut, shown, glyphs
        self._kinds: dict[int, Cell] = {}

    def __len__(self) -> int:
        return len(self._cut)

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Cell]: ...
    def __getitem__(self, index: int | slice) -> Cell | Sequence[Cell]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        kind = self._kind(self._cut.ids[index])
        shares = bool(self._cut.shares[index])
        return replace(kind, tone=index % N_TONES, shares=shares)

    def sizes(self, measure_text: Callable[[str], float]) -> Sizes:
        """As `sizes_of`, in a fraction of the time."""
        width = {i: measure_text(self._label(i, raw)) for i, raw in self._cut.pieces.items()}
        widths = list(map(width.__getitem__, self._cut.ids))
        return Sizes(widths, max(width.values(), default=0.0), self._cut.line_ends)

    def _kind(self, token_id: int) -> Cell:
        """What all occurrences of a token share."""
        if token_id not in self._kinds:
            raw, kind = self._cut.pieces[token_id], self._cut.kinds[token_id]
            self._kinds[token_id] = Cell(
                _letters(raw), token_id, control=kind == "c", raw=raw, mark=KINDS[kind],
                label=self._label(token_id, raw),
            )  # fmt: skip
        return self._kinds[token_id]

    def _label(self, token_id: int, raw: bytes) -> str:
        """The text with its white space marked or not, the number, or the bytes; a part of a
        character shows its bytes, too."""
        if self._shown == "ids":
            return str(token_id)
        text = "" if self._cut.kinds[token_id] == "b" else _letters(raw)
        if self._shown == "bytes" or not text:
            return raw.hex(" ") or "no bytes"
        return visible(text) if self._glyphs else text.translate(BLANK)


def _letters(raw: bytes) -> str:
    """ "" where the bytes are only a part of a character."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ""
