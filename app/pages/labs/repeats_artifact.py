"""The report of repeated answers, which the sheet about sampling keeps."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import UserError

if TYPE_CHECKING:
    from app.runs.run_list import RunRow

REPEATS, REPORT_NAME = "repeats", "repeated-answers.md"


def repeats_report(home: Path, shown: Path | None) -> Generator[str, None, str]:
    """As Markdown, of the run that is `shown` if it is one of repeated answers, else of the last
    one. Raises UserError where there is none, or it has no result."""
    from app.runs.run_list import list_runs
    from labs.experiments.record.run_folder import RunFolder
    from labs.experiments.report.write import markdown_report

    rows = yield from list_runs(home)
    row = _chosen([row for row in rows if row.experiment == REPEATS], shown)
    yield "Writing the report"
    return markdown_report(RunFolder(row.path))


def _chosen(rows: Sequence[RunRow], shown: Path | None) -> RunRow:
    row = next((row for row in rows if row.path == shown), rows[0] if rows else None)
    if row is None:
        raise UserError(
            "There is no run of Repeated answers yet.",
            "Press Whole answers… on the tab Next token, and start one.",
        )
    if not row.finding:
        raise UserError(
            f"The run of Repeated answers has no result yet: {row.done:,} of {row.total:,} trials "
            "are finished.",
            "Wait until it is done, or open an older one in My runs.",
        )
    return row
