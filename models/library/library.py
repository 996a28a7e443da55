"""The list of models: found, added, removed, resolved by name, with what is saved for each."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.engine.messages import LoadSettings
from models.library.entry import ModelEntry
from models.library.roots import Root


@dataclass(frozen=True)
class ScanProgress:
    """`found` are the entries that are new or changed since the last step.

    In phase "files" rows appear, in phase "headers" they are completed.
    """

    phase: Literal["files", "headers"]
    done: int
    total: int
    found: tuple[ModelEntry, ...] = ()


class Library:
    """Every model Assay knows. Safe to call from any thread.

    `index_path` is a cache and may be deleted; what the user decided (added files, load settings,
    measured memory) lies in `records_path`, by default `models.json` beside the index.

        Library(paths.cache / "models-index.json", default_roots(Path.home(), os.environ,
                sys.platform), settings.model_folders, starter=starter_path())
    """

    def __init__(
        self,
        index_path: Path,
        roots: Iterable[Root] = (),
        extra_folders: Iterable[Path] = (),
        *,
        starter: Path | None = None,
        records_path: Path | None = None,
    ) -> None:
        raise NotImplementedError

    def entries(self) -> tuple[ModelEntry, ...]:
        """The list as known now, the starter first; never touches a model file."""
        raise NotImplementedError

    def simulated(self) -> tuple[ModelEntry, ...]:
        """The `sim:` models."""
        raise NotImplementedError

    def scan(self) -> Generator[ScanProgress, None, tuple[ModelEntry, ...]]:
        """Look again everywhere: first rows quickly, then complete headers."""
        raise NotImplementedError

    def resolve(self, name: str) -> ModelEntry:
        """ "starter", a name or id from the list, a path, or "sim:NAME".

        Raises UserError when there is no such model.
        """
        raise NotImplementedError

    def add(self, path: Path) -> tuple[ModelEntry, ...]:
        """Link a file or folder in place. Raises UserError when there is no model in it."""
        raise NotImplementedError

    def remove(self, entry: ModelEntry) -> None:
        """Take it off the list; the file stays where it is."""
        raise NotImplementedError

    def restore(self, entry: ModelEntry) -> None:
        """Undo `remove`."""
        raise NotImplementedError

    def move_to_bin(self, entry: ModelEntry) -> None:
        """Move the files to the bin of the system. Raises UserError when another tool owns them."""
        raise NotImplementedError

    def load_settings(self, entry: ModelEntry) -> LoadSettings:
        raise NotImplementedError

    def save_load_settings(self, entry: ModelEntry, settings: LoadSettings) -> None:
        raise NotImplementedError

    def record_peak(self, entry: ModelEntry, settings: LoadSettings, peak_bytes: int) -> None:
        """Remember the memory that a real load took, beside the forecast."""
        raise NotImplementedError

    def measured_peak(self, entry: ModelEntry, settings: LoadSettings) -> int | None:
        raise NotImplementedError

    def fingerprint(self, entry: ModelEntry) -> str:
        """Quick identity: size, header hash, 64 sampled blocks. Raises UserError."""
        raise NotImplementedError

    def sha256(self, entry: ModelEntry) -> Generator[ScanProgress, None, str]:
        """Full SHA-256, cached by path, size, mtime and inode; yields progress in bytes."""
        raise NotImplementedError

    def known_sha256(self, entry: ModelEntry) -> str:
        """The full SHA-256 if it was computed before and the file is unchanged, else ""."""
        raise NotImplementedError

    def duplicates(self, entry: ModelEntry) -> tuple[ModelEntry, ...]:
        """Other entries with the same content."""
        raise NotImplementedError
