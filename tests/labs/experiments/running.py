"""Runs of experiments for tests: real workers, real folders, simulated subjects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labs.brittleness.experiment import EXPERIMENT as BRITTLENESS
from labs.experiments.experiment import Experiment, Request, Size
from labs.experiments.record.plan import Order, lock
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.running.runner import Run
from labs.experiments.running.subject import Subject, subject_of
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.errors import EngineDied, UserError
from models.library.library import Library
from models.long_work import result_of

LOCKED_AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def locked_run(
    folder: Path, *models: str, experiment: Experiment = BRITTLENESS, items: int = 8,
    formats: int = 3, seed: int = 1, mode: str = "exact", options: Any = None, prediction: str = "",
) -> RunFolder:  # fmt: skip
    """A new run folder with a locked plan."""
    chosen, size = options or experiment.options(), Size(items, formats)
    request = Request(chosen, size, seed, experiment.scenarios(chosen, size, seed))
    order = Order(request, models, mode, prediction)
    made = RunFolder(folder)
    made.create(lock(experiment, order, experiment.design(request), "Assay test", LOCKED_AT))
    return made


@dataclass(frozen=True)
class Lab:
    """What a run stands on. Workers end with each `finish`."""

    library: Library
    pool: Pool
    sandbox: Sandbox

    def subject(self, name: str) -> Subject:
        entry = self.library.resolve_to_run(name)
        return subject_of(self.library, self.pool, entry, holder="the test run")

    def plan(self, folder: Path, *models: str, **more: Any) -> RunFolder:
        """See `locked_run`."""
        return locked_run(folder, *models, **more)

    def run(self, made: RunFolder, experiment: Experiment = BRITTLENESS, **more: Any) -> Run:
        subjects = tuple(self.subject(name) for name in made.plan().models)
        return Run(experiment, made, more.pop("subjects", subjects), self.sandbox, "Assay test",
                   **more)  # fmt: skip

    def finish(self, made: RunFolder, experiment: Experiment = BRITTLENESS, **more: Any) -> Any:
        """Run to the end; returns what results.json holds."""
        with self.working():
            return result_of(self.run(made, experiment, **more).work())

    @contextmanager
    def working(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.pool.unload_idle(0)


def other_weights(subject: Subject) -> Subject:
    """The same model behind a file whose hash is another."""

    def identity(cancel: Any) -> Any:
        found = yield from subject.identity(cancel)
        return replace(found, sha256="f" * 64)

    return replace(subject, identity=identity)


def failing(
    subject: Subject, n_rows: int, *, dies: bool = True, only_some: bool = False
) -> Subject:
    """A model that answers `n_rows` rows and then fails for good: its engine ends and its file is
    gone, or else it stays and refuses every request, or the prompts that were under way."""
    return replace(subject, lease=_Failing(subject, n_rows, dies, only_some).lease)


class _Failing:
    def __init__(self, subject: Subject, n_rows: int, dies: bool, only_some: bool) -> None:
        self._subject, self._left, self._dies = subject, n_rows, dies
        self._refused: set[str] | None = set() if only_some else None

    def lease(self, need: Any, cancel: Any) -> Any:
        if self._dies and self._left <= 0:
            raise UserError("The file of this model is gone.", "Bring it back.")
        self._held = yield from self._subject.lease(need, cancel)
        return self

    @property
    def engine(self) -> _Failing:
        return self

    def release(self) -> None:
        self._held.release()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._held.engine, name)

    def generate_many(self, request: Any, cancel: Any) -> Any:
        work = self._held.engine.generate_many(request, cancel)
        asked = {str(row.prompt) for row in request.rows}
        try:
            while True:
                self._require_strength(asked)
                row = next(work)
                asked.discard(str(request.rows[row.index].prompt))
                yield row
                self._left -= 1
        except StopIteration as end:
            return end.value
        finally:
            work.close()

    def _require_strength(self, prompts: set[str]) -> None:
        if self._left > 0:
            return
        if self._dies:
            raise EngineDied("killed", "The engine ended.")
        if self._refused is not None and not self._refused:
            self._refused |= prompts
        if self._refused is None or self._refused & prompts:
            raise UserError("The server is not there.")
