"""What the machine did during a run, in a file of its own: one summary for each stretch between a
start and a stop. Runs without it are whole."""

from __future__ import annotations

import logging

from labs.experiments.record.run_folder import RunFolder
from labs.telemetry.summary import Summary, as_data, merged, summary_of
from models.errors import UserError

TELEMETRY = "telemetry.json"
_LOG = logging.getLogger(__name__)


def keep_stretch(folder: RunFolder, summary: Summary) -> None:
    """Add one. A disk that refuses is no reason to lose a run, and a damaged file begins anew."""
    if not summary.n_readings:
        return
    stretches = [as_data(each) for each in _stretches(folder)]
    try:
        folder.write_json(
            TELEMETRY, {"schema_version": 1, "stretches": [*stretches, as_data(summary)]}
        )
    except UserError as error:
        _LOG.warning("What the machine did is not kept: %s", error)


def kept_machine(folder: RunFolder) -> Summary | None:
    """All stretches together; None where nobody watched, or nothing can be read."""
    stretches = _stretches(folder)
    return merged(stretches) if stretches else None


def _stretches(folder: RunFolder) -> list[Summary]:
    try:
        told = folder.json(TELEMETRY).get("stretches", [])
    except UserError:
        return []
    found = map(summary_of, told if isinstance(told, list) else ())
    return [each for each in found if each is not None]
