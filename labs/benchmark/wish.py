"""What a benchmark is asked to measure."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Literal

from models.amounts import size_text
from models.engine.messages import LoadSettings
from models.errors import UserError
from models.fit import forecast
from models.hardware.memory import MemoryFree
from models.library.entry import ModelEntry

Flash = Literal["auto", "on", "off"]
N_READ, N_WRITTEN, REPETITIONS = 512, 128, 5  # as llama-bench has them
MOST_CHATTED = 5
MOST_TOKENS, MOST_REPETITIONS, MOST_SETTINGS = 1 << 20, 100, 32


@dataclass(frozen=True)
class Subject:
    """A model, and how the user loads it."""

    entry: ModelEntry
    settings: LoadSettings


@dataclass(frozen=True)
class Wish:
    """`threads` and `gpu_layers` are swept, () leaves them as loaded; so do `flash_attention` None
    and `n_batch` 0. The cache holds `depth` tokens before the timed ones. `chatted`: measure the
    way through template, tokenizer and sampling as well. Equal seeds draw equal tokens."""

    subjects: tuple[Subject, ...]
    n_read: int = N_READ
    n_written: int = N_WRITTEN
    depth: int = 0
    repetitions: int = REPETITIONS
    threads: tuple[int, ...] = ()
    gpu_layers: tuple[int, ...] = ()
    flash_attention: Flash | None = None
    n_batch: int = 0
    seed: int = 1
    chatted: bool = True

    @property
    def n_ctx(self) -> int:
        return self.depth + max(self.n_read, self.n_written)

    @property
    def n_chatted(self) -> int:
        """Rounds of two questions."""
        return min(self.repetitions, MOST_CHATTED)

    def settings_of(self, subject: Subject, gpu_layers: int | None = None) -> LoadSettings:
        """How a subject is loaded for this."""
        own = subject.settings
        return replace(
            own,
            gpu_layers=own.gpu_layers if gpu_layers is None else gpu_layers,
            flash_attention=self.flash_attention or own.flash_attention,
            n_batch=self.n_batch or own.n_batch,
        )


def refuse(wish: Wish, cores: int = 0) -> None:
    """Raise UserError for what cannot be measured, before anything is loaded."""
    if not wish.subjects:
        raise UserError("There is no model to measure.", "Choose one.")
    models = [subject.entry.model for subject in wish.subjects]
    if twice := next((model for model in models if models.count(model) > 1), None):
        raise UserError(f"{twice} is named twice.", "Name each model once.")
    for subject in wish.subjects:
        if subject.entry.problem:
            raise UserError(subject.entry.problem)
        _refuse_for(wish, subject.entry)
    _refuse_numbers(wish)
    _refuse_threads(wish, cores or os.cpu_count() or 1)


def refuse_too_large(
    wish: Wish, subject: Subject, settings: LoadSettings, memory: MemoryFree
) -> None:
    """Raise UserError for so many tokens that their cache fits into no part of this machine."""
    if not subject.entry.is_local:
        return
    cast = forecast(subject.entry, replace(settings, n_ctx=wish.n_ctx), memory)
    if cast.verdict == "wont_fit":
        raise UserError(
            f"{subject.entry.name} with {wish.n_ctx:,} tokens needs {size_text(cast.total_bytes)} "
            "of memory, which this machine does not have.",
            f"{size_text(cast.free_bytes)} are free. Ask for fewer tokens, or a smaller model.",
        )


def _refuse_for(wish: Wish, entry: ModelEntry) -> None:
    """What only llama.cpp lets one set."""
    swept = [name for name, is_set in (
        ("threads", wish.threads), ("GPU layers", wish.gpu_layers),
        ("flash attention", wish.flash_attention), ("depth", wish.depth),
    ) if is_set]  # fmt: skip
    if swept and not entry.is_local:
        raise UserError(
            f"{entry.name} takes no {swept[0]}: its server, or Assay itself, decides that.",
            "It can be measured as chatted only. Leave the option out, or choose a file.",
        )
    taken = [name for name in swept if name != "depth"]
    if taken and entry.format == "mlx":
        raise UserError(
            f"MLX chooses its {taken[0]} itself, so {entry.name} cannot be swept over them.",
            "Leave the option out, or choose a GGUF file of the same model.",
        )


def _refuse_numbers(wish: Wish) -> None:
    for name, count, least in (
        ("tokens to read", wish.n_read, 0), ("tokens to write", wish.n_written, 0),
        ("tokens in the cache before", wish.depth, 0), ("tokens read at once", wish.n_batch, 0),
    ):  # fmt: skip
        if not least <= count <= MOST_TOKENS:
            raise UserError(f"{count:,} is no number of {name}.", f"0 to {MOST_TOKENS:,} will do.")
    if not wish.n_read and not wish.n_written:
        raise UserError("There is nothing to measure.", "Ask for tokens to read or to write.")
    if not 1 <= wish.repetitions <= MOST_REPETITIONS:
        raise UserError(
            f"{wish.repetitions:,} repetitions cannot be made.",
            f"1 to {MOST_REPETITIONS}; five show how far they spread.",
        )


def _refuse_threads(wish: Wish, cores: int) -> None:
    if len(wish.threads) > MOST_SETTINGS or len(wish.gpu_layers) > MOST_SETTINGS:
        raise UserError(f"More than {MOST_SETTINGS} settings at once.", "Name fewer.")
    wrong = next((n for n in wish.threads if not 1 <= n <= cores), None)
    if wrong is not None:
        raise UserError(
            f"This machine runs {cores} threads at once, so {wrong:,} cannot be measured.",
            f"Name numbers from 1 to {cores}.",
        )
    if len(set(wish.threads)) < len(wish.threads):
        raise UserError("Each number of threads can be measured once.", "Name different ones.")
    if (least := min(wish.gpu_layers, default=0)) < -1:
        raise UserError(f"{least} is no number of GPU layers.".replace("-", "−"),
                        "0 is none, −1 all.")  # fmt: skip
    if len(set(wish.gpu_layers)) < len(wish.gpu_layers):
        raise UserError("Each number of GPU layers can be measured once.", "Name different ones.")
