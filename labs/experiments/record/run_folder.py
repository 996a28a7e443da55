"""A run on disk: plain files in one folder, which one process at a time may write."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout

from labs.experiments.record.plan import Plan, plan_text, read_plan
from labs.experiments.record.shape import require_shape
from labs.experiments.record.trials import (
    NotKept,
    TrialRecord,
    moved_away,
    read_lines,
    read_trials,
)
from models.errors import UserError
from models.whole_files import write_whole

PLAN, MANIFEST, RESULTS = "plan.json", "manifest.json", "results.json"
TRIALS, EVENTS, PROMPTS = "trials.jsonl", "events.jsonl", "prompts.jsonl"
ANSWERS, LABELS, LOCK = "answers.md", "labels.json", ".lock"
SCHEMA_VERSION = 1
_ENTRY = {
    "id": str, "sha256?": str, "manifest_sha256?": str, "quantization?": str,
    "added_system_prompt?": str, "certificate?": {"sentence": str},
}  # fmt: skip
_MANIFEST: Mapping[str, Any] = {
    "machine?": {"processor": str, "system": str}, "models?": [_ENTRY],
    "model_order?": [{"sentence": str}],
}  # fmt: skip


class Damaged(UserError):  # noqa: N818 - it says what happened
    """A file of a run cannot be read, and a copy of it or working it out again would help."""


class RunFolder:
    """Reads a run; `writing()` is needed to add to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def file(self, name: str) -> Path:
        return self.path / name

    @property
    def exists(self) -> bool:
        return self.file(PLAN).exists()

    def plan(self) -> Plan:
        """Raises UserError when there is none, or it is damaged, newer or changed."""
        try:
            text = self.file(PLAN).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise UserError(
                f"{self.path} is not the folder of a run: it holds no plan.json.",
                "Name a folder that assay run has made.",
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"The plan in {self.path} cannot be read: {error}.") from error
        return read_plan(text, self.path.name)

    def trials(self) -> tuple[TrialRecord, ...]:
        return read_trials(self.file(TRIALS))

    def events(self) -> tuple[dict[str, Any], ...]:
        return tuple(read_lines(self.file(EVENTS)))

    def prompts(self) -> dict[str, list[dict[str, Any]]]:
        """The parts of each prompt, by its hash. Raises UserError when damaged."""
        try:
            return {line["hash"]: line["parts"] for line in read_lines(self.file(PROMPTS))}
        except (KeyError, TypeError) as error:
            raise Damaged(f"{PROMPTS} in {self.path} is damaged.") from error

    def json(self, name: str) -> dict[str, Any]:
        """A JSON file of the run; {} where there is none yet. Raises Damaged, and UserError where
        it was written by a newer Assay."""
        try:
            data = json.loads(self.file(name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise Damaged(f"{name} in {self.path} is damaged: {error}.") from error
        version = data.get("schema_version", SCHEMA_VERSION) if isinstance(data, dict) else None
        if not isinstance(version, int):
            raise Damaged(f"{name} in {self.path} is damaged: it holds no object of ours.")
        if version > SCHEMA_VERSION:
            raise UserError(
                f"{name} in {self.path} was written by a newer Assay.", "Update Assay to open it."
            )
        return data

    def manifest(self) -> dict[str, Any]:
        """manifest.json; {} where there is none yet. Raises as `json` does."""
        data = self.json(MANIFEST)
        try:
            require_shape(data, _MANIFEST, MANIFEST)
        except ValueError as error:
            raise Damaged(f"{MANIFEST} in {self.path} is damaged: {error}.") from error
        return data

    def answers(self) -> str:
        try:
            return self.file(ANSWERS).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def write(self, name: str, text: str) -> None:
        """Replace a file whole or leave it as it is. Raises NotKept when the disk refuses."""
        try:
            write_whole(self.file(name), text, sync=True)
        except OSError as error:
            if not self.path.is_dir():
                raise moved_away(self.path) from error
            raise NotKept(
                f"{name} cannot be written to {self.path}: {error.strerror or error}.",
                "Make room on the disk, or choose another folder.",
            ) from error

    def write_json(self, name: str, data: Mapping[str, Any]) -> None:
        self.write(name, json.dumps(data, ensure_ascii=False, indent=1) + "\n")

    def require_place(self) -> None:
        """Raises UserError where no folder could be made or written, before any work is done."""
        existing = next(p for p in (self.path, *self.path.absolute().parents) if p.exists())
        if not existing.is_dir() or not os.access(existing, os.W_OK):
            raise UserError(
                f"The folder {self.path} cannot be made: {existing} "
                + ("may not be written to." if existing.is_dir() else "is a file."),
                "Choose another one.",
            )

    def create(self, plan: Plan) -> None:
        """Make the folder and lock the plan in it. An existing run is left alone."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"The folder {self.path} cannot be made: {error.strerror or error}.",
                "Choose another one.",
            ) from error
        if not self.exists:
            self.write(PLAN, plan_text(plan))

    def writing(self) -> WritingLock:
        return WritingLock(self)


class WritingLock:
    """Held by the one process that runs trials into a folder. The system lets go of it when the
    process ends, however it ends."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._lock = FileLock(folder.file(LOCK))

    def __enter__(self) -> WritingLock:
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError(
                f"Another run is writing to {self._folder.path} now.",
                "Wait for it, or choose another folder.",
            ) from error
        except OSError as error:
            raise UserError(
                f"The folder {self._folder.path} cannot be written to: {error.strerror or error}."
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._lock.release()
