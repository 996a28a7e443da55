"""A folder of kept results, one JSON file each, and the bin inside it."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

from models.errors import UserError
from models.whole_files import write_whole

BIN, ENDING = ".bin", ".json"


def files_in(folder: Path) -> tuple[Path, ...]:
    """Without hidden ones, such as half-written; none where there is no folder yet. Raises
    UserError where it cannot be read."""
    try:
        found = [each for each in folder.iterdir() if each.suffix == ENDING and each.is_file()]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UserError(
            f"{folder} cannot be read: {error.strerror or error}.",
            "See that it is a folder that you may read.",
        ) from error
    return tuple(path for path in found if not path.name.startswith("."))


def free_name(folder: Path, made_at: str, name: str, unnamed: str) -> Path:
    """Of the moment `made_at`, in ISO form, and what `name` leaves of itself, `unnamed`
    where that is nothing; taken neither in the folder nor in its bin."""
    short = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] or unnamed
    stem = f"{datetime.fromisoformat(made_at):%Y-%m-%d-%H%M%S}-{short}"
    number, path = 1, folder / f"{stem}{ENDING}"
    while any(map(os.path.exists, (path, folder / BIN / path.name))):  # False where none may look
        number += 1
        path = folder / f"{stem}-{number}{ENDING}"
    return path


def keep(path: Path, text: str, kind: str) -> Path:
    """Write it whole or not at all; `kind` is what it is called, such as "comparison". Raises
    UserError."""
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        wanted = "make room on the disk" if is_full else f"see that you may write in {folder}"
        raise UserError(
            f"The {kind} could not be kept in {folder}: {error.strerror or error}.",
            f"It is on show still; copy or export its table, and {wanted}.",
        ) from error
    return path


def to_bin(path: Path) -> Path:
    """A file or folder out of sight; where it is now. Raises UserError."""
    return _move(path, path.parent / BIN / path.name)


def from_bin(away: Path) -> Path:
    """Back to where it was. Raises UserError."""
    return _move(away, away.parent.parent / away.name)


def binned(folder: Path) -> tuple[Path, ...]:
    return files_in(folder / BIN)


def empty_bin(folder: Path) -> Generator[str, None, None]:
    """Delete everything in the bin for good. Raises UserError for the first that stays."""
    for path in binned(folder):
        yield f"Deleting {path.name}"
        try:
            path.unlink()
        except OSError as error:
            raise UserError(f"{path.name} cannot be deleted: {error.strerror or error}.") from error


def _move(source: Path, target: Path) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return source.replace(target)
    except OSError as error:
        raise UserError(
            f"{source.name} cannot be moved: {error.strerror or error}.",
            "Close what has it open, and try again.",
        ) from error
