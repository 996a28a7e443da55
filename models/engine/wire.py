"""A child's end of the pipe: private protocol stdout, one lock, one line a message."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from models.engine.codec import MESSAGE_TYPES, ProtocolError, decode
from models.engine.messages import PROTOCOL_VERSION, Attempted, Hello, encode
from models.network import Door, install_door


class Wire:
    """Owns the real stdout. Native code that prints finds stderr under fd 1."""

    door: Door

    def __init__(
        self, source: BinaryIO, target: BinaryIO, known: Mapping[str, type] = MESSAGE_TYPES
    ) -> None:
        self._known = known
        self._source = source
        self._target = target
        self._lock = threading.Lock()

    @classmethod
    def of_process(cls, known: Mapping[str, type] = MESSAGE_TYPES) -> Wire:
        """Take stdin and stdout for the protocol, and shut the door: what it sees is told to the
        parent. Call before native code loads."""
        # Ctrl-C in a terminal reaches every process of the group; ending is the parent's decision.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        private = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        wire = cls(sys.stdin.buffer, private, known)
        wire.door = install_door(lambda attempt: wire.send(0, Attempted(attempt)))
        return wire

    def hello(self) -> None:
        self.send(0, Hello(PROTOCOL_VERSION, os.getpid()))

    def send(self, request_id: int, message: Any) -> None:
        line = encode(message, request_id)
        with self._lock:
            self._target.write(line)

    def requests(self) -> Iterator[tuple[int, Any]]:
        """Messages until stdin closes; a line that is none is named on stderr and skipped."""
        for line in self._source:
            try:
                yield decode(line, self._known)
            except ProtocolError as error:
                print(error, file=sys.stderr, flush=True)
