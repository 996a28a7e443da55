"""`assay check`: do run folders and hand-ins hold what they say? One row each, no model needed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.terminal import harmless

if TYPE_CHECKING:
    from app.cli.hand_ins import HandIns
    from app.services import Services
    from labs.experiments.record.checking import CheckRow
    from labs.hand_ins.lab_hand_in import LabHandIn
    from models.errors import UserError

    _Row = tuple[Sequence[str], Sequence[str], Sequence[str]]  # cells, problems, notes

HOLDS, DOES_NOT_HOLD = 0, 1
COLUMNS = ("folder", "run", "student", "items", "trials", "state", "interrupted", "set", "result")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Scores runs again without a model and says of each folder whether it holds; of a lab that "
        "was handed in, when it was answered and what is missing. Finds mistakes and copies, not "
        "forgers."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER",
                        help="run folders, or the .zip files of what was handed in")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON array on stdout")


def run(args: argparse.Namespace, services: Services) -> int:
    """Rows on stdout; the code is 1 when something in some folder does not hold."""
    from app.cli.hand_ins import unpacked

    with unpacked(args.folders) as found:
        rows = _checked(found)
    rows += tuple(_broken(name, error) for name, error in found.broken)
    if args.json:
        _print_json(rows, found.labs)
    else:
        print(harmless("\n\n".join(_tables(rows, found.labs))))
    holds = [row.holds for row in rows] + [not lab.problems for lab in found.labs]
    return HOLDS if all(holds) else DOES_NOT_HOLD


def _checked(found: HandIns) -> tuple[CheckRow, ...]:
    from labs.catalog import find_experiment
    from labs.experiments.record.checking import check_folders

    rows: tuple[CheckRow, ...] = ()
    names = found.folders
    for rows in check_folders(tuple(names), find_experiment, lambda path: names[path]):
        if sys.stderr.isatty():
            print(f"\r\x1b[K{len(rows)} folders checked", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    return rows


def _broken(name: str, error: UserError) -> CheckRow:
    from labs.experiments.record.checking import CheckRow

    return CheckRow(name, problems=(error.message,))


def _print_json(rows: Sequence[CheckRow], labs: Sequence[LabHandIn]) -> None:
    from app.cli.hand_ins import lab_data

    data = [row.as_data() for row in rows] + [lab_data(lab) for lab in labs]
    print(json.dumps(data, ensure_ascii=False, indent=1))


def _tables(rows: Sequence[CheckRow], labs: Sequence[LabHandIn]) -> Iterator[str]:
    from app.cli.hand_ins import LAB_COLUMNS, lab_cells

    if rows or not labs:
        yield _table(COLUMNS, [(_cells(row), row.problems, row.notes) for row in rows])
    if labs:
        yield _table(LAB_COLUMNS, [(lab_cells(lab), lab.problems, lab.notes) for lab in labs])


def _table(columns: Sequence[str], rows: Sequence[_Row]) -> str:
    cells = [columns, *(row for row, _, _ in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    lines = [_line(columns, widths)]
    for row, problems, notes in rows:
        lines.append(_line(row, widths))
        lines += [f"    {sentence}" for sentence in (*problems, *notes)]
    hold = sum(not problems for _, problems, _ in rows)
    lines.append(f"{hold} of {len(rows)} hold.")
    return "\n".join(lines)


def _cells(row: CheckRow) -> tuple[str, ...]:
    trials = f"{row.n_trials}/{row.n_planned}" if row.n_planned else "–"
    return (
        row.folder, row.run or "–", row.student or "–", str(row.n_items or "–"), trials,
        row.state, str(row.interruptions), row.set_hash[:8] or "–",
        _result(row),
    )  # fmt: skip


def _result(row: CheckRow) -> str:
    """Whoever was copied from is marked as well: two alike are told from one that is wrong."""
    if row.holds:
        return "holds"
    return "same as another" if row.is_copy_only else "does not hold"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
