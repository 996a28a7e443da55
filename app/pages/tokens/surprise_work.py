"""The long work of the Surprise tab as generators; they know no Qt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from app.pages.tokens.scored_cells import difference_cells
from app.services import Services
from app.widgets.token_cells import Cell
from labs.tokens.reading import read_text
from labs.tokens.surprise import Surprise, read
from labs.tokens.surprise_difference import Difference, difference
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import Waiting


@dataclass(frozen=True)
class ReadSoFar:
    """What the model at `place` (0 or 1) has read until now."""

    place: int
    surprise: Surprise


@dataclass(frozen=True)
class Compared:
    """Two readings held against each other, and their stretches as cells."""

    difference: Difference
    cells: tuple[Cell, ...]


def read_with(
    services: Services, names: Sequence[str], text: str, cancel: CancelToken
) -> Generator[str | Progress | Waiting | ReadSoFar, None, None]:
    """One model after the other: they need not fit into memory together."""
    sound = read_text(text).text
    entries = [services.library.resolve_to_run(name) for name in names]
    for place, entry in enumerate(entries):
        settings = services.library.load_settings(entry)
        steps = read(services.pool, services.tokenizers, entry, settings, sound, cancel)
        for step in steps:
            if isinstance(step, Surprise):
                _ = step.totals, step.cut.line_ends  # worked out here, not where they are shown
                yield ReadSoFar(place, step)
            else:
                yield step


def compare(first: Surprise, second: Surprise, text: bytes) -> Generator[str, None, Compared]:
    yield "Comparing"
    found = difference(first, second)
    return Compared(found, difference_cells(found, text))
