"""What lies in a hand-in: labs to read, and runs to put among one's own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from labs.experiments.record.plan import read_plan
from labs.experiments.record.run_folder import LOCK, PLAN, TRIALS
from labs.hand_ins.archive import CHOOSE, LIMITS, Archive, Limits, open_archive
from labs.hand_ins.lab_hand_in import LabHandIn, read_lab
from labs.hand_ins.origin import note_origin
from labs.lab_book.attempt import ANSWERS, LAB
from models.errors import UserError

MOST_LAB_BYTES = 32 << 20  # of all labs in an archive; one keeps texts of some kilobytes


@dataclass(frozen=True)
class HandIn:
    """`runs` are folders inside of the archive; they may be many, as may be the labs."""

    archive: Archive
    labs: tuple[LabHandIn, ...]
    runs: tuple[PurePosixPath, ...]


def open_hand_in(path: Path, limits: Limits = LIMITS) -> Generator[str, None, HandIn]:
    """Raises UserError for a file that is none, is dangerous, or was written by a newer Assay."""
    yield f"Reading {path.name}"
    archive = open_archive(path, limits)
    runs = tuple(sorted(name.parent for name in archive.files if name.name == PLAN))
    folders = sorted({name.parent for name in archive.files if name.name in (LAB, ANSWERS)
                      and not any(name.is_relative_to(run) for run in runs)})  # fmt: skip
    if not runs and not folders:
        raise UserError(f"{path.name} holds neither a lab nor a run. {_inside(archive)}", CHOOSE)
    labs, left = [], MOST_LAB_BYTES
    for folder in folders:
        yield f"Reading {folder}"
        files = _files(archive, folder, left)
        left -= sum(len(content) for content in files.values() if content)
        labs.append(read_lab(path.name, folder.name or path.stem, files))
    return HandIn(archive, tuple(labs), runs)


def _inside(archive: Archive) -> str:
    zips = sum(name.suffix.lower() == ".zip" for name in archive.files)
    if zips:
        return f"It holds {_files_text(zips, 'zip')}: unpack it, and open those."
    return f"It holds {_files_text(len(archive.files), 'other')}."


def _files_text(count: int, kind: str) -> str:
    return f"{count} {kind} {'file' if count == 1 else 'files'}"


def _files(archive: Archive, folder: PurePosixPath, left: int) -> dict[str, bytes | None]:
    """By their path in the folder; None for what is beyond the room that is left."""
    found: dict[str, bytes | None] = {}
    for name, info in archive.files.items():
        if name.is_relative_to(folder):
            left -= info.file_size
            found[name.relative_to(folder).as_posix()] = archive.read(name) if left >= 0 else None
    return found


# ---- runs ----


def unpack_run(archive: Archive, folder: PurePosixPath, home: Path) -> Generator[str, None, Path]:
    """Put a run among those in `home`, whole or not at all; returns its folder. One that is there
    already is not put there twice. Raises UserError."""
    plan = archive.read(folder / PLAN)
    read_plan(plan.decode("utf-8", "replace"), f"{folder.name or archive.path.stem}")
    name = re.sub(r"[^\w.-]+", "-", folder.name or archive.path.stem).strip("-.") or "run"
    for target in _places(home, name):
        if not target.exists():
            break
        if _is_same(archive, folder, target):
            return target
    yield f"Unpacking {name}"
    half = home / f".{target.name}.new"
    try:
        shutil.rmtree(half, ignore_errors=True)
        yield from _unpack(archive, folder, half)
        note_origin(half, archive.path.name)
        os.replace(half, target)
    except OSError as error:
        raise UserError(
            f"The run in {archive.path.name} cannot be put into {home}: {error.strerror or error}.",
            "Make room on the disk, or check that your Assay folder may be written to.",
        ) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return target


def _places(home: Path, name: str) -> Iterator[Path]:
    yield home / name
    yield from (home / f"{name}-{number}" for number in count(2))


def _is_same(archive: Archive, folder: PurePosixPath, run: Path) -> bool:
    """The same plan and trials to the byte."""
    return all(_content(archive, folder / name) == _bytes(run / name)
               for name in (PLAN, TRIALS))  # fmt: skip


def _content(archive: Archive, name: PurePosixPath) -> bytes:
    return archive.read(name) if name in archive.files else b""


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _unpack(archive: Archive, folder: PurePosixPath, target: Path) -> Generator[str, None, None]:
    for name in archive.files:
        if not name.is_relative_to(folder) or name.name == LOCK:
            continue
        yield f"Unpacking {name.name}"
        place = target / Path(*name.relative_to(folder).parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            for chunk in archive.chunks(name):
                file.write(chunk)
