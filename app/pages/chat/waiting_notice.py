"""Offers to pause the run of an experiment that a reply has to wait for."""

from __future__ import annotations

from app.context import AppContext
from app.live_runs import PAUSED_NOTICE, HoldsModel
from app.notices import Notice
from models.engine.pool import Waiting

KEY = "chat waits"


class WaitingNotice:
    """Looks at the events of replies: comes once for a wait, goes when it is over."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._is_shown = False

    def take(self, event: object) -> None:
        if not isinstance(event, Waiting):
            self.end()
            return
        run = self._context.live_runs.held_by(event.holder)
        if run is None or self._is_shown:
            return
        self._is_shown = True
        self._context.notices.show(
            Notice(
                f"The reply waits for {run.holder}.",
                "Paused, the run lets the model go and keeps what is finished.",
                key=KEY, action="Pause the run", run=lambda: self._pause(run), stays=True,
            )
        )  # fmt: skip

    def end(self) -> None:
        """The wait is over, or nobody waits any more."""
        if self._is_shown:
            self._is_shown = False
            self._context.notices.withdraw(KEY)

    def _pause(self, run: HoldsModel) -> None:
        run.pause()
        self._context.notices.show(
            Notice(
                f"{run.holder[:1].upper()}{run.holder[1:]} is paused.",
                "It goes on where it stopped.",
                key=PAUSED_NOTICE, action="Resume", run=run.resume, stays=True,
            )
        )  # fmt: skip
