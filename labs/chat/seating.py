"""Whether two models answer at once, or one after the other because memory forbids both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.amounts import size_text
from models.engine.messages import LoadSettings
from models.fit import Forecast, first_misfit, forecast
from models.hardware.memory import MemoryFree
from models.library.entry import ModelEntry


@dataclass(frozen=True)
class Seating:
    """`sentence` says why, for the screen."""

    together: bool
    sentence: str


def seat(
    models: Sequence[tuple[ModelEntry, LoadSettings]],
    loaded: Collection[str],
    memory: MemoryFree,
) -> Seating:
    """Hold what is still to be loaded against the memory free now. `loaded` are models, as
    `Pool.lease` takes them, that have theirs; simulated and served ones take none of ours."""
    to_load = [(e, s) for e, s in models if e.is_local and e.model not in loaded]
    misfit = first_misfit(to_load, memory)
    if misfit is None:
        total = sum(forecast(entry, settings, memory).total_bytes for entry, settings in to_load)
        needs = f", which takes {size_text(total)} more" if total else ""
        return Seating(True, f"Both fit into memory{needs}: they answer at the same time.")
    place, cast = misfit
    return Seating(False, _why_not(to_load[place][0].name, place > 0, cast))


def _why_not(name: str, is_beside: bool, cast: Forecast) -> str:
    needs = f"{name} needs {size_text(cast.total_bytes)}{' beside the other' if is_beside else ''}"
    if cast.total_bytes <= cast.free_bytes:  # free, but not all of it where it is wanted
        return f"{needs}. {cast.reason} They answer one after the other."
    free = size_text(cast.free_bytes)
    return f"{needs} and {free} is free: they answer one after the other."
