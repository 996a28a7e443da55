"""Reads the weights of an MLX folder, a few at a time, so that loading can be seen and stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models.engine.backend import CancelFlag, Emit
from models.engine.messages import Progress
from models.engine.mlx_library import MlxLibrary
from models.errors import Cancelled, UserError

PORTION_BYTES = 64 << 20
# What mlx-lm raises for a folder that is damaged or beyond it, of all that is in there.
_FAILURES = (ValueError, TypeError, KeyError, AttributeError, IndexError, RuntimeError, OSError,
             ArithmeticError, AssertionError)  # fmt: skip


def load_weights(
    library: MlxLibrary, folder: Path, emit: Emit, cancel: CancelFlag
) -> tuple[Any, dict[str, Any]]:
    """The model with its weights in memory, and its config. Code in the folder is never run.

    Raises UserError where the folder cannot be loaded, Cancelled when stopped.
    """
    try:
        model, config = library.lm.load_model(folder, lazy=True, trust_remote_code=False)
        arrays = [array for _, array in library.tree.tree_flatten(model.parameters())]
        total, done = sum(array.nbytes for array in arrays), 0
        for portion in _portions(arrays):
            if cancel.is_set:
                raise Cancelled
            library.mx.eval(portion)
            done += sum(array.nbytes for array in portion)
            emit(Progress("load", round(1000 * done / max(1, total)), 1000))
    except _FAILURES as error:
        raise _explained(folder, error) from error
    return model, config


def weights_bytes(library: MlxLibrary, model: Any) -> int:
    return sum(array.nbytes for _, array in library.tree.tree_flatten(model.parameters()))


def _portions(arrays: Sequence[Any]) -> Iterator[list[Any]]:
    portion: list[Any] = []
    size = 0
    for array in arrays:
        portion.append(array)
        size += array.nbytes
        if size >= PORTION_BYTES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _explained(folder: Path, error: Exception) -> UserError:
    reason = " ".join(str(error).split())[:300].rstrip(".") or type(error).__name__
    if reason.startswith("Model type"):
        kind = reason.split()[2]
        return UserError(
            f"{folder.name} is of a kind that MLX does not know yet ({kind}).",
            "A newer version of mlx-lm may know it.",
        )
    return UserError(
        f"{folder.name} could not be loaded: {reason}.",
        "The folder may be damaged or incomplete; compare it with its source.",
    )
