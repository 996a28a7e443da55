"""A run that was unpacked from a hand-in is a copy, and tells whoever opens it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

ORIGIN = "handed-in.json"
MOST_LETTERS = 200  # of a file's name: the folder may have been changed by anybody


def note_origin(folder: Path, archive: str) -> None:
    """`archive` is the name of the zip file. Raises OSError."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    text = json.dumps({"archive": archive, "unpacked_at": now}, ensure_ascii=False, indent=1)
    (folder / ORIGIN).write_text(f"{text}\n", encoding="utf-8")


def origin_of(folder: Path) -> str:
    """A sentence; "" for a run of one's own, and where the note cannot be read."""
    try:
        noted = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
        archive = str(noted["archive"])[:MOST_LETTERS]
        at = datetime.fromisoformat(noted["unpacked_at"]).strftime("%d %b %Y, %H:%M")
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return (
        f"A copy of what was handed in as {archive}, unpacked {at}. Whatever is written or "
        "worked out here changes this copy alone; the zip file stays as it is."
    )
