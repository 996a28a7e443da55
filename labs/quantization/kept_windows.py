"""What a base said of every window, kept on disk while models that do not fit beside it are read.

Log-probabilities are rounded to float16 and, when read back, made to add up to 1 again: only then
is the rounding no divergence of its own in the first order.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.amounts import size_text
from models.engine.messages import Block
from models.errors import UserError

MOST_BYTES = 8 << 30
LEFT_FREE = 0.1  # of the disk's free room stays free
ROWS_AT_ONCE = 8  # a few rows stay in the processor's cache between the passes
Rows = NDArray[Any]


class KeptWindows:
    """A temporary file of `count` windows as large as the block. It has no name, so that it goes
    with the process, however that ends. Raises UserError where it would be larger than MOST_BYTES
    or than the disk has room for."""

    def __init__(self, count: int, rows: int, columns: int, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.gettempdir())
        self._shape = (rows, columns)
        self._window_bytes = 2 * rows * columns
        self.size_bytes = count * self._window_bytes
        with self._trouble("kept in"):
            self._refuse_too_large()
            self._file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - see __exit__

    def __enter__(self) -> KeptWindows:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        with suppress(OSError):  # what a full disk refuses to take is of no use any more
            self._file.close()

    def keep(self, at: int, block: Block) -> None:
        """Take window `at` out of the block. Raises UserError when the disk refuses."""
        with self._trouble("kept in"):
            self._file.seek(at * self._window_bytes)
            self._file.write(_mapped(block, "r").astype(np.float16).tobytes())
            self._file.flush()

    def put(self, at: int, block: Block) -> None:
        """Write window `at` into the block again. Raises UserError when the disk refuses."""
        with self._trouble("read back from"):
            self._file.seek(at * self._window_bytes)
            data = self._file.read(self._window_bytes)
            if len(data) < self._window_bytes:
                raise OSError("a part of it is missing")
            kept = np.frombuffer(data, np.float16).reshape(self._shape)
            _write_back(kept, _mapped(block, "r+"))

    @contextmanager
    def _trouble(self, doing: str) -> Iterator[None]:
        """ "kept in" or "read back from" the folder."""
        try:
            yield
        except (OSError, MemoryError) as error:
            why, scarce = "memory ran out", "memory"
            if isinstance(error, OSError):
                why, scarce = str(error.strerror or error), "disk space"
            raise UserError(
                f"What the base said cannot be {doing} {self.folder}: {why}.",
                f"Free some {scarce}, or choose fewer windows.",
            ) from error

    def _refuse_too_large(self) -> None:
        free = int((1 - LEFT_FREE) * shutil.disk_usage(self.folder).free)
        if self.size_bytes > min(MOST_BYTES, free):
            raise UserError(
                "The models do not fit into memory together, and keeping what the base says of "
                f"all windows takes {size_text(self.size_bytes)} in {self.folder}: at most "
                f"{size_text(MOST_BYTES)} are taken, and {size_text(free)} can be had.",
                "Choose fewer or smaller windows, or free some memory.",
            )


def _write_back(kept: Rows, target: Rows) -> None:
    for start in range(0, len(kept), ROWS_AT_ONCE):
        rows = kept[start : start + ROWS_AT_ONCE].astype(np.float32)
        with np.errstate(invalid="ignore"):  # a row that holds no number stays so
            sums = np.log(np.exp(rows).sum(axis=1, keepdims=True))
            target[start : start + len(rows)] = rows - sums


def _mapped(block: Block, mode: str) -> Rows:
    shape = (block.rows, block.columns)
    return np.memmap(block.path, np.float32, mode, shape=shape)  # type: ignore[call-overload]
