"""What is known of single files: from the index while they are unchanged, else read now."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from models.library import identity
from models.library.facts import FileFacts, complete_facts, first_facts
from models.library.index import Index, IndexedFile, stamp


class KnownFiles:
    """The index in memory; `save` writes back what is new. Safe to call from any thread."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lock = threading.RLock()
        self._files: dict[Path, IndexedFile] | None = None
        self._unsaved: set[Path] = set()

    def look(self, path: Path, *, complete: bool = False) -> IndexedFile | None:
        """The file with its facts, at least the first ones; None when it is not there."""
        now = stamp(path)
        if now is None:
            return None
        known = self._known(path)
        if known and known.stamp == now and (known.facts.complete or not complete):
            return known
        facts: FileFacts = complete_facts(path) if complete else first_facts(path)
        same = known is not None and known.stamp == now
        file = replace(known, facts=facts) if known and same else IndexedFile(now, facts)
        self._keep(path, file)
        return file

    def fingerprint(self, path: Path) -> str:
        """Raises UserError when the file cannot be read."""
        file = self.look(path)
        if file is None or not file.fingerprint:
            value = identity.fingerprint((path,))
            if file is not None:
                self._keep(path, replace(file, fingerprint=value))
            return value
        return file.fingerprint

    def note_sha256(self, path: Path, before: IndexedFile, value: str) -> None:
        """Keep a hash, unless the file has changed while it was computed."""
        if stamp(path) == before.stamp:
            self._keep(path, replace(self.look(path) or before, sha256=value))

    def save(self) -> None:
        with self._lock:
            files = self._files or {}
            unsaved = [(path, files[path]) for path in self._unsaved if path in files]
            self._unsaved.clear()
        if unsaved:
            self._index.write(unsaved)

    def _known(self, path: Path) -> IndexedFile | None:
        with self._lock:
            if self._files is None:
                self._files = self._index.read()
            return self._files.get(path)

    def _keep(self, path: Path, file: IndexedFile) -> None:
        with self._lock:
            if self._files is None:
                self._files = self._index.read()
            self._files[path] = file
            self._unsaved.add(path)
