"""In which order the models of a run are asked: in turns where all of them stay loaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from labs.experiments.running.room import GROUP_TRIALS
from labs.experiments.running.subject import ContextNeed
from models.engine.messages import LoadSettings
from models.engine.pool import Pool
from models.errors import UserError
from models.fit import effective_n_ctx, fit_together
from models.hardware.memory import MemoryFree, free_bytes
from models.library.entry import ModelEntry
from models.library.library import Library


@dataclass(frozen=True)
class ModelOrder:
    """`sentence` says it with the reason, before the run and in its record; "" for one model."""

    takes_turns: bool = False
    sentence: str = ""


ChooseOrder = Callable[[ContextNeed], ModelOrder]


def order_here(library: Library, pool: Pool, models: Sequence[str]) -> ChooseOrder:
    """Decides with the memory that is free when it is asked, over the models that are there."""
    entries = list(_present(library, models))

    def choose(need: ContextNeed) -> ModelOrder:
        loaded = {status.model for status in pool.status() if status.state in ("ready", "busy")}
        loads = [(entry, library.load_settings(entry)) for entry in entries]
        return model_order(loads, loaded, free_bytes(), need)

    return choose


def _present(library: Library, models: Sequence[str]) -> Iterator[ModelEntry]:
    for model in models:
        try:
            yield library.resolve_to_run(model)
        except UserError:
            continue  # the run says so when it comes to it


def model_order(
    loads: Sequence[tuple[ModelEntry, LoadSettings]], loaded: Collection[str], memory: MemoryFree,
    need: ContextNeed,
) -> ModelOrder:  # fmt: skip
    """`need` is the context that the run opens beside the chat's. A server that runs several
    models may load one anew at every turn, so that these follow each other."""
    if len(loads) < 2:
        return ModelOrder()
    if any(entry.is_served for entry, _ in loads):
        return _one_by_one(len(loads), "a server decides by itself what it keeps loaded")
    to_load = [
        (entry, _with_room(entry, settings, need)) for entry, settings in loads
        if entry.is_local and entry.model not in loaded
    ]  # fmt: skip
    if not fit_together(to_load, memory):
        return _one_by_one(len(loads), "together they do not fit in memory")
    return ModelOrder(
        True,
        f"The {len(loads)} models take turns, about {GROUP_TRIALS} trials each time, and all of "
        "them stay loaded: whatever else the machine does meanwhile falls on all of them.",
    )


def _one_by_one(count: int, why: str) -> ModelOrder:
    return ModelOrder(
        False,
        f"The {count} models are asked one after the other: {why}. If the machine grows slower "
        "meanwhile, that falls on the later ones.",
    )


def _with_room(entry: ModelEntry, settings: LoadSettings, need: ContextNeed) -> LoadSettings:
    """One context as large as that of the chat and that of the run together."""
    return replace(settings, n_ctx=effective_n_ctx(settings, entry.n_ctx_train) + need.n_ctx)
