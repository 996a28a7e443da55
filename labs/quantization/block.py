"""The memory that one model writes its log-probabilities into and the others read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from models.drafts import sweep
from models.engine.messages import Block
from models.errors import UserError

_MEMORY_FOLDER = Path("/dev/shm")  # files there never go to a disk
_FLOAT_BYTES = 4
_BEGINS = "assay-window-"


class WindowBlock:
    """A file as large as one window's log-probabilities, named as a draft and removed afterwards;
    what a process that was killed has left goes with the next one. Its room is taken at once: a
    process that writes into a mapped file on a full disk dies. Raises UserError."""

    def __init__(self, rows: int, columns: int, folders: tuple[Path, ...] = ()) -> None:
        places = folders or (_MEMORY_FOLDER, Path(tempfile.gettempdir()))
        size_bytes = rows * columns * _FLOAT_BYTES
        path = next((made for place in places if (made := _make(place, size_bytes))), None)
        if path is None:
            raise UserError(
                f"{size_bytes / 1e6:,.0f} MB of room for the numbers of one window could not be "
                "had.",
                "Free some memory or disk, or choose smaller windows.",
            )
        self._path = path
        self.block = Block(str(path), rows, columns)

    def __enter__(self) -> Block:
        return self.block

    def __exit__(self, *_exc: object) -> None:
        self._path.unlink(missing_ok=True)


def _make(folder: Path, size_bytes: int) -> Path | None:
    """None where there is no such folder or no room in it."""
    if not folder.is_dir():
        return None
    sweep(folder, _BEGINS)
    try:
        handle, name = tempfile.mkstemp(f".{os.getpid()}.partial", f".{_BEGINS}", folder)
    except OSError:
        return None
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(handle, 0, size_bytes)
        else:
            os.truncate(handle, size_bytes)
    except OSError:
        os.unlink(name)
        return None
    finally:
        os.close(handle)
    return Path(name)
