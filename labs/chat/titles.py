"""A title for a chat from its first message, without asking a model."""

from __future__ import annotations

import re
from collections.abc import Iterable

UNTITLED = "New chat"
_LONGEST = 60


def title_from(text: str, file_names: Iterable[str] = ()) -> str:
    """The first line that says something, or the first file that goes along; cut at a word."""
    for line in (*text[:4000].splitlines(), *file_names):
        plain = " ".join(re.sub(r"^[\s#>*`~\-–=_|]+|[`*_]{2,}", "", line).split())
        if any(character.isalnum() for character in plain):
            return _cut(plain)
    return UNTITLED


def _cut(line: str) -> str:
    if len(line) <= _LONGEST:
        return line
    head = line[: _LONGEST - 1]
    at_word = head.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > _LONGEST // 2 else head).rstrip(" ,;:.–-") + "…"
