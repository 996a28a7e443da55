"""All attempts at all labs: one folder a lab, in it one an attempt."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Generator
from itertools import count
from pathlib import Path

from labs.lab_book.attempt import Attempt, Sheet
from labs.lab_book.guided import GuidedLab
from models.errors import UserError

PREFIX = "attempt-"


class LabBook:
    """`home` need not exist yet."""

    def __init__(self, home: Path, made_by: str = "") -> None:
        self._home, self._made_by = home, made_by

    def folder(self, lab: GuidedLab) -> Path:
        return self._home / f"{lab.code}-{lab.id}"

    def attempts(self, sheet: Sheet) -> list[Attempt]:
        """Those on disk, the newest first."""
        numbers = sorted(self._numbers(sheet.lab), reverse=True)
        return [self._attempt(sheet, number) for number in numbers]

    def latest(self, sheet: Sheet) -> Attempt:
        """The newest attempt, or the first, of which nothing is written yet."""
        return next(iter(self.attempts(sheet)), self._attempt(sheet, 1))

    def new(self, sheet: Sheet) -> Attempt:
        """A further attempt; older ones stay as they are."""
        return self._attempt(sheet, max(self._numbers(sheet.lab), default=0) + 1)

    def _attempt(self, sheet: Sheet, number: int) -> Attempt:
        return Attempt(self.folder(sheet.lab) / f"{PREFIX}{number}", sheet, self._made_by)

    def _numbers(self, lab: GuidedLab) -> list[int]:
        folder = self.folder(lab)
        try:
            names = [path.name for path in folder.iterdir() if path.is_dir()]
        except OSError:
            return []
        found = [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]
        return [int(number) for number in found if number.isdecimal()]


def free_archive(folder: Path, attempt: Attempt) -> str:
    """A name that nothing has there yet: an earlier hand-in stays."""
    names = (f"{attempt.name}{'' if n == 1 else f'-{n}'}.zip" for n in count(1))
    return next(name for name in names if not (folder / name).exists())


def hand_in(attempt: Attempt, target: Path) -> Generator[str, None, Path]:
    """The whole folder as one zip file. Nothing is left of one that could not be made. Raises
    UserError."""
    yield f"Packing {attempt.name}"
    if not attempt.is_begun:
        raise UserError("There is nothing to hand in yet.", "Answer a question first.")
    half = target.with_name(f".{target.name}.new")
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(p for p in attempt.path.rglob("*") if p.is_file()):
                archive.write(file, f"{attempt.name}/{file.relative_to(attempt.path).as_posix()}")
        os.replace(half, target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise UserError(
            f"The lab cannot be packed into {target}: {error.strerror or error}.",
            "Choose another folder, or make room on the disk.",
        ) from error
    return target
