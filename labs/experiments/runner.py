"""Runs a plan: every model in turn, every finished trial on disk at once, resumable anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from labs.experiments.conclude import conclude
from labs.experiments.design import Design
from labs.experiments.events import EventLog, MachineWatch
from labs.experiments.experiment import Experiment
from labs.experiments.manifest import save, start_manifest
from labs.experiments.model_run import ModelRun, Phase, TrialsDone
from labs.experiments.pause import PauseSwitch
from labs.experiments.plan import Plan, design_of
from labs.experiments.run_folder import MANIFEST, PROMPTS, TRIALS, RunFolder
from labs.experiments.subject import Subject
from labs.experiments.trials import LineWriter, NotKept
from models.cancel import CancelToken
from models.engine.sandbox import Sandbox
from models.errors import Cancelled, UserError
from models.hardware.awake import awake

__all__ = ["Clocks", "Phase", "Run", "TrialsDone"]


@dataclass(frozen=True)
class Clocks:
    """`now` is local time with its zone; `wall` and `steady` count seconds."""

    now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Run:
    """A run that is about to start or to go on; `work()` does it."""

    experiment: Experiment
    folder: RunFolder
    subjects: Sequence[Subject]
    sandbox: Sandbox
    made_by: str
    keep_awake: bool = False
    cancel: CancelToken = field(default_factory=CancelToken)
    pause: PauseSwitch = field(default_factory=PauseSwitch)
    clocks: Clocks = field(default_factory=Clocks)

    def work(self) -> Generator[Any, None, dict[str, Any]]:
        """Yield progress; return what results.json holds.

        Raises Cancelled when stopped, UserError when the run cannot start or go on. Whatever was
        finished is kept either way, and the same call goes on from there.
        """
        plan = self.folder.plan()
        self._require_models(plan)
        design = design_of(plan, self.experiment)
        with self.folder.writing():
            manifest = self._manifest(plan)
            with awake(f"{plan.title} run") if self.keep_awake else nullcontext():
                yield from self._run_models(plan, design, manifest)
            yield Phase("", "Working out the results")
            return conclude(self.folder, self.experiment)

    def _run_models(
        self, plan: Plan, design: Design, manifest: dict[str, Any]
    ) -> Generator[Any, None, None]:
        finished = {(record.model, record.key) for record in self.folder.trials()}
        log = EventLog(self.folder, self.clocks.now)
        if finished:
            log.write("resume", len(finished))
        try:
            with (
                LineWriter(self.folder.file(TRIALS)) as trials,
                LineWriter(self.folder.file(PROMPTS)) as prompts,
            ):
                for subject in self.subjects:
                    watch = MachineWatch(self.clocks.wall, self.clocks.steady)
                    yield from ModelRun(
                        self.experiment, plan, design, self.folder, subject, self.sandbox,
                        self.cancel, self.pause, self.clocks.now, self.clocks.steady, watch,
                        manifest, trials, prompts, log, finished,
                    ).work()  # fmt: skip
        except Cancelled:
            log.write("stop", len(finished))
            raise
        except NotKept:
            raise
        except UserError as error:
            log.write("failure", len(finished), message=error.message)
            raise
        finally:
            log.close()

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
