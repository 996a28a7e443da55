"""Which steps are done, and with what, so that a second start has nothing to do."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


class Stamps:
    """One JSON object, step to key. It lies in `.venv` and goes with it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def matches(self, step: str, key: str) -> bool:
        return self._read().get(step) == key

    def has(self, step: str) -> bool:
        """It was done once, with whatever key."""
        return step in self._read()

    def record(self, step: str, key: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".partial")
        unfinished.write_text(json.dumps(self._read() | {step: key}, indent=2), encoding="utf-8")
        unfinished.replace(self._path)

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # lost or damaged stamps only mean that the steps run again
        return found if isinstance(found, dict) else {}


def key_of(*parts: str | bytes) -> str:
    """Twelve hexadecimal digits that change when any of the parts does."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(str(len(data)).encode() + b":" + data)
    return digest.hexdigest()[:12]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
