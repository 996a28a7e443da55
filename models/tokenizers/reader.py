"""One tokenizer in a process of its own: questions are answered in the order they are asked."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from models.cancel import CancelToken
from models.engine.messages import Failed
from models.engine.process import Child, Ended
from models.errors import Cancelled, EngineDied, UserError
from models.tokenizers.messages import Facts, OpenTokenizer
from models.tokenizers.source import Source, Stamp

LIMIT_S = 60.0
_LOOK_EVERY_S = 0.05
_PATIENCE_S = 2.0  # a question given up may end by itself within this time


class Stopped(Exception):  # noqa: N818 - no error, as Cancelled is none
    """The process was ended on purpose while a question waited: another one can answer it."""


@dataclass
class _Question:
    answers: queue.SimpleQueue[Any]
    asked_s: float = field(default_factory=time.monotonic)
    given_up_s: float | None = None


class Reader:
    """`users` and `last_used_s` are kept by who shares it out. What a process was told to do
    cannot be taken back: a question given up stays in the line, and where it is still worked on
    two seconds later, whoever waits behind it ends the process."""

    def __init__(self, child: Child, source: Source, stamp: Stamp) -> None:
        self.source, self.stamp = source, stamp
        self.users, self.last_used_s = 1, 0.0
        self.facts: Facts
        self._child = child
        self._lock = threading.Lock()
        self._line: dict[int, _Question] = {}

    @property
    def has_ended(self) -> bool:
        return self._child.has_ended

    def open(self, cancel: CancelToken) -> None:
        """Raises what `ask` raises."""
        self._child.wait_for_hello()
        self.facts = self.ask(OpenTokenizer(self.source.kind, self.source.path), cancel)

    def ask(self, request: Any, cancel: CancelToken) -> Any:
        """Raises UserError where it is refused or takes more than a minute, EngineDied where
        native code failed, Cancelled, and Stopped."""
        self._end_what_nobody_wants()
        with self._lock:  # the line stands as the process is asked
            request_id, answers = self._child.send(request)
            question = self._line[request_id] = _Question(answers)
        try:
            answer = self._wait(question, cancel)
        except Cancelled:
            self._give_up(question)
            raise
        except BaseException:
            self._leave(request_id)
            raise
        self._leave(request_id)
        return self._checked(answer)

    def end(self) -> None:
        """Whoever waits for an answer gets `Stopped`."""
        self._child.kill("stop")
        self._child.close()

    # ---- inside ----------------------------------------------------------------------------

    def _wait(self, question: _Question, cancel: CancelToken) -> Any:
        while True:
            try:
                return question.answers.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                pass
            cancel.raise_if_cancelled()
            self._end_what_nobody_wants()
            if time.monotonic() - question.asked_s > LIMIT_S:
                self._child.kill("stop")
                raise UserError(
                    f"{self.source.name} took longer than {LIMIT_S:.0f} s and was stopped.",
                    "Take a shorter text.",
                )

    def _give_up(self, question: _Question) -> None:
        with self._lock:
            question.given_up_s = time.monotonic()
            is_worked_on = next(iter(self._line.values())) is question
            if is_worked_on and question.given_up_s - question.asked_s > _PATIENCE_S:
                self._child.kill("stop")

    def _end_what_nobody_wants(self) -> None:
        """Strike out what was given up and is done by now; what still is not done costs the
        process."""
        with self._lock:
            while self._line:
                request_id, first = next(iter(self._line.items()))
                if first.given_up_s is None:
                    return
                if first.answers.empty():
                    if time.monotonic() - first.given_up_s > _PATIENCE_S:
                        self._child.kill("stop")
                    return
                del self._line[request_id]
                self._child.forget(request_id)

    def _leave(self, request_id: int) -> None:
        with self._lock:
            del self._line[request_id]
        self._child.forget(request_id)

    def _died(self) -> EngineDied:
        left = self._child.exit()
        return EngineDied(
            left.kind,
            f"The process that read {self.source.name} ended in the middle. ({left.describe()})",
            "Try it again. If it ends again, the file may be damaged, or memory is short.",
            left.log,
        )

    def _checked(self, answer: Any) -> Any:
        if isinstance(answer, Ended):
            if self._child.killed_for == "stop":
                raise Stopped
            raise self._died()
        if isinstance(answer, Failed):
            if answer.kind == "user":
                raise UserError(answer.message, answer.hint)
            raise RuntimeError(f"{answer.message}\n{answer.log}")
        return answer
