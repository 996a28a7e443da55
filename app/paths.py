"""Where Assay keeps its files; ASSAY_HOME puts all of them into one folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError


@dataclass(frozen=True)
class Paths:
    """The folders of one Assay home; everything inside is named here and nowhere else."""

    data: Path
    cache: Path

    @property
    def settings_file(self) -> Path:
        return self.data / "settings.json"

    @property
    def chats_file(self) -> Path:
        return self.data / "chats.sqlite3"

    @property
    def presets(self) -> Path:
        return self.data / "presets"

    @property
    def runs(self) -> Path:
        """Experiments, a folder each."""
        return self.data / "runs"

    @property
    def comparisons(self) -> Path:
        """What quantizing costs, a JSON file for each comparison."""
        return self.data / "comparisons"

    @property
    def sets(self) -> Path:
        """Scenario sets of one's own, a YAML file each."""
        return self.data / "sets"

    @property
    def benchmarks(self) -> Path:
        """Benchmarks, a JSON file each, and how fast memory was read."""
        return self.data / "benchmarks"

    @property
    def clinic_progress(self) -> Path:
        """Which verdicts were guessed in the statistics clinic."""
        return self.data / "clinic.json"

    @property
    def lab_book(self) -> Path:
        """Answers to the sheets of guided labs, a folder each lab and attempt."""
        return self.data / "lab-book"

    @property
    def model_index(self) -> Path:
        return self.cache / "models.sqlite3"

    @property
    def model_records(self) -> Path:
        """What the user decided about models; the index beside it can be rebuilt."""
        return self.data / "models.json"

    @property
    def converted_models(self) -> Path:
        """Folders that were made of the files of other tools."""
        return self.data / "models"

    @property
    def servers(self) -> Path:
        """Which servers of models the user added; their tokens lie in the keyring."""
        return self.data / "servers.json"

    @property
    def crashes(self) -> Path:
        return self.data / "crashes"

    @property
    def instance_lock(self) -> Path:
        return self.data / "window.lock"

    @property
    def raise_request(self) -> Path:
        return self.data / "raise-window"

    def create(self) -> Paths:
        """Make the folders; raises UserError where that is not allowed."""
        for folder in (self.data, self.cache):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UserError(
                    f"Assay cannot write to its folder {folder}: {error.strerror or error}.",
                    "Make the folder writable, or name another one in the variable ASSAY_HOME.",
                ) from error
        return self


def find_paths(environment: Mapping[str, str] = os.environ) -> Paths:
    """The folders of this user, created on demand."""
    home = environment.get("ASSAY_HOME", "").strip()
    if home:
        root = Path(os.path.expanduser(home)).absolute()
        return Paths(data=root, cache=root / "cache").create()
    import platformdirs  # only where it is asked: it takes longer than a window may wait

    own = platformdirs.PlatformDirs("Assay", appauthor=False)
    return Paths(data=own.user_data_path, cache=own.user_cache_path).create()
