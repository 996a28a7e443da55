"""What was read from model files before, by path, size, time and inode: a cache to be rebuilt."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.library.facts import FileFacts, decode, encode

_VERSION = 1  # raise it when facts change their meaning: the index is then built anew
_SQLITE_MAX = (1 << 63) - 1
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileStamp:
    """A file is taken as unchanged while all three stay the same."""

    size_bytes: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True)
class IndexedFile:
    """What is known of a file as long as its stamp stays the same."""

    stamp: FileStamp
    facts: FileFacts
    fingerprint: str = ""
    sha256: str = ""


def stamp(path: Path) -> FileStamp | None:
    """None for a file that is not there."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return FileStamp(status.st_size, status.st_mtime_ns, status.st_ino & _SQLITE_MAX)


class Index:
    """One SQLite file. A damaged one is replaced; one that cannot be written is only slower."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[Path, IndexedFile]:
        """Everything that is kept; nothing where the index cannot be read."""
        try:
            with self._open() as database:
                rows = database.execute("SELECT * FROM files").fetchall()
        except (sqlite3.DatabaseError, OSError) as error:
            _LOG.warning("The model index cannot be read: %s", error)
            if not _is_in_use(error):
                self._throw_away()
            return {}
        return {
            Path(os.fsdecode(row[0])): IndexedFile(FileStamp(*row[1:4]), facts, row[5], row[6])
            for row in rows
            if (facts := decode(row[4])) is not None
        }

    def write(self, files: Iterable[tuple[Path, IndexedFile]]) -> None:
        rows = [
            (
                os.fsencode(path),
                item.stamp.size_bytes,
                item.stamp.mtime_ns,
                item.stamp.inode,
                encode(item.facts),
                item.fingerprint,
                item.sha256,
            )
            for path, item in files
        ]
        try:
            with self._open() as database, database:
                database.executemany("INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?,?)", rows)
        except (sqlite3.Error, OSError) as error:
            _LOG.warning("The model index cannot be written: %s", error)

    def _throw_away(self) -> None:
        """A damaged index is built anew."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            _LOG.warning("The damaged model index cannot be removed: %s", error)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=2)) as database:
            if database.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                database.executescript(
                    "DROP TABLE IF EXISTS files;"
                    "CREATE TABLE files (path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER,"
                    " inode INTEGER, facts TEXT, fingerprint TEXT, sha256 TEXT);"
                    f"PRAGMA user_version={_VERSION}"
                )
            yield database


def _is_in_use(error: Exception) -> bool:
    """Another process writes just now; its work is not thrown away."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
