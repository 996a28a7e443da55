"""The other side of `task_child`: one request to a process of its own, which ends with it."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Mapping
from typing import Any

from models.cancel import CancelToken
from models.engine.messages import Failed
from models.engine.process import Child, Ended
from models.errors import UserError

LOOK_EVERY_S = 0.05


def ask(
    module: str, request: Any, known: Mapping[str, type], cancel: CancelToken, last: type
) -> Iterator[Any]:
    """Everything that `python -m MODULE` tells, up to a message of type `last`; the process is
    killed afterwards, also when the caller turns away.

    Raises UserError where it refuses, EngineDied where native code failed, Cancelled.
    """
    child = Child(module, known=known)
    try:
        child.wait_for_hello()
        _, answers = child.send(request)
        while True:
            cancel.raise_if_cancelled()
            try:
                answer = answers.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            yield _checked(child, answer)
            if isinstance(answer, last):
                return
    finally:
        child.kill("stop")
        child.close()


def _checked(child: Child, answer: Any) -> Any:
    if isinstance(answer, Ended):
        raise child.exit().error()
    if isinstance(answer, Failed):
        if answer.kind == "user":
            raise UserError(answer.message, answer.hint)
        raise RuntimeError(f"{answer.message}\n{answer.log}")
    return answer
