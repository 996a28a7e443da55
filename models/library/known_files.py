"""What is known of single files: from the index while they are unchanged, else read now."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from models.library import identity
from models.library.facts import FileFacts, complete_facts, first_facts
from models.library.identity import HashProgress
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

    def fingerprint(self, files: Sequence[Path]) -> str:
        """Of one file or a shard set. Raises UserError when a file cannot be read."""
        if len(files) != 1:
            return identity.fingerprint(files)
        (path,) = files
        file = self.look(path)
        if file is None or not file.fingerprint:
            value = identity.fingerprint((path,))
            if file is not None:
                self._keep(path, replace(file, fingerprint=value))
            return value
        return file.fingerprint

    def known_sha256(self, files: Sequence[Path]) -> str:
        """The hash if it was computed before and no file has changed, else ""."""
        known = [file.sha256 if (file := self.look(path)) else "" for path in files]
        return identity.combined(known) if known and all(known) else ""

    def sha256(self, files: Sequence[Path]) -> Generator[HashProgress, None, str]:
        """As `identity.sha256`; that of each file is kept if it did not change meanwhile."""
        total = sum(now.size_bytes for path in files if (now := stamp(path)))
        digests, done = [], 0
        for path in files:
            digests.append(self.known_sha256((path,)) or (yield from self._hash(path, done, total)))
            done += now.size_bytes if (now := stamp(path)) else 0
        self.save()
        return identity.combined(digests)

    def _hash(self, path: Path, before: int, total: int) -> Generator[HashProgress, None, str]:
        file = self.look(path)
        steps = identity.sha256((path,))
        while True:
            try:
                yield HashProgress(before + next(steps).done_bytes, total)
            except StopIteration as end:
                value: str = end.value
                break
        if file is not None and stamp(path) == file.stamp:
            self._keep(path, replace(self.look(path) or file, sha256=value))
        return value

    def save(self) -> None:
        """Write back what is new."""
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
