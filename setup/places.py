"""Where the set-up keeps what it makes, all of it below the checkout and outside git."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from app.setup_status import STOP_FILE
from models.starter import SOURCE_NAME, STARTER_NAME


@dataclass(frozen=True)
class Places:
    """The files and folders of one checkout."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamps(self) -> Path:
        return self.venv / "assay-setup.json"

    @property
    def constraints(self) -> Path:
        return self.root / "constraints.txt"

    @property
    def wheels(self) -> Path:
        return self.root / "build" / "wheels"

    @property
    def build_room(self) -> Path:
        """For pip's temporary files while the engine is built."""
        return self.root / "build" / "engine"

    @property
    def starter(self) -> Path:
        return self.root / "build" / "starter" / STARTER_NAME

    @property
    def starter_source(self) -> Path:
        return self.root / "build" / "starter" / "source" / SOURCE_NAME

    @property
    def logs(self) -> Path:
        return self.root / "build" / "setup"

    @property
    def status(self) -> Path:
        return self.logs / "status.jsonl"

    @property
    def stop_request(self) -> Path:
        return self.logs / STOP_FILE

    @property
    def lock(self) -> Path:
        return self.logs / "lock"
