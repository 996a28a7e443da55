"""Ctrl-C on the command line: once asks for a stop, twice ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from models.cancel import CancelToken


@contextmanager
def interrupts() -> Iterator[CancelToken]:
    """A token that the first Ctrl-C cancels; a second one raises KeyboardInterrupt."""
    cancel = CancelToken()

    def stop(*_: object) -> None:
        if cancel.is_cancelled:
            raise KeyboardInterrupt
        cancel.cancel()

    if threading.current_thread() is not threading.main_thread():
        yield cancel
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
