"""A tokenizer.json, with what its folder tells beside it: data, never code."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from models.engine.mlx_vocabulary import MlxVocabulary
from models.errors import UserError
from models.library import mlx_folder
from models.tokenizers.merges import Merges, merges_of_pairs
from models.tokenizers.opened import Frame, Tokenizer, around


def open_json(folder: Path, file_name: str) -> Tokenizer:
    """Raises UserError where it is not installed, or the file is no tokenizer."""
    _require_library()
    config = mlx_folder.read_config(folder)
    vocabulary = MlxVocabulary(folder, config, 0, file_name)
    numbers = vocabulary.numbers()
    vocabulary.n_tokens = max(numbers, default=-1) + 1
    return Tokenizer(
        vocabulary,
        f"{vocabulary.family} (tokenizer.json)",
        vocabulary.n_tokens,
        vocabulary.kind_of,
        vocabulary.eos_text,
        mlx_folder.chat_template(folder),
        vocabulary.offsets,
        _oddities(vocabulary.n_tokens, len(numbers), config),
        partial(_merges, folder / file_name) if vocabulary.family == "BPE" else None,
        partial(_frame, vocabulary),
    )


def _merges(path: Path) -> Merges:
    model = mlx_folder.read_json(path, max_bytes=256 << 20).get("model", {})
    return merges_of_pairs(model.get("merges", ()), bool(model.get("ignore_merges")))


def _frame(vocabulary: MlxVocabulary) -> Frame:
    """As the file's post-processor puts it, but for a begin that the folder's settings decide."""
    front, back = around(*vocabulary.bare_and_framed("a"))
    begin = (vocabulary.bos_id,)
    if vocabulary.adds_bos and front[:1] != begin:
        return begin + front, back
    if not vocabulary.adds_bos and front[:1] == begin:
        return front[1:], back
    return front, back


def _oddities(n_tokens: int, n_named: int, config: dict[str, Any]) -> tuple[str, ...]:
    notes = []
    if holes := n_tokens - n_named:
        notes.append(f"{holes:,} numbers below {n_tokens:,} have no token.")
    told = config.get("vocab_size")
    if isinstance(told, int) and n_tokens > told > 0:
        notes.append(
            f"The tokenizer goes up to {n_tokens - 1:,}, but the model beside it knows {told:,} "
            "tokens only: it cannot read the others."
        )
    return tuple(notes)


def _require_library() -> None:
    try:
        import tokenizers  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise UserError(
            "The library that reads tokenizer.json is not installed.",
            "Set Assay up again: python3 start.py",
        ) from error
