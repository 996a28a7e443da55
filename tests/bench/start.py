"""From process start to first paint, beside a bare PySide6 window; both with warm files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.line import Bound, Line, interleave, spread

TIMEOUT_S = 60


def measure(work: Path) -> tuple[Line, ...]:
    imported: set[str] = set()
    pages: list[float] = []

    def ours() -> float:
        with tempfile.TemporaryDirectory(dir=work) as home:
            seconds, answer = _start("assay_window", home=home)
        imported.update(answer["imported"])
        pages.append(seconds + answer["page_at"] - answer["painted_at"])
        return seconds

    def bare() -> float:
        return _start("bare_window", "0")[0]

    ours(), bare()  # byte code and files into the cache
    first, second = interleave(ours, bare)
    line = Line(
        "Process start to first paint",
        "s",
        Bound("ratio", "at most", 1.6),
        first,
        second,
        "a bare PySide6 window",
        note=f"the chat page is there after {spread(pages)} s",
        missing=f"imported before first paint: {', '.join(sorted(imported))}" if imported else "",
    )
    return (line,)


def _start(child: str, *arguments: str, home: str = "") -> tuple[float, dict[str, Any]]:
    """Seconds until the child painted, and what it said."""
    command = [sys.executable, "-m", f"tests.bench.children.{child}", *arguments]
    environment = os.environ | ({"ASSAY_HOME": home} if home else {})
    started = time.time()
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, timeout=TIMEOUT_S, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout.splitlines()[0])
    return answer["painted_at"] - started, answer
