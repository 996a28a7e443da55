"""The SQLite file under the chats: opened, brought up to date, and spoken for when it fails.

One connection writes and one reads, each behind a lock: with the write-ahead log the window
reads while a job saves.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from labs.chat.migrations import MIGRATIONS, Migration, migrate, schema_version
from models.errors import UserError


class ChatsLockedError(UserError):
    """Another program holds the file."""


class ChatsDamagedError(UserError):
    """The file is not readable as chats; `set_aside` moves it away when the user agrees."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The chat file is damaged: {path}",
            "Set it aside to start with an empty one. The damaged file is kept beside it.",
        )
        self.path = path


class ChatsTooNewError(UserError):
    """A newer Assay wrote the file."""


class DiskFullError(UserError):
    """Nothing more can be saved; what is in memory is still there."""


class Database:
    """`path` None keeps everything in memory. `max_pages` limits the file, 0 does not."""

    def __init__(
        self,
        path: Path | None,
        *,
        migrations: Sequence[Migration] = MIGRATIONS,
        busy_timeout_s: float = 1.0,
        max_pages: int = 0,
    ) -> None:
        self._path = path or Path(":memory:")
        self._busy_timeout_s = busy_timeout_s
        with _in_sentences(self._path):
            if path is not None:
                _bring_up_to_date(path, migrations, busy_timeout_s)
            self._writer = _connect(self._path, busy_timeout_s)
            try:
                self._prepare_writer(migrations, max_pages)
            except BaseException:
                self._writer.close()
                raise
            self._write_lock = threading.RLock()
            self._reader, self._read_lock = self._writer, self._write_lock
            if path is not None:
                self._reader, self._read_lock = _connect(path, busy_timeout_s), threading.RLock()

    def _prepare_writer(self, migrations: Sequence[Migration], max_pages: int) -> None:
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute("PRAGMA synchronous = NORMAL")
        migrate(self._writer, migrations)
        if max_pages:
            self._writer.execute(f"PRAGMA max_page_count = {max_pages:d}")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        with self._read_lock, _in_sentences(self._path):
            yield self._reader

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is saved, or nothing."""
        with self._write_lock, _in_sentences(self._path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:  # a full disk has rolled back by itself
                    self._writer.execute("ROLLBACK")
                raise

    def move_into(self, path: Path) -> None:
        """Go on in a new file, together with all that was kept in memory until now.

        Reading and writing then share one connection until the next start. Raises UserError, and
        goes on in memory, when the file cannot be written.
        """
        with self._write_lock, _in_sentences(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = _connect(path, self._busy_timeout_s)
            try:
                self._writer.backup(fresh)
                fresh.execute("PRAGMA journal_mode = WAL")
                fresh.execute("PRAGMA synchronous = NORMAL")
            except BaseException:
                fresh.close()
                raise
            self._writer.close()
            self._writer = self._reader = fresh
            self._path = path

    def close(self) -> None:
        with self._read_lock:
            self._reader.close()
        with self._write_lock:
            self._writer.close()


def set_aside(path: Path, now: datetime) -> Path:
    """Move a damaged chat file, with its log, out of the way; return where it is now.

    Call it only when the user agreed. Raises UserError when the file cannot be moved.
    """
    target = path.with_name(f"{path.stem}.damaged-{now:%Y%m%d-%H%M%S}{path.suffix}")
    with _in_sentences(path):
        for suffix in ("-wal", "-shm", ""):
            source = path.with_name(path.name + suffix)
            if source.exists():
                os.replace(source, target.with_name(target.name + suffix))
    return target


def backup_path(path: Path, version: int) -> Path:
    """Where a file of an older `version` is kept when it is brought up to date."""
    return path.with_name(f"{path.stem}.version-{version}{path.suffix}")


def _connect(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _bring_up_to_date(path: Path, migrations: Sequence[Migration], busy_timeout_s: float) -> None:
    """Migrate an older file as a copy that takes its place only when every step went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(_connect(path, busy_timeout_s)) as original:
        version = schema_version(original)
        if version > len(migrations):
            raise ChatsTooNewError(
                f"Your chats were written by a newer Assay (version {version} of the file, "
                f"this one reads up to {len(migrations)}).",
                "Install the newer Assay again, or start this one with another ASSAY_HOME.",
            )
        if version < 0 or (version == 0 and _has_tables(original)):
            raise ChatsDamagedError(path)  # or another program's; it is set aside, not built upon
        if version in (0, len(migrations)):
            return
        copy = path.with_name(f"{path.name}.migrating")
        copy.unlink(missing_ok=True)
        original.execute("PRAGMA journal_mode = DELETE")  # refused while another Assay has it open
        original.execute("BEGIN IMMEDIATE")  # nobody else may write what the copy would miss
        for target in (backup_path(path, version), copy):
            _copy(path, target)
        original.execute("ROLLBACK")
    with closing(_connect(copy, busy_timeout_s)) as migrated:
        migrate(migrated, migrations)
    os.replace(copy, path)


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def _copy(path: Path, target: Path) -> None:
    """Over a connection of its own: one that holds a transaction cannot be copied from."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it


@contextmanager
def _in_sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _explained(error, path) from error
    except OSError as error:
        raise UserError(
            f"The chat file cannot be used: {error.strerror or error}",
            f"Check the folder {path.parent}.",
        ) from error


def _explained(error: sqlite3.DatabaseError, path: Path) -> Exception:
    """The sentence for what SQLite met; a mistake of ours stays what it is."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary == sqlite3.SQLITE_FULL:
        return DiskFullError(
            "The disk is full: nothing more can be saved.",
            "Free some space. What is on screen is still there.",
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ChatsLockedError(
            "The chat file is in use by another program.",
            "Close the other program (another Assay, or a database viewer) and try again.",
        )
    is_maimed = primary == sqlite3.SQLITE_ERROR and str(error).startswith("no such")
    if is_maimed or primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return ChatsDamagedError(path)
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return UserError(
            f"The chat file cannot be opened for writing: {path}",
            "Check that the folder exists and may be written to.",
        )
    if primary == sqlite3.SQLITE_IOERR:
        return UserError(
            "The disk reported an error while the chats were read or saved.",
            f"Check the disk that holds {path.parent}, and copy the file to a safe place.",
        )
    return error
