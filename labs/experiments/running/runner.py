"""Runs a plan: all its models, every finished trial on disk at once, resumable anywhere."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import KW_ONLY, asdict, dataclass, field, replace
from typing import Any

from labs.experiments.experiment import Experiment
from labs.experiments.record.conclude import conclude
from labs.experiments.record.machine_kept import keep_stretch
from labs.experiments.record.manifest import save, start_manifest
from labs.experiments.record.plan import Plan, design_of
from labs.experiments.record.run_folder import MANIFEST, RunFolder
from labs.experiments.running.events import MachineWatch, Phase
from labs.experiments.running.keeping import Keeper
from labs.experiments.running.model_order import ChooseOrder, ModelOrder
from labs.experiments.running.model_run import ModelRun, TrialsDone
from labs.experiments.running.pause import Paused, PauseSwitch
from labs.experiments.running.room import context_need
from labs.experiments.running.run_task import Clocks, RunTask
from labs.experiments.running.setting_aside import SettingAside, error_of
from labs.experiments.running.subject import Subject
from labs.experiments.running.taking_turns import in_turns, one_by_one
from labs.experiments.running.time_left import Pace, time_left
from labs.telemetry.gathering import Watch
from models.cancel import CancelToken
from models.engine.sandbox import Sandbox
from models.errors import Cancelled, UserError
from models.hardware.awake import awake

__all__ = ["Clocks", "Phase", "Run", "TrialsDone"]


@dataclass(frozen=True)
class Run:
    """A run that is about to start or to go on; `work()` does it. `watch` sums up what the machine
    does meanwhile; in which `order` several models are asked may change from start to start."""

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
    order: ChooseOrder = lambda _need: ModelOrder()

    def work(self) -> Generator[Any, None, dict[str, Any]]:
        """Yield progress; return what results.json holds.

        Raises Cancelled when stopped, UserError when the run cannot start or go on, and
        ModelsSetAside where some models could not be finished and the others have their results.
        Whatever was finished is kept either way, and the same call goes on from there.
        """
        plan = self.folder.plan()
        self._require_models(plan)
        design = design_of(plan, self.experiment)
        task = RunTask(
            self.experiment, plan, design, self.folder, self.sandbox,
            self.cancel, self.pause, self.clocks,
            MachineWatch(self.clocks.wall, self.clocks.steady),
            self.order(context_need(design, plan.mode)),
        )  # fmt: skip
        with self.folder.writing():
            with awake(f"{plan.title} run") if self.keep_awake else nullcontext(), self._watched():
                failed = yield from self._run_models(task, self._manifest(task))
            if len(failed) == len(self.subjects):
                raise error_of(failed, len(self.subjects))
            yield Phase("", "Working out the results")
            results = conclude(self.folder, self.experiment)
            if failed:
                raise error_of(failed, len(self.subjects))
            return results

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

    def _run_models(
        self, task: RunTask, manifest: dict[str, Any]
    ) -> Generator[Any, None, dict[str, UserError]]:
        """Return why some models could not be finished."""
        with Keeper(self.folder, self.clocks.now) as kept:
            if kept.n_finished:
                kept.event("resume")
            aside = SettingAside(kept)
            told_first = sorted(self.subjects, key=lambda each: not each.is_absent)
            runs = [ModelRun(task, each, manifest, kept) for each in told_first]
            works = [aside.unless_it_fails(each.subject.id, each.work()) for each in runs]
            try:
                share = in_turns if task.order.takes_turns else one_by_one
                yield from self._told(
                    share(works), kept,
                    lambda: [r.pace for r in runs if r.subject.id not in aside.errors],
                )  # fmt: skip
            except Cancelled:
                kept.event("stop")
                raise
            return aside.errors

    def _told(
        self, work: Generator[Any, None, None], kept: Keeper, paces: Callable[[], Sequence[Pace]]
    ) -> Generator[Any, None, None]:
        """A pause is noted once, and the time left is that of all models."""
        was_paused = False
        for event in work:
            if isinstance(event, Paused) and not was_paused:
                kept.event("pause")
            was_paused = isinstance(event, Paused)
            left = time_left(paces()) if isinstance(event, TrialsDone) else None
            if isinstance(event, TrialsDone) and left is not None:
                event = replace(event, time_left_s=left.seconds, condition=left.condition)
            yield event

    def _manifest(self, task: RunTask) -> dict[str, Any]:
        plan = task.plan
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
        if len(self.subjects) > 1:
            at = self.clocks.now().isoformat(timespec="seconds")
            manifest.setdefault("model_order", []).append({"at": at, **asdict(task.order)})
            save(self.folder, manifest)
        return manifest

    def _require_models(self, plan: Plan) -> None:
        asked = tuple(subject.id for subject in self.subjects)
        if asked != plan.models:
            raise UserError(
                f"The run in {self.folder.path} is planned for {', '.join(plan.models)}.",
                "Give the same models in the same order, or choose another folder.",
            )
