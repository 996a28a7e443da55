"""`assay check`: do run folders hold what they say? One row a folder, no model needed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.terminal import harmless

if TYPE_CHECKING:
    from app.services import Services
    from labs.experiments.record.checking import CheckRow

HOLDS, DOES_NOT_HOLD = 0, 1
COLUMNS = ("folder", "run", "student", "items", "trials", "state", "interrupted", "set", "result")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Scores runs again without a model and says of each folder whether it holds. Finds "
        "mistakes and copies, not forgers."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="run folders")
    parser.add_argument("--json", action="store_true", help="one JSON array on stdout")


def run(args: argparse.Namespace, services: Services) -> int:
    """Rows on stdout; the code is 1 when something in some folder does not hold."""
    from labs.catalog import find_experiment
    from labs.experiments.record.checking import check_folders

    rows: tuple[CheckRow, ...] = ()
    for rows in check_folders(args.folders, find_experiment):
        if sys.stderr.isatty():
            print(f"\r\x1b[K{len(rows)} folders checked", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    if args.json:
        print(json.dumps([row.as_data() for row in rows], ensure_ascii=False, indent=1))
    else:
        print(harmless(_table(rows)))
    return HOLDS if all(row.holds for row in rows) else DOES_NOT_HOLD


def _table(rows: Sequence[CheckRow]) -> str:
    cells = [COLUMNS, *map(_cells, rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(COLUMNS))]
    lines = [_line(COLUMNS, widths)]
    for row, shown in zip(rows, cells[1:], strict=True):
        lines.append(_line(shown, widths))
        lines += [f"    {sentence}" for sentence in (*row.problems, *row.notes)]
    hold = sum(row.holds for row in rows)
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
