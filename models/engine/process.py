"""A child process that speaks JSON lines: started, listened to and ended in one place."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from models.engine.codec import MESSAGE_TYPES, ProtocolError, decode
from models.engine.messages import PROTOCOL_VERSION, Attempted, Hello, encode
from models.engine.stderr_ring import EngineExit, StderrRing
from models.errors import UserError
from models.network import Attempt

ROOT = Path(__file__).resolve().parents[2]
HELLO_TIMEOUT_S = 30.0
EXIT_TIMEOUT_S = 5.0
TOKENS = (
    "ASSAY_TOKEN", "ASSAY_ENDPOINT_TOKEN", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "OLLAMA_API_KEY",
)  # fmt: skip
READ_AT_IMPORT = "OLLAMA_HOST"  # nonsense in it ends the import of the client
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


KillReason = Literal["", "stop", "silence", "sealed"]


class Ended:
    """Put into every waiting queue when the child's stdout closes."""


class Child:
    """`python -P -m MODULE` in Assay's own folder: without -P, or with a PYTHONPATH, a `models/`
    in the user's current folder would run instead. `known` are the messages it may send.
    What its door saw comes to `on_attempt`, on a thread of its own."""

    def __init__(
        self,
        module: str,
        environment: Mapping[str, str] | None = None,
        known: Mapping[str, type] = MESSAGE_TYPES,
        on_attempt: Callable[[Attempt], None] = lambda attempt: None,
    ) -> None:
        self._known = known
        self._on_attempt = on_attempt
        self._lock = threading.Lock()
        self._next_id = 1
        self._waiting: dict[int, queue.SimpleQueue[Any]] = {}
        self._ring = StderrRing()
        self._ended = threading.Event()
        self.killed_for: KillReason = ""
        self._hello: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._waiting[0] = self._hello
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=ROOT, env=_environment(environment), creationflags=_no_console(),
        )  # fmt: skip
        self._threads = [
            threading.Thread(target=self._read_stdout, name=f"{module} stdout", daemon=True),
            threading.Thread(target=self._read_stderr, name=f"{module} stderr", daemon=True),
            threading.Thread(target=self._write_stdin, name=f"{module} stdin", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._ended.is_set()

    def wait_for_hello(self, timeout_s: float = HELLO_TIMEOUT_S) -> None:
        """Raises EngineDied when the child ends or stays silent, UserError on another protocol."""
        try:
            message = self._hello.get(timeout=timeout_s)
        except queue.Empty:
            self.kill()
            raise self.exit(silent=True).error() from None
        if not isinstance(message, Hello):
            raise self.exit().error()
        if message.protocol != PROTOCOL_VERSION:
            self.kill()
            raise UserError(
                f"The engine speaks protocol {message.protocol}, this window {PROTOCOL_VERSION}.",
                "Set Assay up again, so that both come from one version.",
            )

    def send(self, message: Any) -> tuple[int, queue.SimpleQueue[Any]]:
        """Send a request; its answers arrive in the queue, `Ended` last of all if it dies."""
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        with self._lock:
            request_id = self._next_id
            self._next_id += 1
            self._waiting[request_id] = answers
            if self._ended.is_set():
                answers.put(Ended())
        self._outbox.put(encode(message, request_id))
        return request_id, answers

    def notify(self, message: Any) -> None:
        """Send without waiting for an answer; a child that is gone is no error here."""
        self._outbox.put(encode(message, 0))

    def forget(self, request_id: int) -> None:
        with self._lock:
            self._waiting.pop(request_id, None)

    def exit(self, silent: bool = False) -> EngineExit:
        """How it ended; waits a moment for the code and the last words."""
        try:
            code: int | None = self._process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            code = None
        self._threads[1].join(EXIT_TIMEOUT_S)
        return EngineExit(code, self._ring.lines(), silent)

    def kill(self, reason: KillReason = "") -> None:
        """End it at once; the first reason is kept for everyone who waits for an answer."""
        self.killed_for = self.killed_for or reason
        self._process.kill()

    def close(self) -> None:
        """Closing stdin means stop; what does not stop is killed. Joins the threads."""
        self._outbox.put(None)
        try:
            self._process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(EXIT_TIMEOUT_S)

    # ---- threads ----

    def _read_stdout(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._deliver(line)
        with self._lock:
            self._ended.set()
            for answers in self._waiting.values():
                answers.put(Ended())

    def _deliver(self, line: bytes) -> None:
        try:
            request_id, message = decode(line, self._known)
        except ProtocolError as error:
            self._ring.add(str(error))
            return
        if isinstance(message, Attempted):
            self._on_attempt(message.attempt)
        elif answers := self._waiting.get(request_id):
            answers.put(message)

    def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self._ring.add(line.decode("utf-8", "replace"))

    def _write_stdin(self) -> None:
        """A child that does not read holds up this thread alone: waiting and Stop go on."""
        assert self._process.stdin is not None
        try:
            with self._process.stdin as stdin:
                while (line := self._outbox.get()) is not None:
                    stdin.write(line)
                    stdin.flush()
        except OSError:  # the child is gone; its end is told by the reader
            return


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    """Without the user's tokens and addresses: the child that needs one is told in a message."""
    dropped = ("PYTHON", READ_AT_IMPORT, *TOKENS)
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(dropped)}
    return {**kept, **OFFLINE, "PYTHONUNBUFFERED": "1", **(extra or {})}


def _no_console() -> int:
    return getattr(subprocess, "CREATE_NO_WINDOW", 0)
