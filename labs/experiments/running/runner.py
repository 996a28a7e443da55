"""Runs a plan: every model in turn, every finished trial on disk at once, resumable anywhere."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from labs.experiments.experiment import Experiment
from labs.experiments.record.conclude import conclude
from labs.experiments.record.machine_kept import keep_stretch
from labs.experiments.record.manifest import save, start_manifest
from labs.experiments.record.plan import Plan, design_of
from labs.experiments.record.run_folder import MANIFEST, RunFolder
from labs.experiments.record.trials import NotKept
from labs.experiments.running.keeping import Keeper
from labs.experiments.running.model_run import ModelRun, Phase, TrialsDone
from labs.experiments.running.pause import PauseSwitch
from labs.experiments.running.run_task import Clocks, RunTask
from labs.experiments.running.subject import Subject
from labs.telemetry.gathering import Watch
from models.cancel import CancelToken
from models.engine.sandbox import Sandbox
from models.errors import Cancelled, UserError
from models.hardware.awake import awake

__all__ = ["Clocks", "Phase", "Run", "TrialsDone"]


@dataclass(frozen=True)
class Run:
    """A run that is about to start or to go on; `work()` does it. `watch` sums up what the machine
    does meanwhile."""

    experiment: Experiment
    folder: RunFolder
    subjects: Sequence[Subject]
    sandbox: Sandbox
    made_by: str
    _: KW_ONLY
    keep_awake: bool = False
    cancel: CancelToken = field(default_factory=CancelToken)
    pause: PauseSwitch = field(default_factory=PauseSwitch)
    clocks: Clocks = field(default_factory=Clocks)
    watch: Watch | None = None

    def work(self) -> Generator[Any, None, dict[str, Any]]:
        """Yield progress; return what results.json holds.

        Raises Cancelled when stopped, UserError when the run cannot start or go on. Whatever was
        finished is kept either way, and the same call goes on from there.
        """
        plan = self.folder.plan()
        self._require_models(plan)
        task = RunTask(
            self.experiment, plan, design_of(plan, self.experiment), self.folder, self.sandbox,
            self.cancel, self.pause, self.clocks,
        )  # fmt: skip
        with self.folder.writing():
            with awake(f"{plan.title} run") if self.keep_awake else nullcontext(), self._watched():
                yield from self._run_models(task, self._manifest(plan))
            yield Phase("", "Working out the results")
            return conclude(self.folder, self.experiment)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Kept however the run ends."""
        if self.watch is None:
            yield
            return
        try:
            with self.watch:
                yield
        finally:
            keep_stretch(self.folder, self.watch.summary())

    def _run_models(self, task: RunTask, manifest: dict[str, Any]) -> Generator[Any, None, None]:
        with Keeper(self.folder, self.clocks.now) as kept:
            if kept.n_finished:
                kept.event("resume")
            try:
                for subject in self.subjects:
                    yield from ModelRun(task, subject, manifest, kept).work()
            except Cancelled:
                kept.event("stop")
                raise
            except NotKept:
                raise
            except UserError as error:
                kept.event("failure", message=error.message)
                raise

    def _manifest(self, plan: Plan) -> dict[str, Any]:
        manifest = self.folder.json(MANIFEST)
        if not manifest:
            started = self.clocks.now().isoformat(timespec="seconds")
            manifest = start_manifest(plan, started, started)
            save(self.folder, manifest)
        if manifest.get("plan_hash") != plan.hash:
            raise UserError(
                f"The manifest in {self.folder.path} belongs to another plan.",
                "Choose another folder.",
            )
        return manifest

    def _require_models(self, plan: Plan) -> None:
        asked = tuple(subject.id for subject in self.subjects)
        if asked != plan.models:
            raise UserError(
                f"The run in {self.folder.path} is planned for {', '.join(plan.models)}.",
                "Give the same models in the same order, or choose another folder.",
            )
