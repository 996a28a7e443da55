"""A model as a run sees it: how to lease it, and which weights it is."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from labs.chat.identity import ModelIdentity, identity_of
from models.cancel import CancelToken
from models.engine.engine import ManyEngine
from models.engine.messages import LoadSettings
from models.engine.pool import ContextWish, Pool
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.library import Library
from models.library.type_mix import type_mix
from models.library.weights import weights_of


class HeldEngine(Protocol):
    """What a lease gives."""

    @property
    def engine(self) -> ManyEngine: ...

    def release(self) -> None: ...


@dataclass(frozen=True)
class ContextNeed:
    """The context a run opens: tokens over all sequences, and how many share a batch."""

    n_ctx: int
    n_seq: int = 1


@dataclass(frozen=True)
class Subject:
    """`id` is the name on the command line. `lease` waits for the model, loads it and keeps it
    for this run alone; `identity` reads its whole file where that was not done before;
    `about` holds what the file says of itself, for the manifest. One that `is_absent` has only
    its name left."""

    id: str
    is_simulated: bool
    lease: Callable[[ContextNeed, CancelToken], Generator[Any, None, HeldEngine]]
    identity: Callable[[CancelToken], Generator[Any, None, ModelIdentity]]
    about: Callable[[], dict[str, Any]]
    is_absent: bool = False


def experiments_wish(settings: LoadSettings, need: ContextNeed) -> ContextWish:
    """The context of experiments, beside that of the chat. Flash attention is off: only then
    shared beginnings change no bit."""
    own = replace(settings, flash_attention="off")
    return ContextWish("experiments", need.n_ctx, need.n_seq, own)


def subject_of(library: Library, pool: Pool, entry: ModelEntry, *, holder: str) -> Subject:
    """A model of the library. `holder` is what others read while they wait for it."""
    settings = library.load_settings(entry)

    def lease(need: ContextNeed, cancel: CancelToken) -> Generator[Any, None, HeldEngine]:
        wish = experiments_wish(settings, need)
        return pool.lease(
            entry.model, settings, context=wish, exclusive=True, holder=holder, cancel=cancel
        )

    def identity(cancel: CancelToken) -> Generator[Any, None, ModelIdentity]:
        if entry.is_local and not library.known_sha256(entry):
            for progress in library.sha256(entry):
                cancel.raise_if_cancelled()
                yield progress
        return identity_of(library, entry)

    return Subject(entry.name, entry.format == "sim", lease, identity, lambda: _about(entry))


def absent(name: str, error: UserError) -> Subject:
    """A model that a plan names and nobody finds any more: `error` is raised when it is asked."""

    def refuse(*_: Any) -> Any:
        raise error

    return Subject(name, False, refuse, refuse, dict, is_absent=True)


def planned_subjects(models: Iterable[str], find: Callable[[str], Subject]) -> tuple[Subject, ...]:
    """The models of a run that goes on. One that is gone says so when it is asked, not before:
    another may be all that is missing."""
    found = []
    for model in models:
        try:
            found.append(find(model))
        except UserError as error:
            found.append(absent(model, UserError(error.message, "Bring it back, then resume.")))
    return tuple(found)


def _about(entry: ModelEntry) -> dict[str, Any]:
    if not entry.is_local:
        return {"format": entry.format}
    mix = type_mix(weights_of(entry))
    return {"format": entry.format, "file": entry.path.name, "type_mix": asdict(mix)}
