"""Letters that nobody sees, made visible: blanks, ends of lines, what has no width."""

from __future__ import annotations

import unicodedata
from itertools import chain

USUAL = {" ": "·", "\n": "↵", "\r": "␍", "\t": "⇥"}
# Unicode's own short names (NameAliases.txt). What has none is told by its number.
_SHORT = {
    0x00A0: "NBSP", 0x00AD: "SHY", 0x061C: "ALM", 0x200B: "ZWSP", 0x200C: "ZWNJ", 0x200D: "ZWJ",
    0x200E: "LRM", 0x200F: "RLM", 0x202F: "NNBSP", 0x2060: "WJ", 0xFEFF: "BOM",
}  # fmt: skip
_UNSEEN = (
    range(0x80, 0xA1), (0xAD, 0x34F, 0x61C, 0x1680, 0x180E), range(0x2000, 0x200C),
    (0x200E, 0x200F), range(0x2028, 0x2030), range(0x205F, 0x2070), (0x3000, 0xFEFF),
    range(0xFFF9, 0xFFFC), range(0xE0000, 0xE0080),
)  # fmt: skip
# They belong to the look of what stands before them, as in 👩‍👧.
_JOINING = (0x200C, 0x200D, *range(0xFE00, 0xFE10))


def _name(letter: int) -> str:
    return f"⟨{_SHORT.get(letter, f'U+{letter:04X}')}⟩"


_PICTURES = {**{letter: chr(0x2400 + letter) for letter in range(0x20)}, 0x7F: "␡"}
_MARKS = {**_PICTURES, **{letter: _name(letter) for letter in chain(*_UNSEEN)},
          **str.maketrans(USUAL)}  # fmt: skip
_ALONE = _MARKS | {letter: _name(letter) for letter in _JOINING}
_JOINERS = "".join(map(chr, _JOINING))


def visible(text: str) -> str:
    """With a mark for each of them; what joins letters is left where there are any to join."""
    return text.translate(_MARKS if text.strip(_JOINERS) else _ALONE)


def unseen(text: str) -> list[str]:
    """The names of those in it that are no usual white space, each once."""
    found = [letter for letter in dict.fromkeys(text) if ord(letter) in _ALONE]
    return [
        f"{unicodedata.name(letter, 'control character').lower()} (U+{ord(letter):04X})"
        for letter in found if letter not in USUAL
    ]  # fmt: skip
