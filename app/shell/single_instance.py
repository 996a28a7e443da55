"""One window a home: a second start raises the first one's window, without a network socket."""

from __future__ import annotations

import time

from PySide6.QtCore import QFileSystemWatcher, QLockFile, QObject, Signal

from app.paths import Paths
from models.errors import UserError

PATIENCE_S, LOOK_S = 6.0, 0.05  # a first window on a cold disk takes some seconds itself


class SingleInstance(QObject):
    """The first of a home holds the lock; later ones ask it to come to the front."""

    raise_requested = Signal()

    def __init__(self, paths: Paths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request = paths.raise_request
        self._lock = QLockFile(str(paths.instance_lock))
        # Age alone says nothing about a window that stays open for weeks; a dead owner does.
        self._lock.setStaleLockTime(0)
        self._watcher: QFileSystemWatcher | None = None

    def claim(self) -> bool:
        """True when this process is the first; it then hears of later ones.

        Raises UserError where the home cannot be locked at all.
        """
        if self._lock.tryLock(0):
            self._request.write_text("", encoding="utf-8")
            self._watcher = QFileSystemWatcher([str(self._request)], self)
            self._watcher.fileChanged.connect(self._on_request)
            return True
        if self._lock.error() == QLockFile.LockError.LockFailedError:
            return False
        raise UserError(
            f"Assay cannot write to its folder {self._request.parent}.",
            "Make the folder writable, or name another one in the variable ASSAY_HOME.",
        )

    def ask_first_to_rise(self, patience_s: float = PATIENCE_S) -> None:
        """Raises UserError when the first cannot be asked, or does not answer by emptying the file.

        Written in place: a replaced file would no longer be watched.
        """
        try:
            self._request.write_text(f"{time.time_ns()}\n", encoding="utf-8")
            deadline_s = time.monotonic() + patience_s
            while time.monotonic() < deadline_s:
                if not self._request.stat().st_size:
                    return
                time.sleep(LOOK_S)
        except OSError as error:
            raise self._unanswered(f" ({error.strerror or error})") from error
        raise self._unanswered()

    def _unanswered(self, why: str = "") -> UserError:
        pid, _machine, program = self._lock.getLockInfo()
        return UserError(
            f"Assay is already open, but its window does not answer{why}.",
            f"Wait a moment and try again, or end the process {pid} ({program}) and start Assay "
            "once more. Your chats are kept.",
        )

    def release(self) -> None:
        if self._watcher is not None:
            self._watcher.removePaths(self._watcher.files())
        self._lock.unlock()

    def _on_request(self, path: str) -> None:
        if self._watcher is not None and path not in self._watcher.files():
            self._watcher.addPath(path)
        if self._request.stat().st_size:  # else our own answer, or a request half written
            self._request.write_text("", encoding="utf-8")
            self.raise_requested.emit()
