"""The one way to ask running work to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

from models.errors import Cancelled


class CancelToken:
    """Set from any thread; long work looks at it between steps."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._callback: Callable[[], None] | None = None
        self._lock = threading.Lock()

    def cancel(self) -> None:
        self._event.set()
        with self._lock:
            if self._callback:
                self._callback()

    @property
    def is_cancelled(self) -> bool:
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once `cancel` was called."""
        if self._event.is_set():
            raise Cancelled

    def on_set(self, callback: Callable[[], None] | None) -> None:
        """For work that blocks and cannot look: `callback` runs on the thread that cancels, at
        once where that has happened already. None takes it back."""
        with self._lock:
            self._callback = callback
            if callback and self.is_cancelled:
                callback()
