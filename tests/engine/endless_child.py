"""A child that never comes to an end with what it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from models.engine.task_child import serve
from models.engine.wire import Wire


def _endless(request: Any, told: Callable[[Any], None]) -> None:
    told(request)
    threading.Event().wait()


if __name__ == "__main__":
    serve(Wire.of_process(), _endless)
