"""The models in the files of this machine: where they are looked for, and what was found."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.file_names import is_model_file, is_sidecar
from models.library.found import FoundModel
from models.library.known_files import KnownFiles
from models.library.make_entry import gone
from models.library.roots import Root
from models.library.scan import Scan, Steps

ADDED, FOLDERS = "Added by you", "Your folders"


class LocalModels:
    """Safe to call from any thread. `added` tells the paths that the user added by hand."""

    def __init__(
        self,
        files: KnownFiles,
        roots: Iterable[Root],
        starter: Path | None,
        added: Callable[[], Iterable[str]],
    ) -> None:
        self._files = files
        self._roots = tuple(roots)
        self._folders: tuple[Root, ...] = ()
        self._starter = starter
        self._added = added
        self._lock = threading.RLock()
        self._entries: dict[str, ModelEntry] = {}
        self._found: dict[str, FoundModel] = {}
        self.unreadable: tuple[Path, ...] = ()  # folders that the last scan could not open
        self.was_scanned = False

    def set_folders(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(Root(Path(folder), FOLDERS) for folder in folders)

    def entries(self) -> tuple[ModelEntry, ...]:
        with self._lock:
            return tuple(self._entries.values())

    def scan(self) -> Steps:
        """Look again everywhere: first rows quickly, then complete headers."""
        scan = Scan(self._files)
        try:
            yield from scan.rows(self._all_roots())
            self._take_over(scan)
            yield from scan.headers()
            yield from scan.duplicates()
            self._take_over(scan)
        finally:
            self._files.save()

    def scan_rows(self) -> None:
        scan = Scan(self._files)
        for _ in scan.rows(self._all_roots()):
            pass
        self._take_over(scan)
        self._files.save()

    def look_at(self, path: Path) -> tuple[ModelEntry, ...]:
        """The models at a path, listed or not. Raises UserError when there is none."""
        if not os.path.exists(path):
            raise UserError(f"There is nothing at {path}.", "Check the path.")
        if os.path.isfile(path) and (not is_model_file(path.name) or is_sidecar(path)):
            raise UserError(
                f"{path.name} is not a model file.",
                "Choose a GGUF file (its name ends in .gguf) or a folder that holds models.",
            )
        scan = Scan(self._files)
        for _ in scan.rows((_root_of(path),)):
            pass
        entries = tuple(scan.entries.values())
        if not entries:
            raise UserError(f"There is no model in {path}.", "Choose a folder with GGUF files.")
        if os.path.isfile(path) and entries[0].problem and not entries[0].architecture:
            raise UserError(entries[0].problem)
        with self._lock:
            self._found = {**self._found, **scan.found}
        return entries

    def known(self, entry: ModelEntry) -> ModelEntry:
        """The entry as the last scan found it."""
        with self._lock:
            return self._entries.get(entry.id, entry)

    def refresh(self, entry: ModelEntry) -> ModelEntry:
        """The entry as its files are now, with the whole header read."""
        with self._lock:
            found = self._found.get(entry.id)
        if found is None:
            return entry
        fresh = Scan(self._files).entry(found, complete=True)
        fresh = replace(fresh, fingerprint=fresh.fingerprint or entry.fingerprint)
        with self._lock:
            self._entries[entry.id] = fresh
        return replace(fresh, name=entry.name)

    def take_in(self, new: Iterable[ModelEntry]) -> None:
        """List what `look_at` found."""
        with self._lock:
            self._entries |= {entry.id: self._entries.get(entry.id, entry) for entry in new}

    def drop(self, entry: ModelEntry) -> None:
        with self._lock:
            self._entries.pop(entry.id, None)

    def _all_roots(self) -> tuple[Root, ...]:
        # Not there yet is no loss: the starter may still be on its way while we look.
        starter = self._starter
        own = (Root(starter, "Starter", "file"),) if starter and os.path.exists(starter) else ()
        added = (_root_of(Path(path)) for path in tuple(self._added()))
        return (*own, *self._roots, *self._folders, *added)

    def _take_over(self, scan: Scan) -> None:
        """Keep listing what was there a moment ago and is gone, with a sentence."""
        with self._lock:
            lost = {
                key: replace(entry, problem=gone(entry.path))
                for key, entry in self._entries.items()
                if key not in scan.entries and not os.path.exists(entry.path)
            }
            self._entries = {**scan.entries, **lost}
            self._found = {**self._found, **scan.found}
            self.unreadable = tuple(scan.walk.unreadable)
            self.was_scanned = True


def _root_of(path: Path) -> Root:
    return Root(path, ADDED, "folder" if os.path.isdir(path) else "file")
