"""Reads everything the inspector shows of one model; runs in a job, knows no Qt."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from app.pages.models.columns import HeaderLine
from models.errors import UserError
from models.hardware.memory import MemoryFree, free_bytes
from models.library.entry import ModelEntry
from models.library.gguf_header import GgufHeader, Tensor, read_header
from models.library.library import Library
from models.library.make_entry import printable
from models.library.type_mix import TypeMix, type_mix

_MAX_VALUE_LETTERS = 4000


@dataclass(frozen=True)
class Inspection:
    """`entry` is fresh; the rest is empty for what has no readable header."""

    entry: ModelEntry
    lines: tuple[HeaderLine, ...]
    tensors: tuple[Tensor, ...]
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
    headers = _headers(entry)
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    return Inspection(
        entry=entry,
        lines=_lines(headers[0]) if headers else (),
        tensors=tensors,
        mix=type_mix(tensors),
        chat_template=headers[0].text("tokenizer.chat_template") if headers else "",
        fingerprint=library.fingerprint(entry) if headers else "",
        sha256=library.known_sha256(entry),
        duplicates=library.duplicates(entry),
        memory=free_bytes(),
    )


def _headers(entry: ModelEntry) -> list[GgufHeader]:
    try:
        return [read_header(path) for path in entry.files]
    except UserError:  # its sentence is the problem of the entry already
        return []


def _lines(header: GgufHeader) -> tuple[HeaderLine, ...]:
    return tuple(HeaderLine(printable(key), _value(v)) for key, v in header.metadata.items())


def _value(value: object) -> str:
    if isinstance(value, tuple):
        value = ", ".join(map(str, value))
    return printable(" ".join(str(value)[:_MAX_VALUE_LETTERS].split()))
