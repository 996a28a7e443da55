"""The native library: start-up, its log, and a stop flag that it reads without Python."""

from __future__ import annotations

import ctypes
import re
import sys
from functools import cache
from typing import Any

from models.errors import UserError

LOG_WARN, LOG_CONT = 3, 5
FUNCTION_PREFIX = re.compile(r"^\w+: ")
DEVICE_LINE = re.compile(r"using device (\S+) \(([^)]*)\)")
BUFFER_LINE = re.compile(r"(\S+)\s+(\S+) buffer size =\s+([\d.]+) MiB")


class NativeLog:
    """Passes warnings on to stderr and remembers what the library says of its buffers."""

    def __init__(self, library: Any) -> None:
        self.buffer_bytes: dict[str, int] = {}  # "CPU compute" → bytes
        self.devices: list[str] = []
        self.flash_attention: bool | None = None
        self.problem = ""  # the first error line since `start`: later ones only repeat it
        self._continues_shown = False
        self._callback = library.llama_log_callback(self._on_line)
        library.llama_log_set(self._callback, ctypes.c_void_p(0))

    def start(self) -> None:
        """Forget what was said before, so that the next error is the one that matters."""
        self.problem = ""

    def _on_line(self, level: int, text: bytes, _data: Any) -> None:
        line = text.decode("utf-8", "replace")
        if match := BUFFER_LINE.search(line):
            name = f"{match[1]} {match[2]}"
            self.buffer_bytes[name] = int(float(match[3]) * 2**20)
        if match := DEVICE_LINE.search(line):
            self.devices.append(f"{match[1]} {match[2]}")
        if "Flash Attention enabled" in line or "Flash Attention disabled" in line:
            self.flash_attention = "enabled" in line
        shown = self._continues_shown if level == LOG_CONT else level >= LOG_WARN
        self._continues_shown = shown
        if level > LOG_WARN and level != LOG_CONT and not self.problem:
            self.problem = FUNCTION_PREFIX.sub("", line.strip())
        if shown:
            sys.stderr.write(line)
            sys.stderr.flush()


class AbortFlag:
    """llama.cpp asks a C function between graph nodes whether to stop. A Python function would
    cost a millisecond a token; `strlen` over a one-character buffer answers the same question:
    "" is 0, anything else is not."""

    def __init__(self, library: Any) -> None:
        self._buffer = ctypes.create_string_buffer(2)
        libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        self.callback = ctypes.cast(libc.strlen, library.ggml_abort_callback)
        self.data = ctypes.cast(self._buffer, ctypes.c_void_p)

    def set(self) -> None:
        self._buffer[0] = b"\x01"

    def clear(self) -> None:
        self._buffer[0] = b"\x00"


@cache
def library() -> Any:
    """The low-level binding, imported at the first load and never in the window's process.

    Raises UserError while it is not installed: the window may be open before it is built.
    """
    try:
        import llama_cpp.llama_cpp as binding
    except ImportError as error:
        raise UserError(
            "The engine that runs GGUF models is not ready yet.",
            "Wait for “Preparing the engine” among the tasks, or run python3 start.py again.",
        ) from error
    binding.llama_backend_init()
    return binding


def build_name() -> str:
    """Package version and the processor features the library was built for."""
    from importlib.metadata import version

    features = library().llama_print_system_info().decode("utf-8", "replace").strip()
    return f"llama-cpp-python {version('llama-cpp-python')} · {features}"
