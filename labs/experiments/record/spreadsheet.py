"""CSV that a spreadsheet opens as what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | bool | None


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV; None is an empty cell."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return target.getvalue()


def _harmless(cell: Cell) -> Cell:
    """A spreadsheet runs what begins like a formula; a mark before it keeps it text."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + cell
    return cell
