"""The way to one worker process: started, asked, stopped, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Literal, NoReturn

from models.cancel import CancelToken
from models.engine.answer_wait import PARTIAL, AnswerWait, Patience
from models.engine.messages import Cancel, Failed
from models.engine.process import Child, Ended
from models.errors import Cancelled, EngineDied, UserError
from models.network import Attempt

WORKER = "models.engine.worker"
STATE = Literal["starting", "loading", "ready", "busy", "stopped", "crashed"]


class EngineError(RuntimeError):
    """A fault of our own inside the worker; carries its traceback to the crash report."""


class WorkerLink:
    """`model` names the worker in the list of connections. States are told to `on_state`."""

    def __init__(
        self,
        model: str,
        on_state: Callable[[STATE, str], None],
        on_attempt: Callable[[Attempt], None],
        clock: Callable[[], float] = time.monotonic,
        patience: Patience | None = None,
    ) -> None:
        self._name = PurePath(model).name or model
        self._on_state = on_state
        self._on_attempt = on_attempt
        self._clock = clock
        self._patience = patience or Patience()
        self._child: Child | None = None
        self._lost: Child | None = None
        self._is_cut = False

    @property
    def is_alive(self) -> bool:
        return self._child is not None and not self._child.has_ended

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> None:
        """A fresh process in place of the one before. Raises UserError, EngineDied."""
        self.close()
        self._on_state("starting", "")
        child = self._child = Child(WORKER, on_attempt=self._tell)
        if self._is_cut:  # while there was no process yet that could be ended
            self.cut_off()
            raise cut_off_error()
        try:
            child.wait_for_hello()
        except EngineDied:
            if child.killed_for == "sealed":
                raise cut_off_error() from None
            raise

    def _tell(self, attempt: Attempt) -> None:
        self._on_attempt(replace(attempt, process=f"Worker of {self._name}"))

    def cut_off(self) -> None:
        """End the worker at once, because Assay was sealed; one that is about to start, too."""
        self._is_cut = True
        if self._child:
            self._child.kill("sealed")
        self.close()

    def close(self) -> None:
        child, self._child = self._child, None
        if child:
            child.close()
            self._on_state("stopped", "")

    def ask(self, message: Any, cancel: CancelToken) -> Generator[Any, None, Any]:
        """Yield events of a request until its result; climb the cancel ladder when asked."""
        child = self._require_child()
        request_id, answers = child.send(message)
        wait = AnswerWait(child, request_id, answers, cancel, self._clock, self._patience)
        try:
            while True:
                event = wait.next()
                if isinstance(event, PARTIAL):
                    yield event
                elif isinstance(event, Ended):
                    self._raise_end(child, is_cancelled=wait.is_cancelled)
                elif isinstance(event, Failed):
                    _raise_failed(event)
                else:
                    return event
        finally:
            if not wait.finished and not child.has_ended:  # the caller lost interest half-way
                child.notify(Cancel(request_id))
            child.forget(request_id)

    def _raise_end(self, child: Child, *, is_cancelled: bool) -> NoReturn:
        """Several requests may wait for one worker: each learns why it ended, one tells of it."""
        if child.killed_for == "stop" or (child.killed_for and is_cancelled):
            self._on_state("stopped", "ended to make Stop true")
            raise Cancelled if is_cancelled else _ended_for_another()
        if child.killed_for == "sealed":
            raise cut_off_error()
        error = child.exit(silent=child.killed_for == "silence").error()
        if self._lost is not child:
            self._lost = child
            self._on_state("crashed", error.message)
        raise error

    def _require_child(self) -> Child:
        if self._is_cut:
            raise cut_off_error()
        if self._child is None:
            raise EngineDied("other", "The engine is not running.", "Send again to start it.")
        if self._child.has_ended:  # while nobody asked it for anything
            self._raise_end(self._child, is_cancelled=False)
        return self._child


def _raise_failed(failed: Failed) -> None:
    if failed.kind == "cancelled":
        raise Cancelled
    if failed.kind == "user":
        raise UserError(failed.message, failed.hint)
    raise EngineError(f"{failed.message}\n{failed.log}")


def cut_off_error() -> UserError:
    return UserError(
        "The connection was cut: Assay has been sealed.",
        "Open the door again, or use a model on this machine.",
    )


def _ended_for_another() -> EngineDied:
    return EngineDied(
        "other", "The engine was ended to stop another task.", "Send again to start it afresh."
    )
