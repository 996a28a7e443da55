"""A file that is on its way: what is here of it is kept, hashed as it grows, and taken on later."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from models.amounts import size_text
from models.download.messages import RemoteFile
from models.errors import UserError

_READ_BYTES = 1 << 20
_LOOK_AT_DISK_EVERY_BYTES = 16 << 20


class Partial:
    """Opened at the end of what an earlier try left. `told` is called with each new amount."""

    def __init__(
        self, path: Path, file: RemoteFile, keep_free_bytes: int, told: Callable[[int], None]
    ) -> None:
        self._path, self.file = path, file
        self._keep_free_bytes = keep_free_bytes
        self._told = told
        path.parent.mkdir(parents=True, exist_ok=True)
        self._target = path.open("r+b" if path.exists() else "w+b")
        self.size_bytes = 0
        self._unwatched_bytes = 0  # since the last look at the disk
        self._begin()
        self._take_on()

    @property
    def is_whole(self) -> bool:
        return self.size_bytes == self.file.size_bytes

    def write(self, data: bytes) -> None:
        """Raises UserError when the disk is full or more comes than was announced."""
        if self.size_bytes + len(data) > self.file.size_bytes:
            raise self.damaged("it is longer than the hub says")
        self._unwatched_bytes += len(data)
        if self._unwatched_bytes >= _LOOK_AT_DISK_EVERY_BYTES:
            self._unwatched_bytes = 0
            self._look_at_disk()
        try:
            self._target.write(data)
        except OSError as error:
            raise disk_error(error, self._path) from error
        self._count(data)

    def restart(self) -> None:
        """Forget what is here: the server begins anew."""
        self._target.seek(0)
        self._target.truncate()
        self._begin()

    def close(self) -> None:
        """Raises UserError when the last bytes find no room."""
        try:
            self._target.close()
        except OSError as error:
            raise disk_error(error, self._path) from error

    def damaged(self, how: str) -> UserError:
        """Remove it, so that nobody takes it for the model; the error to raise."""
        self._target.close()
        self._path.unlink(missing_ok=True)
        return UserError(
            f"{Path(self.file.path).name} arrived damaged: {how}.",
            "It was removed. Download it again; if that ends alike, something between here and "
            "the hub changes files.",
        )

    def check(self) -> None:
        """Raises UserError, and removes the file, when the content is not what the hub names."""
        if self.file.sha256 and self._sha256.hexdigest() != self.file.sha256:
            raise self.damaged("its SHA-256 is not the one that the hub names")
        if not self.file.sha256 and self._git_sha1.hexdigest() != self.file.blob_id:
            raise self.damaged("its checksum is not the one that the hub names")

    def move_to(self, place: Path) -> None:
        """Checked and closed, it gets the name under which the cache looks for it."""
        os.replace(self._path, place)

    # ---- inside ----------------------------------------------------------------------------

    def _begin(self) -> None:
        self.size_bytes = 0
        self._unwatched_bytes = 0
        self._sha256 = hashlib.sha256()
        # https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
        head = f"blob {self.file.size_bytes}\0".encode()
        self._git_sha1 = hashlib.sha1(head, usedforsecurity=False)

    def _take_on(self) -> None:
        if self._path.stat().st_size > self.file.size_bytes:
            self.restart()
        while data := self._target.read(_READ_BYTES):
            self._count(data)

    def _count(self, data: bytes) -> None:
        (self._sha256 if self.file.sha256 else self._git_sha1).update(data)
        self.size_bytes += len(data)
        self._told(self.size_bytes)

    def _look_at_disk(self) -> None:
        if free_bytes(self._path) < self._keep_free_bytes:
            raise no_room(self._path, self.file.size_bytes - self.size_bytes)


def free_bytes(place: Path) -> int:
    """Free on the disk of a place that need not exist yet."""
    folder = next(each for each in (place, *place.parents) if each.exists())
    return shutil.disk_usage(folder).free


def no_room(place: Path, missing_bytes: int) -> UserError:
    return UserError(
        f"The disk is too full: {size_text(missing_bytes)} are still to come, and "
        f"{size_text(free_bytes(place))} are free.",
        "Free some space and start the download again; what is here is kept.",
    )


def disk_error(error: OSError, place: Path) -> UserError:
    """A sentence for what the disk refuses."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(
            "The disk is full.",
            "Free some space and start the download again; what is here is kept.",
        )
    return UserError(
        f"{place} cannot be written: {error.strerror or error}.",
        "Check that you may write there, or name another folder in the variable HF_HOME.",
    )
