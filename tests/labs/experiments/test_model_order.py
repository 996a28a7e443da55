"""Which models take turns within a run, and which follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from labs.experiments.running.model_order import model_order
from labs.experiments.running.subject import ContextNeed
from models.engine.messages import LoadSettings
from models.hardware.memory import MemoryFree
from models.library.entry import ModelEntry

GIB = 1 << 30
MEMORY = MemoryFree(12 * GIB, 16 * GIB)


def weights(name: str, size_bytes: int) -> tuple[ModelEntry, LoadSettings]:
    return ModelEntry(name, name, Path(f"/{name}.gguf"), "gguf", size_bytes, ""), LoadSettings()


def other(name: str, kind: str) -> tuple[ModelEntry, LoadSettings]:
    return ModelEntry(name, f"{kind}:{name}", Path(), kind, 0, ""), LoadSettings()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("models", "takes_turns", "words"),
    [
        ([weights("a", GIB)], False, ""),
        ([weights("a", GIB), weights("b", GIB)], True, "take turns"),
        ([weights("a", 7 * GIB), weights("b", 7 * GIB)], False, "do not fit in memory"),
        ([weights("a", GIB), other("b", "sim")], True, "take turns"),
        ([weights("a", GIB), other("b", "ollama")], False, "server decides"),
    ],
)
def test_models_take_turns_where_all_of_them_stay_loaded(
    models: Sequence[tuple[ModelEntry, LoadSettings]], takes_turns: bool, words: str
) -> None:
    order = model_order(models, (), MEMORY, ContextNeed(2048))
    assert order.takes_turns == takes_turns
    assert words in order.sentence


def test_what_is_loaded_already_needs_no_room() -> None:
    models = [weights("a", 7 * GIB), weights("b", 7 * GIB)]
    assert model_order(models, {"/a.gguf"}, MEMORY, ContextNeed(2048)).takes_turns
