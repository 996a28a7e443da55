"""The long work of the Quantization page as generators; they know no Qt."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.quantization import kept
from labs.quantization.comparison import Compared
from labs.quantization.document import Record
from labs.quantization.family import Member, family_of, most_bits_first, with_pace
from labs.quantization.recording import record
from labs.quantization.session import Wish
from labs.quantization.texts import bundled_texts, text_of
from labs.quantization.variant import variants_of
from labs.telemetry.workers import watch_of
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import Pool
from models.errors import UserError
from models.hardware.memory import free_bytes
from models.hardware.sampler import Sampler
from models.library.entry import ModelEntry
from models.library.library import Library

LOADING = "Loading a model"


@dataclass(frozen=True)
class Step:
    """`done` of `total` windows of all models."""

    done: int
    total: int
    detail: str


@dataclass(frozen=True)
class Asked:
    """`names` as `variants_of` takes them, the base first; `kinds` of the bundled texts, or `path`
    to one of the user's own."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    path: Path | None
    n_windows: int
    window_tokens: int
    with_speed: bool = True


@dataclass(frozen=True)
class Finished:
    """`path` is None where it could not be kept; `problem` says why."""

    record: Record
    path: Path | None
    problem: UserError | None = None


def find_family(
    library: Library, name: str, cancel: CancelToken, *, choose_base: bool = False
) -> Generator[str, None, tuple[Member, ...]]:
    """The model `name` and the other files of it in the library; with `choose_base` the one with
    most bits comes first. Raises UserError."""
    yield "Looking for files of the same model"
    for step in library.scan():
        cancel.raise_if_cancelled()
        yield f"Looking at {step.done} of {step.total} models"
    entry = library.refresh(library.resolve(name))
    refuse_base(entry)
    found = family_of(entry, map(library.refresh, _local(library)))
    found = tuple(most_bits_first(found)) if choose_base else found
    gpu_layers = library.load_settings(found[0].entry).gpu_layers  # all load as the base does
    return tuple(with_pace(member, gpu_layers) for member in found)


def refuse_base(entry: ModelEntry) -> None:
    """Raise UserError for what cannot be compared at all."""
    if not entry.is_local:
        raise UserError(
            f"{entry.name} does not give all its log-probabilities.",
            "Only GGUF files and MLX folders on this machine can be compared.",
        )
    if entry.problem:
        raise UserError(entry.problem)


def _local(library: Library) -> Iterator[ModelEntry]:
    return (entry for entry in library.entries() if entry.is_local)


def compare(
    library: Library,
    pool: Pool,
    folder: Path,
    asked: Asked,
    cancel: CancelToken,
    sampler: Sampler | None = None,
) -> Generator[Any, None, Finished]:
    """Compare and keep; `sampler` tells what the machine does meanwhile.

    Stopped after the first window it returns what is there; raises Cancelled before, UserError and
    EngineDied.
    """
    yield "Looking at the files"
    variants = variants_of(asked.names, library.resolve_to_run, library.load_settings)
    texts = tuple(text for text in bundled_texts() if text.kind in asked.kinds)
    if asked.path is not None:
        texts = (text_of(asked.path),)
    wish = Wish(variants, texts, asked.n_windows, asked.window_tokens, asked.with_speed)
    watch = watch_of(pool, sampler) if sampler else None
    steps = record(wish, library, pool, free_bytes(), cancel, watch)
    made = yield from _with_words(steps, wish)
    try:
        return Finished(made, kept.keep(folder, made))
    except UserError as error:
        return Finished(made, None, error)


def _with_words(steps: Generator[Any, None, Record], wish: Wish) -> Generator[Any, None, Record]:
    """Each window of each model counts alike, in whatever order they are read; how far a load has
    come is no part of it."""
    done, n_models = 0, len(wish.variants)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            made: Record = end.value
            return made
        if isinstance(step, Progress):
            yield Step(done, wish.n_windows * n_models, LOADING)
        elif not isinstance(step, Compared):
            yield step
        elif not step.label:
            yield "Measuring how fast each writes"
        else:
            detail = f"Window {step.done + 1} of {step.total}: {step.label}"
            yield Step(done, step.total * n_models, detail)
            done += 1


def open_kept(path: Path) -> Generator[str, None, Finished]:
    yield f"Opening {path.name}"
    return Finished(kept.read(path), path)
