"""What ends a comparison before its end, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import Cancelled, EngineDied, UserError

STOPPED = "it was stopped."
ENDED = "the comparison ended before."
Ending = Cancelled | UserError  # an engine that died is the second, too
LESS = "Close other programs, or compare smaller files, or fewer at once."
AGAIN = "Compare once more; where it ends again, leave this file out."


@contextmanager
def named(label: str) -> Iterator[None]:
    """Failures inside say which model they are of. Raises EngineDied and UserError."""
    try:
        yield
    except EngineDied as died:
        hints = {"out_of_memory": LESS, "killed": LESS, "unsupported_file": died.hint}
        told = f"{label}: {died.message}"
        raise EngineDied(died.kind, told, hints.get(died.kind, AGAIN), died.log) from died
    except UserError as error:
        if label in error.message:
            raise
        raise UserError(f"{label}: {error.message}", error.hint) from error
    except MemoryError as error:
        raise UserError(f"{label}: memory ran out.", LESS) from error


def ended_by(ending: Ending | None) -> str:
    """A sentence or two; "" for a stop, which is its own reason, and where nothing ended it."""
    return str(ending) if isinstance(ending, UserError) else ""


def why_no_speed(ending: Ending) -> str:
    return STOPPED if isinstance(ending, Cancelled) else ENDED
