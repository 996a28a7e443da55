"""What the window's process takes when nothing happens: memory of its own, and processor time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.bench.line import Bound, Line, repeat

SETTLE_S = 15.0  # the starter loads by itself meanwhile
WATCH_S = 5.0


def measure(work: Path) -> tuple[Line, ...]:
    """Memory is the unique set: what would be free again if the process ended."""
    with _assay(work) as process:
        busy = repeat(lambda: process.cpu_percent(WATCH_S))
        own = repeat(lambda: process.memory_full_info().uss / 1e6)
    where = "The window's process at rest"
    return (
        Line(f"{where}, memory of its own", "MB", Bound("value", "at most", 150), own),
        Line(f"{where}, share of a core", "%", Bound("value", "at most", 2), busy),
    )


@contextmanager
def _assay(work: Path) -> Iterator[psutil.Process]:
    """Assay's window with a fresh home, left alone until it has settled."""
    with tempfile.TemporaryDirectory(dir=work) as home:
        command = [sys.executable, "-m", "app"]
        environment = os.environ | {"ASSAY_HOME": home}
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as child:
            try:
                time.sleep(SETTLE_S)
                yield psutil.Process(child.pid)
            finally:
                child.terminate()
