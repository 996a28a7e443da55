"""A real OpenAI-compatible server that someone else wrote: llama-cpp-python's, on loopback."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MODEL = "starter"  # what it calls the model
N_CTX = 1024
START_LIMIT_S = 120.0
_RUNNING = re.compile(r"running on (http://[\d.]+:\d+)")


@contextmanager
def llama_server(model: Path, token: str = "") -> Iterator[str]:
    """The base URL of a server with `model`, as the protocol has it, ending in /v1."""
    options = [
        "--model", model, "--model_alias", MODEL, "--host", "127.0.0.1", "--port", 0,
        "--n_ctx", N_CTX, "--n_threads", 1, "--n_threads_batch", 1, "--verbose", False,
    ]  # fmt: skip
    if token:
        options += ["--api_key", token]
    with TemporaryDirectory() as folder, open(Path(folder, "log"), "w+b") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "llama_cpp.server", *map(str, options)],
            stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip
        try:
            yield f"{_address(process, Path(log.name))}/v1"
        finally:
            process.terminate()
            process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Its log is the only place where it tells the port it was given."""
    deadline = time.monotonic() + START_LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        if found := _RUNNING.search(log.read_text("utf-8", "replace")):
            return found.group(1)
        time.sleep(0.05)
    raise RuntimeError(f"llama-cpp-python's server did not start:\n{log.read_text()}")
