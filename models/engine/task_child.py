"""The main loop of a process with one kind of task, such as quantizing.

The task has the main thread, so a thread reads stdin meanwhile: when the parent is gone, by a crash
or a kill, its end of the pipe closes and the process ends at once, task or not.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from models.engine.wire import Wire


def serve(wire: Wire, answer: Callable[[Any, Callable[[Any], None]], Any]) -> None:
    """Say hello, then `answer(request, told)` one request after another; `told` sends what comes
    before the answer. Does not return."""
    requests: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    wire.hello()
    threading.Thread(target=_read, args=(wire, requests), name="reader", daemon=True).start()
    while True:
        request_id, request = requests.get()
        wire.send(request_id, answer(request, partial(wire.send, request_id)))


def _read(wire: Wire, requests: queue.SimpleQueue[tuple[int, Any]]) -> None:
    for each in wire.requests():
        requests.put(each)
    os._exit(0)
