"""One of the two sources as it is tried: its file with changes, and texts made ready before."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.cancel import CancelToken
from models.errors import UserError
from models.tokenizers.anatomy import Anatomy, Change, write_variant
from models.tokenizers.cut import Cut
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers

Made = tuple[Cut | UserError, ...]

# What tokenizers do to a text before they cut it, as a person would say it.
PREPARED: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "front": ("puts a blank in front of a text", lambda text: " " + text if text else text),
    "front_once": ("puts a blank in front of a text that has none",
                   lambda text: text if text[:1] in ("", " ") else " " + text),
    "NFC": ("puts letters and their marks together (NFC)",
            lambda text: unicodedata.normalize("NFC", text)),
    "NFD": ("takes letters and their marks apart (NFD)",
            lambda text: unicodedata.normalize("NFD", text)),
    "NFKC": ("replaces letters by plain equivalents (NFKC)",
             lambda text: unicodedata.normalize("NFKC", text)),
    "NFKD": ("replaces letters by plain equivalents, taken apart (NFKD)",
             lambda text: unicodedata.normalize("NFKD", text)),
    "lower": ("makes letters small", str.lower),
    "strip": ("leaves out blanks at both ends", str.strip),
    "lines": ("reads all line ends as one kind", lambda text: text.replace("\r\n", "\n")),
    "blanks": ("joins neighbouring blanks", lambda text: " ".join(text.split())),
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """`changes` are made to its file, `prepared` names what is done to a text before."""

    source: Source
    changes: tuple[Change, ...] = ()
    prepared: tuple[str, ...] = ()
    framed: bool = True
    parse_special: bool = True

    def prepare(self, text: str) -> str:
        for name in self.prepared:
            text = PREPARED[name][1](text)
        return text


@dataclass
class Bench:
    """Runs sides over the same texts; what was run before is remembered. `folder` takes the
    variants of files."""

    tokenizers: Tokenizers
    texts: Sequence[str]
    folder: Path
    cancel: CancelToken
    anatomies: Mapping[Source, Anatomy | None] = field(default_factory=dict)
    _done: dict[Side, Made | None] = field(default_factory=dict)

    def run(self, side: Side) -> Generator[str, None, Made | None]:
        """One cut or problem a text; None where such a variant cannot be made or opened. Raises
        Cancelled, and UserError where the source itself cannot be read."""
        self.cancel.raise_if_cancelled()
        if side not in self._done:
            try:
                self._done[side] = yield from self._run(side)
            except UserError:
                if not side.changes:
                    raise
                self._done[side] = None
        return self._done[side]

    def _run(self, side: Side) -> Generator[str, None, Made]:
        instead = None
        if side.changes:
            folder = self.folder / str(len(self._done))
            instead = write_variant(side.source, side.changes, folder)
        return (
            yield from self.tokenizers.cut_many(
                side.source, [side.prepare(text) for text in self.texts], self.cancel,
                parse_special=side.parse_special, framed=side.framed, instead=instead,
            )
        )  # fmt: skip


def spelled(cut: Cut) -> tuple[bytes, ...]:
    return tuple(map(cut.pieces.__getitem__, cut.ids))


def same(one: Cut | UserError, other: Cut | UserError, by_piece: bool = False) -> bool:
    """The same numbers, or with `by_piece` the same bytes token by token. Two problems are no
    agreement."""
    if isinstance(one, UserError) or isinstance(other, UserError):
        return False
    return spelled(one) == spelled(other) if by_piece else list(one.ids) == list(other.ids)
