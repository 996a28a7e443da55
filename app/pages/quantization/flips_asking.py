"""A run of two models that goes on: begun, paused, stopped, and shown meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.context import AppContext
from app.jobs import Job
from app.live_runs import PAUSED_NOTICE
from app.pages.quantization.flips_progress import FlipsProgress
from app.pages.quantization.flips_run import HeldRun, Locked, Place, Wish, start


class FlipsAsking(QObject):
    """`ended` comes when it is over, and carries whether it failed; `places` is then what there is
    to compare, () where nothing was asked."""

    ended = Signal(bool)
    failed = Signal(object)

    def __init__(self, context: AppContext, progress: FlipsProgress, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._progress = context, progress
        self._held: HeldRun | None = None
        self.job: Job | None = None  # None while nothing is asked
        self.places: tuple[Place, ...] = ()
        progress.stop_asked.connect(self._on_stop)
        progress.pause_asked.connect(self._on_pause)

    def start(self, wish: Wish) -> None:
        """The run goes on when another page is in front."""
        services, sampler = self._context.services, self._context.sampler
        self.places = ()
        self._held = held = HeldRun(wish.experiment)
        self._context.live_runs.add(held)
        names = " and ".join(dict.fromkeys(map(_short, wish.models)))
        title = f"{wish.experiment.title}: {names}"
        self._progress.begin(title)
        self.job = job = self._context.jobs.start(
            lambda token: start(services, wish, token, sampler, held.switch), title
        )
        job.progress.connect(self._on_step)
        job.failed.connect(self.failed)
        job.ended.connect(self._on_ended)

    # ---- inside ------------------------------------------------------------------------------

    def _on_step(self, event: object) -> None:
        if isinstance(event, Locked):
            self.places = event.places
        self._progress.take(event)

    def _on_pause(self) -> None:
        """Pause, or go on; the model is free for others meanwhile."""
        if self._held is not None and self._held.is_paused:
            self._held.resume()
            self._context.notices.withdraw(PAUSED_NOTICE)
        elif self._held is not None:
            self._held.pause()

    def _on_stop(self) -> None:
        if self.job is not None:
            self.job.cancel()
            self._progress.stopping()

    def _on_ended(self) -> None:
        job, self.job = self.job, None
        if self._held is not None:
            self._context.live_runs.remove(self._held)
            self._context.notices.withdraw(PAUSED_NOTICE)
        self.ended.emit(job is not None and job.state == "failed")


def _short(model: str) -> str:
    return model.replace("\\", "/").rpartition("/")[2].removesuffix(".gguf")
