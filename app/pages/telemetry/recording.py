"""The last ten minutes as a file."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from pathlib import Path

from models.errors import UserError
from models.hardware.export import as_csv, history_as_json
from models.hardware.reading import Reading

KINDS = {"csv": "CSV table (*.csv)", "json": "JSON with reasons (*.json)"}


def write(readings: Sequence[Reading], path: Path) -> Generator[str, None, Path]:
    """JSON where the name ends so, else CSV. Raises UserError."""
    yield "Writing"
    if path.suffix.lower() == ".json":
        text = json.dumps(history_as_json(readings), ensure_ascii=False, allow_nan=False)
    else:
        text = as_csv(readings)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The readings cannot be written to {path}: {error.strerror or error}.",
            "Choose another folder, or make room on the disk.",
        ) from error
    return path
