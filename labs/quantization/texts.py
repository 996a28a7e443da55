"""The texts a comparison reads: three kinds that ship with Assay, or the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import assets
from models.errors import UserError

KINDS = ("prose", "code", "dialogue")


@dataclass(frozen=True)
class Text:
    kind: str
    content: str


def bundled_texts() -> tuple[Text, ...]:
    """Where each comes from stands in assets/texts/SOURCES.md."""
    return tuple(
        Text(kind, (assets.TEXTS / f"{kind}.txt").read_text(encoding="utf-8")) for kind in KINDS
    )


def size_of(kinds: Sequence[str], path: Path | None = None) -> int:
    """Bytes of these bundled texts, or of one's own; 0 for one that cannot be looked at."""
    paths = [path] if path else [assets.TEXTS / f"{kind}.txt" for kind in kinds]
    try:
        return sum(each.stat().st_size for each in paths)
    except OSError:
        return 0


def text_of(path: Path) -> Text:
    """A file as UTF-8, without a mark at its beginning. Raises UserError where it cannot be read,
    is empty, or is no text."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name} is no UTF-8 text.", "Save it as UTF-8.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not content.strip():
        raise UserError(f"{path.name} is empty.", "Choose a file with a text in it.")
    if "\0" in content:
        raise UserError(f"{path.name} holds zero bytes: it is no text.", "Choose a text file.")
    return Text(path.name, content)
