"""Converts in a process of its own; the folder appears whole or not at all."""

from __future__ import annotations

import os
import queue
import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.cancel import CancelToken
from models.convert import messages
from models.convert.messages import BITS, GROUP_SIZES, Convert, Converted, ConvertProgress
from models.drafts import draft_of, sweep
from models.engine import mlx_library
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed
from models.engine.process import Child, Ended
from models.errors import UserError
from models.library.entry import ModelEntry

CHILD = "models.convert.child"
KNOWN = {**MESSAGE_TYPES, **message_types(messages)}
LOOK_EVERY_S = 0.1
_SCALES_BITS = 32  # a scale and a bias of 16 bits for each group
_SPARE = 1.05


@dataclass(frozen=True)
class Wish:
    """`folder` is made; `bits` 0 keeps floats of `float_bits`."""

    entry: ModelEntry
    folder: Path
    bits: int = 4
    group_size: int = 64
    float_bits: int = 16

    @property
    def size_bytes(self) -> int:
        """About what the folder will take."""
        bits = self.bits + _SCALES_BITS / self.group_size if self.bits else self.float_bits
        return int(self.entry.n_params * bits / 8 * _SPARE)


def usual_name(entry: ModelEntry, bits: int, float_bits: int) -> str:
    """ "SmolLM2-135M-Instruct-mlx-4bit": the type of the source is out of its name."""
    stem = entry.path.stem.removesuffix(f"-{entry.quantization}")
    return f"{stem}-mlx-{f'{bits}bit' if bits else f'float{float_bits}'}"


def convert(wish: Wish, cancel: CancelToken) -> Generator[ConvertProgress, None, Converted]:
    """Raises UserError where it cannot be done, Cancelled when stopped; then nothing is left."""
    refuse(wish)
    folder = wish.folder
    draft = draft_of(folder)
    sweep(folder.parent)
    files = tuple(str(path) for path in wish.entry.files)
    request = Convert(files, str(draft), wish.bits, wish.group_size, wish.float_bits)
    child = Child(CHILD, known=KNOWN)
    try:
        child.wait_for_hello()
        converted: Converted | None = None
        for answer in _answers(child, request, cancel):
            if isinstance(answer, Converted):
                converted = answer
            else:
                yield answer
        assert converted is not None
        if folder.exists():
            raise _exists(folder)
        draft.rename(folder)
        return converted
    finally:
        child.kill("stop")
        child.close()
        shutil.rmtree(draft, ignore_errors=True)


def refuse(wish: Wish) -> None:
    """Raise UserError early for what is known before anything is read or written."""
    entry, folder = wish.entry, wish.folder
    if entry.format != "gguf":
        raise UserError(f"{entry.name} is no GGUF file.", "Only GGUF files can be converted.")
    if entry.problem:
        raise UserError(entry.problem)
    if wish.bits and (wish.bits not in BITS or wish.group_size not in GROUP_SIZES):
        raise UserError(
            f"MLX has no weights of {wish.bits} bits in groups of {wish.group_size}.",
            f"Bits: {', '.join(map(str, BITS))}. Groups: {', '.join(map(str, GROUP_SIZES))}.",
        )
    if not mlx_library.is_installed() or find_spec("gguf") is None:
        raise UserError("MLX is not installed here.", mlx_library.HOW_TO_INSTALL)
    if folder.exists():
        raise _exists(folder)
    _refuse_no_room(wish)


def _refuse_no_room(wish: Wish) -> None:
    place = next(parent for parent in wish.folder.absolute().parents if parent.exists())
    if not os.access(place, os.W_OK):
        raise UserError(f"{place} may not be written.", "Name another folder.")
    free = shutil.disk_usage(place).free
    if free < wish.size_bytes:
        raise UserError(
            f"The folder needs about {wish.size_bytes / 1e9:.1f} GB, and {free / 1e9:.1f} GB are "
            f"free in {place}.",
            "Free some space, choose fewer bits, or name another folder.",
        )


def _answers(child: Child, request: Convert, cancel: CancelToken) -> Iterator[Any]:
    """Progress and the end. Raises Cancelled, UserError, EngineDied."""
    _, answers = child.send(request)
    while True:
        cancel.raise_if_cancelled()
        try:
            answer = answers.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            continue
        if isinstance(answer, Ended):
            raise child.exit().error()
        if isinstance(answer, Failed):
            raise UserError(answer.message, answer.hint) if answer.kind == "user" else (
                RuntimeError(f"{answer.message}\n{answer.log}")
            )  # fmt: skip
        yield answer
        if isinstance(answer, Converted):
            return


def _exists(folder: Path) -> UserError:
    return UserError(f"{folder} exists already.", "Remove it, or name another folder.")
