"""What of a model's name is known on this machine: its context, and how fast it reads."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from labs.tokens.parallel import parallel_text
from labs.tokens.reading_speed import reading_speed
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import Pool, Waiting
from models.errors import UserError
from models.fit import effective_n_ctx
from models.library.entry import ModelEntry
from models.library.library import Library


@dataclass(frozen=True)
class Machine:
    """`n_ctx` in tokens, None for a tokenizer without a model; `tokens_per_s` once measured,
    `problem` says why it could not be."""

    n_ctx: int | None = None
    tokens_per_s: float | None = None
    problem: str = ""


def machine_of(library: Library, name: str) -> Machine:
    """`name` is what `find_source` takes."""
    entry = _entry(library, name)
    if entry is None:
        return Machine()
    return Machine(effective_n_ctx(library.load_settings(entry), entry.n_ctx_train))


def measured_machine(
    library: Library, pool: Pool, name: str, known: Machine, cancel: CancelToken
) -> Generator[Progress | Waiting | str, None, Machine]:
    """`known` with its reading speed, for which the model is loaded, or with why there is none
    (its file may be gone by now): other models are worth measuring all the same. Nothing is
    measured of a tokenizer without a model. Raises Cancelled."""
    if known.n_ctx is None:
        return known
    text = "\n".join(parallel_text()[0].articles)
    try:
        entry = library.resolve_to_run(name)
        settings = library.load_settings(entry)
        speed = yield from reading_speed(pool, entry.model, settings, text, cancel)
    except UserError as error:  # an engine that died as well
        return replace(known, problem=str(error))
    return replace(known, tokens_per_s=speed)


def _entry(library: Library, name: str) -> ModelEntry | None:
    try:
        return library.refresh(library.resolve(name))
    except UserError:
        return None
