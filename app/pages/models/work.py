"""The long work of the Models page as generators; they know no Qt."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.cancel import CancelToken
from models.convert.convert import Wish, convert
from models.convert.messages import ConvertProgress
from models.engine.messages import LoadSettings, Progress
from models.engine.pool import Pool, Waiting
from models.errors import UserError
from models.hardware.memory import MemoryFree, free_bytes
from models.library.entry import ModelEntry
from models.library.library import Library
from models.library.scan import ScanProgress


@dataclass(frozen=True)
class Looked:
    """The list after a step of looking, and the memory that is free now."""

    entries: tuple[ModelEntry, ...]
    memory: MemoryFree
    sentence: str = ""


@dataclass(frozen=True)
class Loaded:
    entry: ModelEntry
    peak_bytes: int


def look(library: Library, token: CancelToken) -> Generator[Looked, None, Looked]:
    """Known rows at once, found rows in batches, then headers one after the other."""
    memory = free_bytes()
    yield Looked(library.entries(), memory, "Looking for models…")
    for step in library.scan():
        token.raise_if_cancelled()
        yield Looked(step.found, memory, _sentence(step))
    return Looked(library.entries(), memory)


def add(library: Library, paths: Sequence[Path]) -> Generator[str, None, tuple[ModelEntry, ...]]:
    """Link files and folders in place; the first that is no model raises UserError."""
    added: list[ModelEntry] = []
    for path in paths:
        yield f"Adding {path.name}"
        added += library.add(path)
    return tuple(library.refresh(entry) for entry in added)


def load(
    library: Library, pool: Pool, entry: ModelEntry, settings: LoadSettings, token: CancelToken
) -> Generator[Progress | Waiting, None, Loaded]:
    """Load and give back at once: the model stays until something else needs the room."""
    if entry.is_local and not os.path.exists(entry.path):
        raise UserError(library.refresh(entry).problem)
    lease = yield from pool.lease(entry.model, settings, holder="the Models page", cancel=token)
    with lease:
        engine = lease.engine
        peak_bytes = engine.info.peak_memory_bytes + engine.context.memory_bytes
    return Loaded(entry, peak_bytes)


def eject(pool: Pool, entry: ModelEntry) -> Generator[str, None, None]:
    yield f"Ejecting {entry.name}"
    pool.eject(entry.model)


def make_mlx_folder(
    library: Library, wish: Wish, token: CancelToken
) -> Generator[ConvertProgress, None, ModelEntry]:
    """Convert a file and list the folder that was made."""
    yield from convert(wish, token)
    (made,) = library.add(wish.folder)
    return made


def move_to_bin(library: Library, pool: Pool, entry: ModelEntry) -> Generator[str, None, None]:
    """Out of memory first, then into the bin of the system."""
    yield f"Moving {entry.name} to the bin"
    pool.eject(entry.model)
    library.move_to_bin(entry)


def _sentence(step: ScanProgress) -> str:
    if step.phase == "files":
        return f"Looking for models… {step.done:,} found"
    if step.phase == "servers":
        return "Asking servers for their models…"
    what = "Reading headers" if step.phase == "headers" else "Comparing files of one size"
    return f"{what}… {step.done:,} of {step.total:,}"
