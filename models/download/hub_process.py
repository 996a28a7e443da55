"""The process that goes out (child.py), as its parent sees it: requests, answers and failures."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from models.cancel import CancelToken
from models.download import messages
from models.download.messages import Fetched, Locked
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed
from models.engine.process import Child, Ended
from models.errors import Cancelled, EngineDied, UserError
from models.network import Attempt

CHILD = "models.download.child"
KNOWN = {**MESSAGE_TYPES, **message_types(messages)}
LOOK_EVERY_S = 0.1
SILENT_S = 1.0

QUIET = {
    "HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0",
    "HF_HUB_DISABLE_XET": "1",  # native code of its own, which the door does not see
    "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1", "HF_TOKEN": "", "HF_OIDC_RESOURCE": "",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_SYMLINKS_WARNING": "1",
}  # fmt: skip


class LockedError(UserError):
    """The hub wants to know who asks: an access token is missing, or opens nothing."""


class HubProcess(Child):
    """`environment` goes over QUIET."""

    def __init__(
        self, environment: Mapping[str, str], on_attempt: Callable[[Attempt], None]
    ) -> None:
        super().__init__(CHILD, {**QUIET, **environment}, KNOWN, on_attempt)

    def answer(self, request: Any, cancel: CancelToken) -> Any:
        """The first answer to a request. Raises as `answers` does."""
        return next(answer for answer in self.answers(request, cancel) if answer is not None)

    def answers(self, request: Any, cancel: CancelToken) -> Iterator[Any]:
        """Every answer, the last one included, and None after each silent second.

        Raises Cancelled, UserError, LockedError and EngineDied.
        """
        _, arriving = self.send(request)
        silent_s = 0.0
        while True:
            cancel.raise_if_cancelled()
            try:
                answer = arriving.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                silent_s += LOOK_EVERY_S
                if silent_s >= SILENT_S:
                    silent_s = 0.0
                    yield None
                continue
            silent_s = 0.0
            yield self._checked(answer)
            if not isinstance(answer, Fetched):
                return

    def _checked(self, answer: Any) -> Any:
        if isinstance(answer, Ended):
            end = self.exit()
            raise EngineDied(
                end.kind,
                f"The download process ended by itself ({end.describe()}).",
                "Start the download again; what has arrived is kept.",
                end.log,
            )
        if isinstance(answer, Locked):
            raise LockedError(answer.message, answer.hint)
        if isinstance(answer, Failed):
            raise _failure(answer)
        return answer


def _failure(answer: Failed) -> Exception:
    if answer.kind == "user":
        return UserError(answer.message, answer.hint)
    if answer.kind == "cancelled":
        return Cancelled()
    return RuntimeError(f"{answer.message}\n{answer.log}")
