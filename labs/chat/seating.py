"""Whether two models answer at once, or one after the other because memory forbids both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.amounts import size_text
from models.engine.messages import LoadSettings
from models.fit import fit_together, forecast
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
    total = sum(forecast(entry, settings, memory).total_bytes for entry, settings in to_load)
    if fit_together(to_load, memory):
        needs = f", which takes {size_text(total)} more" if total else ""
        return Seating(True, f"Both fit into memory{needs}: they answer at the same time.")
    return Seating(
        False,
        f"Both together need {size_text(total)} more memory and {size_text(memory.free_bytes)} is "
        "free: they answer one after the other.",
    )
