"""Do the models of a run fit in memory side by side? The pool decides by the same forecast."""

from __future__ import annotations

from collections.abc import Sequence

from models.engine.pool import Pool
from models.fit import fit_together
from models.hardware.memory import MemoryFree
from models.library.library import Library


def stay_together(library: Library, pool: Pool, models: Sequence[str], memory: MemoryFree) -> bool:
    """Whether those that are not loaded fit into the `memory` that is free beside the others.

    Raises UserError for a model that cannot run.
    """
    loaded = {status.model for status in pool.status() if status.state in ("ready", "busy")}
    entries = [library.resolve_to_run(model) for model in models]
    return fit_together(
        [(entry, library.load_settings(entry)) for entry in entries
         if entry.is_local and entry.model not in loaded],
        memory,
    )  # fmt: skip
