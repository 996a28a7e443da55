"""The parts of a tokenizer's file that decide how a text is cut, and files with some of them
changed: what is suspected of a tokenizer can be tried instead of guessed.

Only GGUF files and tokenizer.json (alone or in an MLX folder) are taken apart; of others nothing
but their tokens is known.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.errors import UserError
from models.library.gguf_cursor import ArrayRef
from models.library.gguf_header import read_array, read_header
from models.library.mlx_folder import read_json
from models.tokenizers.gguf_variant import (
    KINDS,
    MERGES,
    RULE,
    numbers,
    string,
    strings,
    write_vocabulary,
)
from models.tokenizers.merges import TAKES_WHOLE
from models.tokenizers.source import Source

Part = Literal["rule", "merges", "whole", "added", "normalizer", "fallback"]
NORMAL, UNKNOWN, CONTROL, ADDED = 1, 2, 3, 4  # llama.cpp's types of tokens
_TAKEN_OUT = (UNKNOWN, CONTROL, ADDED)
_MAX_JSON_BYTES = 256 << 20
_BESIDE = ("tokenizer_config.json", "config.json", "generation_config.json")


@dataclass(frozen=True)
class Added:
    """A token that is taken out of a text before it is cut; control tokens only where asked."""

    text: str
    is_control: bool


@dataclass(frozen=True)
class Anatomy:
    """`rule` says how a text is cut into words: a name in GGUF files, a section of tokenizer.json
    as JSON. `added` are the tokens that no merges make. `merges` are pairs "a b" in order, None
    for families without."""

    format: Literal["gguf", "json"]
    rule: str
    merges: tuple[str, ...] | None
    takes_whole: bool
    added: frozenset[Added]
    normalizer: str = "null"
    byte_fallback: bool = False


@dataclass(frozen=True)
class Change:
    """One part as another file has it. `value` is what Anatomy has under that name."""

    part: Part
    value: Any


def anatomy_of(source: Source) -> Anatomy | None:
    """None where the file is of a kind that is not taken apart. Raises UserError."""
    if source.kind == "gguf":
        return _of_gguf(Path(source.path))
    if source.kind in ("json", "folder"):
        return _of_json(_json_path(source))
    return None


def write_variant(source: Source, changes: Sequence[Change], folder: Path) -> tuple[str, Path]:
    """A file in `folder` that is `source` but for `changes`; its kind and path as
    `Tokenizers.cut_many` takes them. Raises UserError where a part cannot be put there."""
    folder.mkdir(parents=True, exist_ok=True)
    if source.kind == "gguf":
        target = folder / "variant.gguf"
        path = Path(source.path)
        keys = {key: raw for change in changes for key, raw in _gguf_keys(path, change).items()}
        write_vocabulary(path, target, keys)
        return "gguf", target
    path = _json_path(source)
    content = read_json(path, max_bytes=_MAX_JSON_BYTES)
    for change in changes:
        _change_json(content, change)
    target = folder / "tokenizer.json"
    target.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    for name in _BESIDE:
        if (path.parent / name).is_file():
            shutil.copyfile(path.parent / name, folder / name)
    return "json", target


# ---- GGUF ----------------------------------------------------------------------------------


def _of_gguf(path: Path) -> Anatomy:
    header = read_header(path)
    rule = header.text("tokenizer.ggml.pre")
    tokens, kinds = _array(path, "tokenizer.ggml.tokens"), _array(path, KINDS)
    is_bpe = header.text("tokenizer.ggml.model") == "gpt2"
    added = frozenset(
        Added(str(text), kind != ADDED)
        for text, kind in zip(tokens, kinds, strict=False)
        if kind in _TAKEN_OUT
    )
    merges = tuple(map(str, _array(path, MERGES))) if is_bpe else None
    return Anatomy("gguf", rule, merges, rule in TAKES_WHOLE, added)


def _array(path: Path, key: str) -> tuple[Any, ...]:
    told = read_header(path).metadata.get(key, ())
    found = read_array(path, told) if isinstance(told, ArrayRef) else told
    return found if isinstance(found, tuple) else ()


def _gguf_keys(path: Path, change: Change) -> dict[str, bytes]:
    if change.part == "rule":
        return {RULE: string(change.value)}
    if change.part == "merges":
        return {MERGES: strings(change.value)}
    if change.part == "added":
        return {KINDS: numbers(_kinds_with(path, change.value))}
    raise UserError(f"A GGUF file has no such part: {change.part}.")


def _kinds_with(path: Path, added: frozenset[Added]) -> list[int]:
    """The types of all tokens, with exactly `added` taken out of a text."""
    wanted = {each.text: each.is_control for each in added}
    tokens, kinds = _array(path, "tokenizer.ggml.tokens"), _array(path, KINDS)
    pairs = zip(map(str, tokens), map(int, kinds), strict=True)
    return [_kind_with(kind, wanted.get(text)) for text, kind in pairs]


def _kind_with(kind: int, is_control: bool | None) -> int:
    """`is_control` is None for a token that is made by merges alone."""
    if is_control is None:
        return NORMAL if kind in _TAKEN_OUT else kind
    if not is_control:
        return ADDED
    return kind if kind in (UNKNOWN, CONTROL) else CONTROL


# ---- tokenizer.json ------------------------------------------------------------------------


def _json_path(source: Source) -> Path:
    path = Path(source.path)
    return path / "tokenizer.json" if source.kind == "folder" else path


def _of_json(path: Path) -> Anatomy:
    content = read_json(path, max_bytes=_MAX_JSON_BYTES)
    model = content.get("model")
    if not isinstance(model, dict):
        raise UserError(f"{path.name} cannot be read as a tokenizer.", "Choose another file.")
    added = frozenset(
        Added(str(token.get("content", "")), bool(token.get("special")))
        for token in content.get("added_tokens") or () if isinstance(token, dict)
    )  # fmt: skip
    pairs = model.get("merges")
    merges = tuple(each if isinstance(each, str) else " ".join(each) for each in pairs or ())
    return Anatomy(
        "json",
        json.dumps(content.get("pre_tokenizer"), sort_keys=True),
        merges if pairs is not None else None,
        bool(model.get("ignore_merges")),
        added,
        json.dumps(content.get("normalizer"), sort_keys=True),
        bool(model.get("byte_fallback")),
    )


def _change_json(content: dict[str, Any], change: Change) -> None:
    model = content["model"]
    if change.part == "rule":
        content["pre_tokenizer"] = json.loads(change.value)
    elif change.part == "normalizer":
        content["normalizer"] = json.loads(change.value)
    elif change.part == "merges":
        model["merges"] = list(change.value)
    elif change.part == "whole":
        model["ignore_merges"] = change.value
    elif change.part == "fallback":
        model["byte_fallback"] = change.value
    else:
        content["added_tokens"] = _added_json(content, change.value)


def _added_json(content: dict[str, Any], added: frozenset[Added]) -> list[dict[str, Any]]:
    """Those that are there already keep their manners; a new one needs a number of its own."""
    known = {token["content"]: token for token in content.get("added_tokens") or ()}
    vocabulary = content["model"].get("vocab", {})
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    made = []
    for each in sorted(added, key=lambda each: each.text):
        if each.text in known:
            made.append({**known[each.text], "special": each.is_control})
        elif isinstance(vocabulary, dict) and each.text in vocabulary:
            made.append({"id": vocabulary[each.text], "content": each.text,
                         "special": each.is_control, **plain})  # fmt: skip
    return sorted(made, key=lambda token: token["id"])
