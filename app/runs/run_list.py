"""The runs of this home as rows: what each is, how far it came, what it found."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.runs.run_links import read_links
from labs.experiments.record.plan import Plan
from labs.experiments.record.run_folder import PLAN, RESULTS, TRIALS, Damaged, RunFolder
from labs.hand_ins.origin import origin_of
from labs.kept_files import BIN
from models.errors import UserError

NOTE, LOCK = "note.txt", ".lock"
DONE, OPEN, DAMAGED = "done", "not finished", "cannot be opened"
RUNNING, PAUSED = "running", "paused"  # of those that are not finished, in this window


Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class RunRow:
    """One folder; `problem` is a sentence where it cannot be opened, `stamp` tells a folder that
    has changed since it was read, `is_linked` one that lies elsewhere, and `handed_in` says what a
    copy is of. Runs with the same `design_hash` asked exactly the same."""

    path: Path
    lab: str
    models: tuple[str, ...]
    n_items: int
    done: int
    total: int
    state: str
    finding: str
    note: str
    locked_at: str
    experiment: str = ""
    problem: str = ""
    stamp: Stamp = ()
    is_linked: bool = False
    student: str = ""
    design_hash: str = ""
    set_id: str = ""
    handed_in: str = ""

    @property
    def id(self) -> str:
        return self.path.name


def list_runs(home: Path, known: Sequence[RunRow] = ()) -> Generator[str, None, tuple[RunRow, ...]]:
    """Every folder of `home` and those linked to it, the newest first; what cannot be read becomes
    a row, too. A folder that is as it was in `known` is not read again: a plan of ten thousand
    trials takes long."""
    yield "Reading your runs"
    before = {row.path: row for row in known}
    rows = []
    for path in filter(_is_run, home.iterdir() if home.is_dir() else ()):
        rows.append(_fresh(path, before.get(path)))
    try:
        for path in read_links(home):
            rows.append(replace(_fresh(path, before.get(path)), is_linked=True))
    except UserError as error:
        rows.append(_damaged(home, error))
    return tuple(sorted(rows, key=lambda row: row.locked_at, reverse=True))


def _fresh(path: Path, old: RunRow | None) -> RunRow:
    stamp = _stamp(path)
    is_same = old is not None and old.stamp == stamp
    return old if old is not None and is_same else replace(row_of(path), stamp=stamp)


def _stamp(path: Path) -> Stamp:
    """Time and size of the files that a row tells of."""
    files = (path / name for name in (PLAN, TRIALS, RESULTS, NOTE))
    return tuple((s.st_mtime_ns, s.st_size) if (s := _stat(file)) else (0, 0) for file in files)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def row_of(path: Path) -> RunRow:
    folder = RunFolder(path)
    if not path.is_dir():
        return _damaged(path, UserError(
            f"The folder {path} is not there any more.",
            "Bring it back, or take it off the list.",
        ))  # fmt: skip
    try:
        return _readable_row(folder, folder.plan())
    except UserError as error:
        return _damaged(path, error)


def _damaged(path: Path, error: UserError) -> RunRow:
    found = _stat(path)
    changed = datetime.fromtimestamp(found.st_mtime if found else 0).astimezone()
    return RunRow(
        path, path.name, (), 0, 0, 0, DAMAGED, error.message, read_note(path),
        changed.isoformat(timespec="seconds") if found else "", problem=str(error),
    )  # fmt: skip


def _is_run(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _readable_row(folder: RunFolder, plan: Plan) -> RunRow:
    total = int(plan.design["n_trials"]) * len(plan.models)
    done = min(total, _count_lines(folder.file(TRIALS)))
    results = _results(folder)
    is_done = bool(results.get("complete")) and done >= total
    return RunRow(
        folder.path, plan.title, plan.models, int(plan.design["n_items"]), done, total,
        DONE if is_done else OPEN, _finding(results), read_note(folder.path), plan.locked_at,
        plan.experiment, student=plan.student, design_hash=plan.design_hash,
        set_id=str(plan.design.get("set_id", "")), handed_in=origin_of(folder.path),
    )  # fmt: skip


def _results(folder: RunFolder) -> dict[str, Any]:
    """{} also where they are damaged: they can be worked out again from the trials."""
    try:
        return folder.json(RESULTS)
    except Damaged:
        return {}


def _finding(results: dict[str, Any]) -> str:
    try:
        found = [str(model["finding"]["verdict"]) for model in results.get("models", ())]
    except (KeyError, TypeError):
        return ""
    return " · ".join(dict.fromkeys(filter(None, found)))


def _count_lines(path: Path) -> int:
    try:
        return path.read_bytes().count(b"\n")
    except OSError:
        return 0


def date_text(locked_at: str) -> str:
    """As a person writes it; what is no date stays as it stands."""
    try:
        return datetime.fromisoformat(locked_at).strftime("%d %b %Y, %H:%M")
    except ValueError:
        return locked_at


# ---- names and notes ---------------------------------------------------------------------------


def new_folder(home: Path, experiment: str, model: str, now: datetime) -> Path:
    """`<date>-<lab>-<model>`, with a number behind it where that is taken."""
    short = re.sub(r"[^\w.-]+", "-", model).strip("-.")[:48] or "model"
    name = f"{now:%Y-%m-%d}-{experiment}-{short}"
    number, path = 1, home / name
    while path.exists() or (home / BIN / path.name).exists():
        number += 1
        path = home / f"{name}-{number}"
    return path


def read_note(path: Path) -> str:
    try:
        return (path / NOTE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def write_note(path: Path, note: str) -> None:
    """Raises UserError when it cannot be written."""
    RunFolder(path).write(NOTE, note.strip() + "\n")


# ---- moving and packing ------------------------------------------------------------------------


def binned(home: Path) -> tuple[Path, ...]:
    away = home / BIN
    return tuple(filter(_is_run, away.iterdir())) if away.is_dir() else ()


def empty_bin(home: Path) -> Generator[str, None, None]:
    """Delete every run in the bin for good. Raises UserError for the first that stays."""
    for path in binned(home):
        yield f"Deleting {path.name}"
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise UserError(
                f"The run {path.name} cannot be deleted: {error.strerror or error}.",
                "Close what has files of it open, and try again.",
            ) from error


def fresh_report(path: Path) -> Generator[str, None, Path]:
    """The report with what the student has written since; where it is. Raises UserError."""
    yield "Writing the report"
    from labs.experiments.report.write import HTML, write_reports

    write_reports(RunFolder(path))
    return path / HTML


def export_zip(path: Path, target: Path) -> Generator[str, None, Path]:
    """The whole folder with a fresh report, as it is handed in. Nothing is left of a file that
    could not be made."""
    if (path / RESULTS).exists():
        yield from fresh_report(path)
    yield f"Packing {path.name}"
    half = target.with_name(f".{target.name}.new")
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(p for p in path.rglob("*") if p.is_file() and p.name != LOCK):
                archive.write(file, f"{path.name}/{file.relative_to(path).as_posix()}")
        os.replace(half, target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise UserError(
            f"The run cannot be packed into {target}: {error.strerror or error}.",
            "Choose another folder, or make room on the disk.",
        ) from error
    return target
