"""Zip files among what a command is given: their runs unpacked for a while, their labs as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.runs.run_list import date_text
from labs.hand_ins.copies import with_copies
from labs.hand_ins.lab_hand_in import LabHandIn
from labs.hand_ins.opening import open_hand_in, unpack_run
from models.errors import UserError
from models.long_work import result_of

LAB_COLUMNS = (
    "file",
    "lab",
    "attempt",
    "answered",
    "predictions",
    "shown before",
    "kept",
    "result",
)


@dataclass(frozen=True)
class HandIns:
    """`folders` are runs, by what they are called; `broken` files with the reason."""

    folders: dict[Path, str]
    labs: tuple[LabHandIn, ...] = ()
    broken: tuple[tuple[str, UserError], ...] = ()


@contextmanager
def unpacked(paths: Sequence[Path]) -> Iterator[HandIns]:
    """A zip file's runs lie in a temporary folder until the end; other paths are folders."""
    folders: dict[Path, str] = {}
    labs: list[LabHandIn] = []
    broken: list[tuple[str, UserError]] = []
    with TemporaryDirectory(prefix="assay-check-", ignore_cleanup_errors=True) as kept:
        for number, path in enumerate(paths):
            if path.is_dir() or path.suffix.lower() != ".zip":
                folders[path] = str(path)
                continue
            try:
                found = result_of(open_hand_in(path))
                labs += found.labs
                for run in found.runs:
                    home = Path(kept) / str(number)
                    home.mkdir(exist_ok=True)
                    place = result_of(unpack_run(found.archive, run, home))
                    folders[place] = str(path / run)
            except UserError as error:
                broken.append((str(path), error))
        yield HandIns(folders, with_copies(labs), tuple(broken))


def lab_cells(lab: LabHandIn) -> tuple[str, ...]:
    wanted = [each for each in lab.artifacts if each.kept_at or each.about]
    return (
        lab.source, lab.title, lab.attempt.removeprefix("Attempt ") or "–",
        f"{lab.n_answered}/{len(lab.questions)}",
        f"locked {date_text(lab.times.locked_at)}" if lab.is_locked else "not locked",
        date_text(lab.shown_at) if lab.shown_at else "no",
        f"{sum(each.text is not None for each in wanted)}/{len(wanted)}",
        lab.result,
    )  # fmt: skip


def lab_data(lab: LabHandIn) -> dict[str, Any]:
    """For --json: what was written, and when."""
    return {
        "kind": "lab", "file": lab.source, "lab": lab.title, "attempt": lab.attempt,
        "made_by": lab.made_by, "begun_at": lab.times.begun_at, "changed_at": lab.times.changed_at,
        "predictions_locked_at": lab.times.locked_at, "shown_before_at": lab.shown_at,
        "answers": {question: lab.answers.get(question, "") for question in lab.questions},
        "artifacts": [{"file": a.file, "kept_at": a.kept_at, "is_here": a.text is not None}
                      for a in lab.artifacts],
        "problems": list(lab.problems), "notes": list(lab.notes), "holds": not lab.problems,
    }  # fmt: skip
