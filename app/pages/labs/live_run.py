"""A run that goes on, whatever page is in front: its job, its switch, what came so far."""

from __future__ import annotations

from collections import Counter, deque
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.context import AppContext
from app.live_runs import PAUSED_NOTICE
from app.pages.labs.run_work import Kept, Prepared, run
from app.pages.labs.sizing_work import holder_of
from labs.experiments.record.trials import TrialRecord
from labs.experiments.running.pause import Paused, PauseSwitch
from labs.experiments.running.runner import Phase, TrialsDone
from labs.experiments.running.setting_aside import SetAside
from labs.experiments.scoring.answers import NO_ANSWER
from models.engine.messages import Progress
from models.engine.pool import Waiting
from models.errors import UserError
from models.library.identity import HashProgress

REFRESH_MS = 100
LAST_SHOWN = 8


class LiveRun(QObject):
    """`changed` comes at most ten times a second; `finished` carries the path, `failed` a
    UserError; `ended` comes in every case, and everything that was finished is on disk then."""

    changed = Signal()
    finished = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, context: AppContext, prepared: Prepared, parent: QObject) -> None:
        super().__init__(parent)
        self.prepared = prepared
        self.holder = holder_of(prepared.experiment)
        self.words = "Getting ready"
        self.done = self.total = 0
        self.time_left_s: float | None = None  # of all models
        self.condition = ""  # what that stands on
        self.set_aside: list[str] = []  # a sentence for each model that could not go on
        self.mix: Counter[str] = Counter()
        self.last: deque[TrialRecord] = deque(maxlen=LAST_SHOWN)
        self._switch = PauseSwitch()
        self._rests = False
        self._context = context
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._timer.timeout.connect(self.changed)
        services, sampler = context.services, context.sampler
        self.job = context.jobs.start(
            lambda cancel: run(services, prepared, self._switch, cancel, sampler),
            f"{prepared.plan.title}: {', '.join(prepared.plan.models)}",
            summary=_summary,
        )
        self.job.progress.connect(self._take)
        self.job.finished.connect(self._on_finished)
        self.job.failed.connect(self._on_failed)
        self.job.ended.connect(self._on_ended)
        context.live_runs.add(self)

    @property
    def path(self) -> Path:
        return self.prepared.path

    @property
    def lane(self) -> str:
        """The lane of the primary outcome."""
        return str(self.prepared.plan.design["primary"]["lane"])

    @property
    def is_running(self) -> bool:
        return self.job.is_running

    @property
    def is_paused(self) -> bool:
        return self._switch.is_paused

    @property
    def rests(self) -> bool:
        """Paused, and the model is free; a pause is asked for a moment earlier."""
        return self._rests

    def pause(self) -> None:
        self._switch.pause()
        self.changed.emit()

    def resume(self) -> None:
        self._switch.resume()
        self._rests = False
        self._context.notices.withdraw(PAUSED_NOTICE)
        self.changed.emit()

    def stop(self) -> None:
        """What is finished is kept; My runs goes on from there."""
        self.job.cancel()
        self.changed.emit()

    # ---- inside ----------------------------------------------------------------------------

    def _take(self, event: object) -> None:
        was_resting, self._rests = self._rests, isinstance(event, Paused)
        if isinstance(event, TrialsDone):
            self._add(event.records)
            self.words, self.time_left_s = f"Asking {event.model}", event.time_left_s
            self.condition = event.condition
        elif isinstance(event, SetAside):
            self.set_aside.append(event.sentence)
        elif isinstance(event, Kept):
            self.total = event.total
            self._add(event.records)
        else:
            self.words = self._words(event) or self.words
        if was_resting != self._rests:
            self.changed.emit()
        elif not self._timer.isActive():
            self._timer.start()

    def _words(self, event: object) -> str:
        """With the name of the model where several share the time."""
        if isinstance(event, Phase) and event.model and len(self.prepared.plan.models) > 1:
            return f"{event.model}: {event.message}"
        return _words(event)

    def _add(self, records: tuple[TrialRecord, ...]) -> None:
        for record in records:
            self.mix[answer_kind(record, self.lane)] += 1
            self.last.appendleft(record)
        self.done += len(records)

    def _on_finished(self, _results: dict[str, Any]) -> None:
        self.finished.emit(self.path)

    def _on_failed(self, error: UserError) -> None:
        self.failed.emit(error)

    def _on_ended(self) -> None:
        self._timer.stop()
        self._context.live_runs.remove(self)
        self._context.notices.withdraw(PAUSED_NOTICE)
        self.changed.emit()
        self.ended.emit()


def answer_kind(record: TrialRecord, lane: str) -> str:
    """ "right", "wrong" or "unclear"."""
    outcome = record.outcome(lane)
    if outcome is None or outcome in NO_ANSWER:
        return "unclear"
    return "right" if outcome == record.truth else "wrong"


def _words(event: object) -> str:
    if isinstance(event, Phase):
        return event.message
    if isinstance(event, Waiting):
        return event.detail
    if isinstance(event, Paused):
        return "Paused, the model is free for others"
    if isinstance(event, HashProgress):
        return f"Reading the file of the model: {100 * event.done_bytes // event.total_bytes} %"
    if isinstance(event, Progress):
        return "Loading the model"
    return ""


def _summary(results: dict[str, Any]) -> str:
    models = results.get("models", ())
    return str(models[0]["finding"]["sentence"]) if models else "No item was finished."
