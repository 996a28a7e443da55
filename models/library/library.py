"""The list of models: found, added, removed, resolved by name, with what is saved for each."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from send2trash import send2trash

from models.engine.messages import LoadSettings
from models.engine.sim_subjects import SUBJECTS
from models.errors import UserError
from models.library import named
from models.library.entry import ModelEntry
from models.library.found import id_of
from models.library.identity import HashProgress
from models.library.index import Index
from models.library.known_files import KnownFiles
from models.library.local_models import LocalModels
from models.library.make_entry import simulated_entry, with_unique_names
from models.library.records import Records
from models.library.roots import Root
from models.library.scan import ScanProgress
from models.remote.servers import Servers

_OWNERS = {
    "Ollama": "Remove it with “ollama rm” and its name.",
    "Hugging Face": "Remove it with “hf cache rm”, which keeps that store in order.",
    "Starter": "Assay prepares it again at the next start; remove it from the list instead.",
}


class Library:
    """Every model Assay knows. Safe to call from any thread.

    `index_path` is a cache and may be deleted; what the user decided (added files, load settings,
    measured memory) lies in `records_path`, by default `models.json` beside the index. `trash`
    moves one file to the bin of the system; `servers` add the models that they run.

        Library(paths.model_index, default_roots(Path.home(), os.environ, sys.platform),
                starter=starter_path(), records_path=paths.data / "models.json")
    """

    def __init__(
        self,
        index_path: Path,
        roots: Iterable[Root] = (),
        extra_folders: Iterable[Path] = (),
        *,
        starter: Path | None = None,
        records_path: Path | None = None,
        trash: Callable[[Path], None] = send2trash,
        servers: Servers | None = None,
    ) -> None:
        self._files = KnownFiles(Index(index_path))
        self._records = Records(records_path or index_path.with_name("models.json"))
        self._local = LocalModels(self._files, roots, starter, lambda: self._records.added)
        self.set_folders(extra_folders)
        self._trash = trash
        self._servers = servers
        self._lock = threading.RLock()  # of what the user decided

    def set_folders(self, extra_folders: Iterable[Path]) -> None:
        """Search these folders of the user from the next scan on."""
        self._local.set_folders(extra_folders)

    # ---- the list --------------------------------------------------------------------------

    def entries(self) -> tuple[ModelEntry, ...]:
        """The list as known now, the starter first; never touches a model file."""
        served = self._servers.entries() if self._servers else ()
        with self._lock:
            listed = (*self._local.entries(), *served)
            shown = [e for e in listed if e.id not in self._records.hidden]
        shown.sort(key=lambda e: (not e.is_starter, e.name.casefold(), str(e.path)))
        return with_unique_names(shown)

    def simulated(self) -> tuple[ModelEntry, ...]:
        """The `sim:` models."""
        return tuple(simulated_entry(f"sim:{name}") for name in SUBJECTS)

    def unreadable_folders(self) -> tuple[Path, ...]:
        """Folders that the last scan could not open."""
        return self._local.unreadable

    def scan(self) -> Generator[ScanProgress, None, tuple[ModelEntry, ...]]:
        """Look again everywhere: first rows quickly, then complete headers."""
        with self._lock:
            self._records.refresh()
        yield from self._local.scan()
        yield from self._look_at_servers()
        return self.entries()

    def _look_at_servers(self) -> Generator[ScanProgress, None, None]:
        servers = self._servers.servers() if self._servers else ()
        for done, server in enumerate(servers, start=1):
            assert self._servers is not None
            found = self._servers.look_at(server).entries
            yield ScanProgress("servers", done, len(servers), found)

    def resolve(self, name: str, *, listed: bool = False) -> ModelEntry:
        """ "starter", a name or id from the list, a path, "sim:NAME", "ollama:NAME" or
        "endpoint:NAME/MODEL". With `listed` no other path is looked at: the name may come from
        another program.

        Looks for models first where that has not happened yet. Raises UserError when there is
        no such model, or its file is gone.
        """
        if name.startswith("sim:"):
            return named.simulated(name)
        if self._servers and name.startswith(("ollama:", "endpoint:")):
            return self._servers.resolve(name)
        if not self._local.was_scanned:
            self._local.scan_rows()
        if name == "starter":
            return self._starter()
        if entry := named.in_list(name, self.entries()):
            return named.present(entry)
        if listed:
            advice = "“assay models list” shows what there is."
            raise named.unknown(name, self.entries(), advice)
        path = Path(os.path.expanduser(name))
        if not name.strip() or not os.path.exists(path):
            raise named.unknown(name, self.entries())
        return named.the_one(self._local.look_at(path), path)

    def resolve_to_run(self, name: str, *, listed: bool = False) -> ModelEntry:
        """As `resolve`, for a model that is about to be loaded: its header is read completely,
        and what cannot run is refused with its problem as the UserError."""
        entry = self.refresh(self.resolve(name, listed=listed))
        if not entry.can_run:
            raise UserError(entry.problem, "Choose another model.")
        return entry

    def find(self, model: str) -> ModelEntry | None:
        """The listed entry of what `Pool.lease` takes; never looks at the disk."""
        if model.startswith("sim:"):
            return next((entry for entry in self.simulated() if entry.name == model), None)
        return next((entry for entry in self.entries() if entry.model == model), None)

    def refresh(self, entry: ModelEntry) -> ModelEntry:
        """The entry as its files are now, with the whole header read."""
        if entry.is_served and self._servers:
            return self._servers.find(entry.model) or entry
        return self._local.refresh(entry)

    # ---- adding and removing ---------------------------------------------------------------

    def add(self, path: Path) -> tuple[ModelEntry, ...]:
        """Link a file or folder in place. Raises UserError when there is no model in it."""
        path = Path(os.path.expanduser(path)).absolute()
        new = self._local.look_at(path)
        with self._lock:
            self._records.unhide(entry.id for entry in new)
            listed = {entry.path for entry in self._local.entries()}
            if any(entry.path not in listed for entry in new):
                self._records.add_path(path)
            self._local.take_in(new)
        ids = {entry.id for entry in new}
        return tuple(entry for entry in self.entries() if entry.id in ids)

    def remove(self, entry: ModelEntry) -> None:
        """Take it off the list; the file stays where it is."""
        with self._lock:
            self._records.hide((entry.id,))

    def restore(self, entry: ModelEntry) -> None:
        """Undo `remove`."""
        with self._lock:
            self._records.unhide((entry.id,))

    def welcome(self, path: Path) -> None:
        """List a model that has just come to `path`, also where one there was taken off before.
        Raises UserError when that cannot be written."""
        with self._lock:
            if id_of(path) in self._records.hidden:
                self._records.unhide((id_of(path),))

    def move_to_bin(self, entry: ModelEntry) -> None:
        """Move the files to the bin of the system. Raises UserError when another tool owns them."""
        if entry.source in _OWNERS:
            raise UserError(f"{entry.name} belongs to {entry.source}.", _OWNERS[entry.source])
        try:
            for path in entry.files if entry.format == "gguf" else (entry.path,):
                self._trash(path)
        except OSError as error:
            raise UserError(
                f"{entry.name} could not be moved to the bin: {error.strerror or error}.",
                "Close programs that use the file, or delete it in your file manager.",
            ) from error
        self._local.drop(entry)
        with self._lock:
            self._records.drop_path(entry.path)

    # ---- what is saved for a model ---------------------------------------------------------

    def load_settings(self, entry: ModelEntry) -> LoadSettings:
        """The settings saved for a model; the defaults where there are none."""
        return self._records.load_settings(entry.id)

    def save_load_settings(self, entry: ModelEntry, settings: LoadSettings) -> None:
        """Raises UserError when they cannot be written."""
        with self._lock:
            self._records.set_load_settings(entry.id, settings)

    def record_peak(self, entry: ModelEntry, settings: LoadSettings, peak_bytes: int) -> None:
        """Remember the memory that a real load took, beside the forecast."""
        with self._lock:
            self._records.set_peak_bytes(entry.id, settings, peak_bytes)

    def measured_peak(self, entry: ModelEntry, settings: LoadSettings) -> int | None:
        """Bytes that a load with these settings took; None before the first."""
        return self._records.peak_bytes(entry.id, settings)

    def measured_peaks(self, entry: ModelEntry) -> dict[LoadSettings, int]:
        """Bytes of every load that is remembered, by settings."""
        return self._records.peaks(entry.id)

    # ---- identity --------------------------------------------------------------------------

    def fingerprint(self, entry: ModelEntry) -> str:
        """Quick identity: size, header hash, 64 sampled blocks. Raises UserError."""
        return self._files.fingerprint(_weight_files(entry))

    def sha256(self, entry: ModelEntry) -> Generator[HashProgress, None, str]:
        """Full SHA-256, cached by path, size, mtime and inode; yields progress in bytes.

        Raises UserError when a file cannot be read.
        """
        return (yield from self._files.sha256(_weight_files(entry)))

    def known_sha256(self, entry: ModelEntry) -> str:
        """The full SHA-256 if it was computed before and the file is unchanged, else ""."""
        return self._files.known_sha256(entry.files)

    def duplicates(self, entry: ModelEntry) -> tuple[ModelEntry, ...]:
        """Other entries with the same content, as far as the last scan and the hashes tell."""
        mine = self._local.known(entry)
        return tuple(e for e in self.entries() if e.id != entry.id and _is_same(mine, e))

    # ---- inside ----------------------------------------------------------------------------

    def _starter(self) -> ModelEntry:
        for _ in range(2):  # it may have been prepared since the last look
            for entry in self.entries():
                if entry.is_starter:
                    return named.present(entry)
            self._local.scan_rows()
        raise UserError(
            "The starter model is not prepared.", "Run python3 start.py once, or name another."
        )


def _weight_files(entry: ModelEntry) -> tuple[Path, ...]:
    if not entry.files:
        raise UserError(f"{entry.name} has no weight file to identify.")
    return entry.files


def _is_same(a: ModelEntry, b: ModelEntry) -> bool:
    if a.size_bytes != b.size_bytes or not a.size_bytes:
        return False
    if a.sha256 and b.sha256:
        return a.sha256 == b.sha256
    return bool(a.fingerprint) and a.fingerprint == b.fingerprint
