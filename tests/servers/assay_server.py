"""`assay serve` in a process and a home of its own, as another program meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

TOKEN = "a-token-of-the-tests"


@contextmanager
def assay_server(model: str) -> Iterator[str]:
    """The base URL of a server with `model`, ending in /v1; its token is TOKEN."""
    with TemporaryDirectory() as home:
        words = [sys.executable, "-m", "app", "serve", "--port", "0", "--model", model, "--quiet"]
        environment = {**os.environ, "ASSAY_HOME": home, "ASSAY_TOKEN": TOKEN}
        process = subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        with process:
            try:
                assert process.stdout is not None
                yield process.stdout.readline().removeprefix("Address:").strip()
            finally:
                process.terminate()
