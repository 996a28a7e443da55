"""One look at all places: rows as they are found, then their complete headers and duplicates."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from models.errors import UserError
from models.library.discover import Walk
from models.library.entry import ModelEntry
from models.library.found import FoundModel
from models.library.index import FileStamp
from models.library.known_files import KnownFiles
from models.library.make_entry import gguf_entry, missing_entry, mlx_entry
from models.library.roots import Root

_BATCH = 25


@dataclass(frozen=True)
class ScanProgress:
    """`found` are the entries that are new or changed since the last step.

    In phase "files" rows appear and `total` is not known yet (0); in phase "headers" rows are
    completed, in phase "duplicates" files of one size are compared, in phase "servers" each server
    is asked for its models.
    """

    phase: Literal["files", "headers", "duplicates", "servers"]
    done: int
    total: int
    found: tuple[ModelEntry, ...] = ()


Steps = Generator[ScanProgress, None, None]


@dataclass
class Scan:
    """Collects `entries` by id and `found` by id while its steps run."""

    files: KnownFiles
    walk: Walk = field(default_factory=Walk)
    entries: dict[str, ModelEntry] = field(default_factory=dict)
    found: dict[str, FoundModel] = field(default_factory=dict)
    _stamps: set[FileStamp] = field(default_factory=set)

    def rows(self, roots: Iterable[Root]) -> Steps:
        """The first row of every model, a batch at a time."""
        batch: list[ModelEntry] = []
        for root in roots:
            for found in self.walk.find(root):
                if self._is_listed(found):
                    continue
                entry = self.entry(found)
                if entry.is_starter and not os.path.exists(entry.path):
                    continue  # it is being prepared, and nobody misses it yet
                self.entries[found.id], self.found[found.id] = entry, found
                batch.append(entry)
                if len(batch) == _BATCH:
                    yield ScanProgress("files", len(self.entries), 0, tuple(batch))
                    batch.clear()
        yield ScanProgress("files", len(self.entries), 0, tuple(batch))

    def headers(self) -> Steps:
        """The rest of each header that is not in the index yet."""
        waiting = [entry for entry in self.entries.values() if not entry.complete]
        for done, entry in enumerate(waiting, start=1):
            full = self.entry(self.found[entry.id], complete=True)
            self.entries[entry.id] = full
            yield ScanProgress("headers", done, len(waiting), (full,))

    def duplicates(self) -> Steps:
        """Fingerprints, but only of files that have their size in common with another."""
        groups = defaultdict(list)
        for entry in self.entries.values():
            if entry.files and entry.size_bytes:
                groups[entry.size_bytes].append(entry)
        waiting = [e for group in groups.values() if len(group) > 1 for e in group]
        for done, entry in enumerate(waiting, start=1):
            same = replace(entry, fingerprint=self._fingerprint(entry))
            self.entries[entry.id] = same
            yield ScanProgress("duplicates", done, len(waiting), (same,))

    def entry(self, found: FoundModel, *, complete: bool = False) -> ModelEntry:
        """The row of a model, with its whole header if `complete`."""
        if found.is_mlx:
            return mlx_entry(found)
        files = [self.files.look(path, complete=complete) for path in found.files]
        present = [file for file in files if file is not None]
        if not present or len(present) < len(files):
            return missing_entry(found)
        return gguf_entry(found, present)

    def _is_listed(self, found: FoundModel) -> bool:
        """True for a file that another place or link has brought already."""
        if found.id in self.entries:
            return True
        file = self.files.look(found.files[0]) if found.files else None
        if file is None:
            return False
        if file.stamp in self._stamps:
            return True
        self._stamps.add(file.stamp)
        return False

    def _fingerprint(self, entry: ModelEntry) -> str:
        try:
            return self.files.fingerprint(entry.files)
        except UserError:  # the row says so already, or the next scan will
            return ""
