"""Things that may fail for a reason the user should read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from models.errors import UserError

T = TypeVar("T")


class Attempt:
    """Calls an action; a failure goes to `tell` as a sentence, and the result is None."""

    def __init__(self, tell: Callable[[UserError], None]) -> None:
        self._tell = tell

    def __call__(self, action: Callable[[], T]) -> T | None:
        try:
            return action()
        except UserError as error:
            self._tell(error)
            return None
