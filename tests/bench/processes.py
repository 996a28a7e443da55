"""The child processes of the benchmark, spoken to in JSON lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


class Talker:
    """A child that is ready when it has said its first line. A context manager."""

    def __init__(self, child: str, *arguments: str, home: Path | None = None) -> None:
        command = [sys.executable, "-m", f"tests.bench.children.{child}", *arguments]
        environment = os.environ | ({"ASSAY_HOME": str(home)} if home else {})
        self._process = subprocess.Popen(
            command, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._line()

    def ask(self, **request: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._line())
        return answer

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args} ended")
        return line

    def __enter__(self) -> Talker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
