"""What one GGUF file says of itself, in the form that the index keeps."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.library.dimensions import Dimensions
from models.library.ggml_types import FILE_TYPES
from models.library.gguf_header import GgufHeader, missing_bytes, read_header, read_row
from models.library.type_mix import type_mix

_MAX_LETTERS = 200  # a name of a megabyte is no name; the inspector shows all of it


@dataclass(frozen=True)
class FileFacts:
    """Facts of one file; of a shard set the first file carries most of them."""

    architecture: str = ""
    title: str = ""
    licence: str = ""
    quantization: str = ""
    n_ctx_train: int = 0
    n_params: int = 0
    weights_bytes: int = 0
    has_chat_template: bool = False
    dimensions: Dimensions | None = None
    problem: str = ""
    complete: bool = False


def first_facts(path: Path) -> FileFacts:
    """From the keys before the first tokenizer array; a broken file gives its sentence."""
    try:
        header = read_row(path)
    except UserError as error:
        return FileFacts(problem=str(error), complete=True)
    return _facts(header)


def complete_facts(path: Path) -> FileFacts:
    """From the whole header; a broken file gives its sentence."""
    try:
        header = read_header(path)
    except UserError as error:
        return FileFacts(problem=str(error), complete=True)
    return _facts(header)


def encode(facts: FileFacts) -> str:
    """One line of JSON for the index."""
    return json.dumps(asdict(facts), separators=(",", ":"))


def decode(text: str) -> FileFacts | None:
    """None for a line of another version, which is then read from the file again."""
    try:
        data: dict[str, Any] = json.loads(text)
        if dimensions := data.get("dimensions"):
            for name in ("kv_heads", "windows"):
                dimensions[name] = tuple(dimensions[name])
            data["dimensions"] = Dimensions(**dimensions)
        return FileFacts(**data)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _facts(header: GgufHeader) -> FileFacts:
    mix = type_mix(header.tensors)
    return FileFacts(
        architecture=header.architecture[:_MAX_LETTERS],
        title=header.text("general.name")[:_MAX_LETTERS],
        licence=header.text("general.license")[:_MAX_LETTERS],
        quantization=_file_type(header),
        n_ctx_train=header.number(f"{header.architecture}.context_length"),
        n_params=mix.n_weights,
        weights_bytes=mix.size_bytes,
        has_chat_template=bool(header.text("tokenizer.chat_template")),
        dimensions=header.dimensions,
        problem=_problem(header),
        complete=header.complete,
    )


def _file_type(header: GgufHeader) -> str:
    """The maker's word for the mix; 0 is a type too, so absence is asked for first."""
    if "general.file_type" not in header.metadata:
        return ""
    return FILE_TYPES.get(header.number("general.file_type"), "")


def _problem(header: GgufHeader) -> str:
    kind = header.text("general.type")
    if kind in ("adapter", "imatrix"):
        return f"This file is no model of its own but an {kind} for one."
    if header.n_tensors == 0 and "split.count" not in header.metadata:
        return "This file holds a vocabulary but no weights."
    if missing := missing_bytes(header):
        return (
            f"The file is incomplete: {missing / 1e6:,.1f} MB of its weights are missing. "
            "Download or copy it again."
        )
    return ""
