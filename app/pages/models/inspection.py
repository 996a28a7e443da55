"""Reads everything the inspector shows of one model; runs in a job, knows no Qt."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from app.pages.models.columns import HeaderLine
from models.errors import UserError
from models.hardware.memory import MemoryFree, free_bytes
from models.library import mlx_folder
from models.library.entry import ModelEntry
from models.library.gguf_cursor import ArrayRef, Value
from models.library.gguf_header import GgufHeader, read_array, read_header
from models.library.library import Library
from models.library.make_entry import printable
from models.library.type_mix import TypeMix, type_mix
from models.library.weights import Weight, weights_of

_MAX_VALUE_LETTERS = 400
_MAX_ITEMS = 1000


@dataclass(frozen=True)
class Inspection:
    """`entry` is fresh; the rest is empty for what has no readable header."""

    entry: ModelEntry
    lines: tuple[HeaderLine, ...]
    tensors: tuple[Weight, ...]
    mix: TypeMix
    chat_template: str
    fingerprint: str
    sha256: str
    duplicates: tuple[ModelEntry, ...]
    memory: MemoryFree


def inspect(library: Library, entry: ModelEntry) -> Generator[str, None, Inspection]:
    """Header, tensors, mix and identity of `entry`; a broken file gives empty parts."""
    yield f"Reading {entry.name}"
    entry = library.refresh(entry)
    lines, template, tensors = _told_by(entry)
    return Inspection(
        entry=entry,
        lines=lines,
        tensors=tensors,
        mix=type_mix(tensors),
        chat_template=template,
        fingerprint=library.fingerprint(entry) if tensors else "",
        sha256=library.known_sha256(entry),
        duplicates=library.duplicates(entry),
        memory=free_bytes(),
    )


def _told_by(entry: ModelEntry) -> tuple[tuple[HeaderLine, ...], str, tuple[Weight, ...]]:
    """Header, chat template and weights of a file or folder."""
    try:
        weights = tuple(weights_of(entry))
        if entry.format == "mlx":
            config = mlx_folder.read_config(entry.path)
            lines = tuple(_line(key, _told(value)) for key, value in config.items())
            return lines, mlx_folder.chat_template(entry.path), weights
        if not weights:
            return (), "", ()
        header = read_header(entry.files[0])
    except UserError:  # its sentence is the problem of the entry already
        return (), "", ()
    return _lines(header), header.text("tokenizer.chat_template"), weights


def _told(value: object) -> Value:
    """A value of config.json; what is nested as JSON."""
    return value if isinstance(value, (str, int, float)) else json.dumps(value, indent=1)


def first_items(path: Path, array: ArrayRef) -> str:
    """The beginning of a long array, an item a line. Raises UserError when the file changed."""
    items = read_array(path, array, limit=_MAX_ITEMS)
    lines = [f"{number}\t{_one_line(item)}" for number, item in enumerate(items)]
    if array.count > _MAX_ITEMS:
        lines.append(f"… {array.count - _MAX_ITEMS:,} more")
    return "\n".join(lines)


def _lines(header: GgufHeader) -> tuple[HeaderLine, ...]:
    return tuple(_line(key, value) for key, value in header.metadata.items())


def _line(key: str, value: Value) -> HeaderLine:
    if isinstance(value, ArrayRef):
        return HeaderLine(printable(key), str(value), array=value)
    if isinstance(value, float):
        value = f"{value:.7g}"  # most are float32, and the digits behind these are noise
    whole = "\n".join(map(str, value)) if isinstance(value, tuple) else str(value)
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else whole
    return HeaderLine(printable(key), _one_line(text), whole)


def _one_line(value: object) -> str:
    return printable(str(value)[:_MAX_VALUE_LETTERS].replace("\n", "⏎"))
