"""A zip file from somebody else: read within bounds, and never outside of the folder it is for."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from models.amounts import size_text
from models.errors import UserError

CHOOSE = "Choose the .zip file that “Hand in…” or “Export…” has made."
ENCRYPTED = 0x1
CHUNK_BYTES = 1 << 20
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LEFT_BY_SYSTEMS = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Limits:
    """What an archive may hold, unpacked. The largest run of a lab takes about 40 MB."""

    files: int = 2_000
    bytes: int = 512 << 20
    path_letters: int = 300


LIMITS = Limits()


@dataclass(frozen=True)
class Archive:
    """`files` by their path in the archive, with forward slashes."""

    path: Path
    files: Mapping[PurePosixPath, zipfile.ZipInfo]

    def read(self, name: PurePosixPath) -> bytes:
        """Raises UserError where that part is damaged, or longer than it says."""
        return b"".join(self.chunks(name))

    def chunks(self, name: PurePosixPath) -> Iterator[bytes]:
        info = self.files[name]
        with _sentences(self.path), zipfile.ZipFile(self.path) as archive, archive.open(info) as f:
            yield from _no_more_than(f, info.file_size, self.path)


def open_archive(path: Path, limits: Limits = LIMITS) -> Archive:
    """Reads the list of files alone. Raises UserError for whatever no hand-in is like."""
    with _sentences(path):
        if path.stat().st_size > limits.bytes:
            raise _refused(path, f"takes {size_text(path.stat().st_size)}, and no hand-in does")
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    if len(found) > limits.files:
        raise _refused(path, f"holds {len(found):,} files, and no hand-in has so many")
    total = sum(info.file_size for info in found)
    if total > limits.bytes:
        raise _refused(path, f"would unpack to {size_text(total)}, and no hand-in is so large")
    files: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for info in found:
        name = _place(path, info, limits)
        if info.is_dir() or any(part in _LEFT_BY_SYSTEMS for part in name.parts):
            continue
        if name in files:
            raise _refused(path, f"holds {_shown(info)} twice")
        files[name] = info
    return Archive(path, files)


def _place(path: Path, info: zipfile.ZipInfo, limits: Limits) -> PurePosixPath:
    """Where a file lies inside. Some programs write backslashes, which mean the same."""
    name = info.orig_filename.replace("\\", "/")
    place = PurePosixPath(name)
    leads_out = place.is_absolute() or ".." in place.parts or _DRIVE.match(name)
    if leads_out or not place.parts or _CONTROL.search(name):
        raise _refused(
            path, f"holds a file named {_shown(info)}, which leads outside of its folder"
        )
    if len(name) > limits.path_letters:
        raise _refused(path, f"holds a file whose name has {len(name):,} letters")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _refused(path, f"holds {_shown(info)}, a link to another file")
    if info.flag_bits & ENCRYPTED:
        raise UserError(
            f"{path.name} is locked with a password.", "Unpack it and pack it again without one."
        )
    return place


def _shown(info: zipfile.ZipInfo) -> str:
    return repr(info.orig_filename[:60])


def _no_more_than(file: IO[bytes], most: int, path: Path) -> Iterator[bytes]:
    left = most
    while chunk := file.read(min(CHUNK_BYTES, left + 1)):
        left -= len(chunk)
        if left < 0:
            raise _refused(path, "holds more than it says")
        yield chunk


def _refused(path: Path, why: str) -> UserError:
    return UserError(f"{path.name} {why}.", f"It was not opened. {CHOOSE}")


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise UserError(f"{path} is not there any more.", "Choose the file again.") from error
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder.", CHOOSE) from error
    except zipfile.BadZipFile as error:
        is_zip = zipfile.is_zipfile(path)
        what = "is damaged" if is_zip else "is no zip file, or only a part of one"
        raise UserError(f"{path.name} {what}.", f"Ask for it once more. {CHOOSE}") from error
    except (zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UserError(
            f"{path.name} is damaged, or packed in a way that cannot be read: {error}.",
            "Ask for it once more.",
        ) from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.", CHOOSE) from error
