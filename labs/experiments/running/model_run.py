"""One model's part of a run."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from labs.experiments.design import Trial
from labs.experiments.record.manifest import (
    context_entry,
    entry_of,
    model_entry,
    require_same_weights,
    save,
)
from labs.experiments.record.trials import NotKept, TrialRecord
from labs.experiments.running.asker import Asker
from labs.experiments.running.certificate import CHECK_TRIALS, MOST_REPEATED, Certificate
from labs.experiments.running.events import Phase
from labs.experiments.running.keeping import Keeper
from labs.experiments.running.pause import PauseAsked
from labs.experiments.running.prompts import PromptWriter
from labs.experiments.running.repeatability import Repeatability
from labs.experiments.running.room import GROUP_TRIALS, context_need
from labs.experiments.running.run_task import RunTask
from labs.experiments.running.subject import Subject
from labs.experiments.running.taking_turns import TurnOver
from labs.experiments.running.time_left import Pace
from labs.experiments.scoring.lanes import margin_of
from models.engine.messages import RowMode
from models.errors import EngineDied, UserError

MOST_CRASHES = 5  # without a finished trial between them
MOST_REFUSED = 3  # items in a row of which no trial was answered


@dataclass(frozen=True)
class TrialsDone:
    """Trials of one model that are on disk now. `done` and `total` count over all models of the
    run, and so does `time_left_s`, once there is a speed; `condition` says what it stands on."""

    model: str
    records: tuple[TrialRecord, ...]
    done: int
    total: int
    time_left_s: float | None = None
    condition: str = ""


@dataclass
class ModelRun:
    """Runs the trials of the task's design that are not kept yet."""

    task: RunTask
    subject: Subject
    manifest: dict[str, Any]
    kept: Keeper

    def __post_init__(self) -> None:
        self._design, self._plan = self.task.design, self.task.plan
        self._crashes = 0
        self._check = Repeatability(self.task, self.manifest)
        self._suspects: set[str] = set()  # trials of a request during which the engine died
        self._failed: dict[str, TrialRecord] = {}  # since the last answer, and not kept so far
        self._work_s, self._worked = 0.0, 0
        self._repeated, self._batched = 0, 0

    def work(self) -> Generator[Any, None, None]:
        """Raises Cancelled, or UserError when this model cannot go on."""
        while self._pending():
            try:
                yield from self._with_engine()
            except PauseAsked:
                yield from self.task.pause.wait(self.task.cancel)
            except EngineDied as died:
                self._note_crash(died)
        yield from self._keep_failed()

    @property
    def pace(self) -> Pace:
        """With the repeatability check, where that is still to come."""
        n_left = len(self._design.trials) - self.kept.count(self.subject.id)
        is_checked = "certificate" in (entry_of(self.manifest, self.subject.id) or {})
        return Pace(
            self.subject.id, n_left + (CHECK_TRIALS if n_left and not is_checked else 0),
            self._work_s / self._worked if self._worked else None,
        )  # fmt: skip

    def _pending(self) -> list[Trial]:
        return self._left_of(self._design.trials)

    def _left_of(self, trials: Sequence[Trial]) -> list[Trial]:
        return [
            t for t in trials
            if not self.kept.has(self.subject.id, t.key) and t.key not in self._failed
        ]  # fmt: skip

    def _note_crash(self, died: EngineDied) -> None:
        self._crashes += 1
        self.kept.event("crash", cause=died.kind, message=died.message)
        if self._crashes > MOST_CRASHES:
            raise UserError(
                f"The engine ended {self._crashes} times in a row; the last time: {died.message}",
                "What was finished is kept. Try load settings with less memory, then resume.",
            ) from died

    # ---- with the model ----

    def _with_engine(self) -> Generator[Any, None, None]:
        identity = yield from self.subject.identity(self.task.cancel)
        entry = entry_of(self.manifest, self.subject.id)
        need = context_need(self._design, self._plan.mode, entry)
        lease = yield from self.subject.lease(need, self.task.cancel)
        try:
            engine = lease.engine
            clock = datetime.fromisoformat(self.manifest["template_clock"])
            writer = PromptWriter(
                engine.info, self.task.sandbox, clock, is_simulated=self.subject.is_simulated
            )
            if entry is None:
                entry = model_entry(
                    self.subject, identity, engine.info, engine.context, writer.frame(),
                    writer.template_hash, writer.notes,
                )  # fmt: skip
                self.manifest["models"].append(entry)
            require_same_weights(entry, identity)
            self._note_context(entry, context_entry(engine.context))
            if context_need(self._design, self._plan.mode, entry) != need:
                return  # leased again, as its template needs it
            asker = Asker(
                self.subject.id, engine, writer, self._design, self.task.experiment.scorer,
                self._plan.seed, self.task.clocks.now, self.task.cancel, self.kept.prompt,
            )  # fmt: skip
            certificate = yield from self._check.certificate(entry, asker)
            if context_need(self._design, self._plan.mode, entry) != need:
                return  # leased again, with room for its thoughts
            asker.thinks = certificate.thinks
            yield from self._trials(asker, certificate)
        finally:
            lease.release()

    def _note_context(self, entry: dict[str, Any], context: dict[str, Any]) -> None:
        if entry["context"] != context:
            entry["context"] = context
            save(self.task.folder, self.manifest)

    def _trials(self, asker: Asker, certificate: Certificate) -> Generator[Any, None, None]:
        mode = certificate.mode
        if mode == "batched" and self._repeats_too_much():
            mode = "exact"
        while group := self._next_group():
            yield TurnOver()  # before the first as well: what takes turns is loaded by then
            self.task.cancel.raise_if_cancelled()
            self.task.pause.raise_if_paused()
            yield from self._group(asker, group, mode, certificate)
            if mode == "batched" and self._repeats_too_much():
                self.kept.event("mode", mode="exact", reason="repeats")
                mode = "exact"

    def _repeats_too_much(self) -> bool:
        return self._batched >= GROUP_TRIALS and self._repeated > MOST_REPEATED * self._batched

    def _next_group(self) -> list[Trial]:
        """Whole items of the pending trials; after a crash its trials come one by one."""
        pending = self._pending()
        if pending and pending[0].key in self._suspects:
            return pending[:1]
        group: list[Trial] = []
        for _, of_item in groupby(pending, key=lambda trial: trial.item):
            more = list(of_item)
            if group and (len(group) + len(more) > GROUP_TRIALS or more[0].key in self._suspects):
                break
            group += more
        return group

    def _group(
        self, asker: Asker, group: Sequence[Trial], mode: RowMode, certificate: Certificate
    ) -> Generator[Any, None, None]:
        started = self.task.clocks.steady()
        self._note_clock()  # a sleep before the first answer falls on none
        try:
            yield from self._ask_group(asker, group, mode, certificate)
        except EngineDied as died:
            self._suspect(asker, group, died.message)
            raise
        except NotKept:
            raise
        except UserError as error:
            self._suspect(asker, group, str(error))
            if len({record.item for record in self._failed.values()}) >= MOST_REFUSED:
                yield from self._require_answer(asker, mode)
                yield from self._keep_failed()
        self._work_s += self.task.clocks.steady() - started
        self._worked += len(group)

    def _require_answer(self, asker: Asker, mode: RowMode) -> Generator[Any, None, None]:
        """Raises UserError where even a prompt that was answered before gets no answer now; one
        that was never tried, where there is none."""
        untried = [t for t in self._design.trials if t.key not in self._failed]
        answered = [t for t in untried if self.kept.has(self.subject.id, t.key)]
        probe = (answered or untried or self._design.trials)[-1]
        for _ in asker.ask([probe], mode):
            yield Phase(self.subject.id, "Asking again whether it answers at all")

    def _suspect(self, asker: Asker, group: Sequence[Trial], message: str) -> None:
        """What failed alone has failed; what failed among others is asked again alone."""
        if len(group) == 1:
            self._failed[group[0].key] = asker.failed(group[0], message)
        self._suspects |= {trial.key for trial in self._left_of(group)}

    def _keep_failed(self) -> Generator[TrialsDone, None, None]:
        """Only what an answer follows failed by itself. Where none follows, the model has failed:
        its trials are asked again when it goes on."""
        while self._failed:
            yield self._keep(self._failed.pop(next(iter(self._failed))))

    def _ask_group(
        self, asker: Asker, group: Sequence[Trial], mode: RowMode, certificate: Certificate
    ) -> Generator[Any, None, None]:
        close: list[Trial] = []
        with closing(asker.ask(group, mode)) as rows:
            for trial, row in rows:
                slept_s = self._note_clock()
                if slept_s:
                    self.kept.event("sleep", seconds=round(slept_s, 1))
                if mode == "batched":
                    self._batched += 1
                    if margin_of(row) < certificate.repeat_below_nats:
                        close.append(trial)
                        continue
                self._crashes = 0
                yield from self._keep_failed()
                record = asker.record(trial, row, mode)
                yield self._keep(_without_times(record) if slept_s else record)
                if mode != "batched":  # there the others are half written, and would be lost
                    self.task.pause.raise_if_paused()
        self._repeated += len(close)
        if close:
            for trial, row in asker.ask(close, "cold"):
                yield self._keep(asker.record(trial, row, "cold", cold_repeat=True))
        for change in self.task.machine.changes():
            self.kept.event(change.pop("kind"), **change)

    def _note_clock(self) -> float:
        """Seconds that the machine slept since the last call."""
        step_s = self.task.machine.clock_step_s()
        if step_s < 0:
            self.kept.event("clock", seconds=round(-step_s, 1))
        return max(0.0, step_s)

    def _keep(self, record: TrialRecord) -> TrialsDone:
        """On disk first, then told."""
        self.kept.trial(record)
        total = len(self._design.trials) * len(self._plan.models)
        return TrialsDone(self.subject.id, (record,), self.kept.n_finished, total)


def _without_times(record: TrialRecord) -> TrialRecord:
    """The machine slept meanwhile: how long the trial took is not known."""
    return replace(record, prompt_s=None, generation_s=None)
