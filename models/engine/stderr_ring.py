"""The last lines a child wrote to stderr, and what they say about its end."""

from __future__ import annotations

import signal
from collections import deque
from dataclasses import dataclass
from typing import Literal

from models.errors import EngineDied

RING_LINES = 200

DeathKind = Literal[
    "out_of_memory", "unsupported_file", "backend_fault", "killed", "silent", "other"
]

SIGNS: tuple[tuple[DeathKind, tuple[str, ...]], ...] = (
    ("out_of_memory", ("out of memory", "failed to allocate", "bad_alloc", "cannot allocate",
                       "cudamalloc failed", "unable to allocate")),
    ("unsupported_file", ("unknown model architecture", "invalid magic", "unsupported",
                          "unknown pre-tokenizer")),
    ("backend_fault", ("ggml_assert", "cuda error", "ggml_abort", "illegal instruction",
                       "segmentation fault", "metal error")),
)  # fmt: skip

SENTENCES: dict[str, tuple[str, str]] = {
    "out_of_memory": (
        "The engine ran out of memory.",
        "Choose a smaller context, fewer GPU layers or a smaller file, or close other programs.",
    ),
    "unsupported_file": (
        "The engine does not support this file.",
        "A newer version of Assay may know it.",
    ),
    "backend_fault": (
        "The engine hit a fault in its own code and ended.",
        "Try fewer GPU layers, a smaller context, or the CPU.",
    ),
    "killed": (
        "The engine was ended from outside, most often because memory ran out.",
        "Close other programs, or choose a smaller context or file.",
    ),
    "silent": (
        "The engine stopped answering and was ended.",
        "Send again to start it afresh.",
    ),
    "other": ("The engine ended unexpectedly.", "Send again to start it afresh."),
}


class StderrRing:
    """Filled by a reader thread; deque operations are atomic."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=RING_LINES)

    def add(self, line: str) -> None:
        self._lines.append(line.rstrip("\n"))

    def lines(self) -> tuple[str, ...]:
        return tuple(self._lines)


@dataclass(frozen=True)
class EngineExit:
    """How a child ended: its return code (negative: the signal) and what it had written."""

    code: int | None
    log: tuple[str, ...] = ()
    silent: bool = False

    @property
    def kind(self) -> DeathKind:
        if self.silent:
            return "silent"
        text = "\n".join(self.log).lower()
        for kind, signs in SIGNS:
            if any(sign in text for sign in signs):
                return kind
        if self.code == -9:  # the kernel's out-of-memory killer leaves no words
            return "killed"
        if self.code in (-4, -6, -7, -8, -11):
            return "backend_fault"
        return "other"

    def describe(self) -> str:
        """ "signal SIGABRT" or "code 3"."""
        if self.code is None:
            return "no exit code"
        if self.code < 0:
            try:
                return f"signal {signal.Signals(-self.code).name}"
            except ValueError:
                return f"signal {-self.code}"
        return f"code {self.code}"

    def error(self) -> EngineDied:
        message, hint = SENTENCES[self.kind]
        return EngineDied(self.kind, f"{message} ({self.describe()})", hint, self.log)
