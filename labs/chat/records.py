"""Dataclasses to JSON and back; reading forgives what it does not know."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import types
import typing
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, get_args, get_origin

from models.engine.messages import Alternative, PromptToken, TokenData

T = TypeVar("T")


def to_json(value: Any) -> str:
    """A dataclass as compact JSON, for `from_json`."""
    return json.dumps(dataclasses.asdict(value), separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """`kind` from JSON; "" gives its defaults."""
    return from_dict(kind, json.loads(text) if text else {})


def from_dict(kind: type[T], data: Any) -> T:
    """`kind` from a dict. Unknown fields are left out, and values of a wrong type give way to
    the default, so that one bad value never costs the rest.

    Raises TypeError when a field without a default is missing.
    """
    given = data if isinstance(data, dict) else {}
    values = {}
    for name, read in _field_readers(typing.cast(type, kind)):
        if name in given and (value := read(given[name])) is not _REFUSED:
            values[name] = value
    return kind(**values)


# A reader gives the value in its declared type, or _REFUSED. They are built once for a type,
# because a long chat holds some ten thousand values.
_Reader = Callable[[Any], Any]
_REFUSED = object()


@functools.cache
def _field_readers(kind: type) -> tuple[tuple[str, _Reader], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((f.name, _reader(hints[f.name])) for f in dataclasses.fields(kind))


def _reader(hint: Any) -> _Reader:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is typing.Literal:
        return lambda value: value if value in arguments else _REFUSED
    if origin in (typing.Union, types.UnionType):
        return _reader_of_any([_reader(option) for option in arguments])
    if origin is tuple:
        return _reader_of_items(_reader(arguments[0]))
    if dataclasses.is_dataclass(hint):
        nested = typing.cast(type, hint)
        return lambda value: from_dict(nested, value) if isinstance(value, dict) else _REFUSED
    if hint is float:
        return _read_float
    if hint is int:
        return lambda value: value if type(value) is int else _REFUSED
    return lambda value: value if isinstance(value, hint) else _REFUSED


def _reader_of_any(readers: list[_Reader]) -> _Reader:
    def read(value: Any) -> Any:
        found = (each for reader in readers if (each := reader(value)) is not _REFUSED)
        return next(found, _REFUSED)

    return read


def _reader_of_items(read_item: _Reader) -> _Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return _REFUSED
        items = tuple(read_item(each) for each in value)
        return _REFUSED if _REFUSED in items else items

    return read


def _read_float(value: Any) -> Any:
    if type(value) in (int, float) and math.isfinite(value):
        return float(value)
    return _REFUSED


# ---- blocks: lists that are long, so they are stored compressed ------------------------------


def pack_tokens(tokens: Iterable[TokenData]) -> bytes:
    """Lens data of a reply as one compressed block, for `unpack_tokens`."""
    return _pack(
        [
            t.token_id, t.text, _short(t.logprob), _short(t.entropy),
            [[a.token_id, a.text, _short(a.logprob)] for a in t.top],
        ]
        for t in tokens
    )  # fmt: skip


def unpack_tokens(block: bytes) -> list[TokenData]:
    return [
        TokenData(token_id, text, logprob, entropy, tuple(Alternative(*each) for each in top))
        for token_id, text, logprob, entropy, top in _unpack(block)
    ]


def pack_prompt(tokens: Sequence[PromptToken]) -> bytes:
    """What was sent as one compressed block, for `unpack_prompt`."""
    return _pack([t.token_id, t.text, t.origin, int(t.control)] for t in tokens)


def unpack_prompt(block: bytes) -> tuple[PromptToken, ...]:
    return tuple(
        PromptToken(token_id, text, origin, bool(control))
        for token_id, text, origin, control in _unpack(block)
    )


def _short(value: float | None) -> float | None:
    """Five digits after the point: more than any view shows, a third of the space."""
    return None if value is None else round(value, 5)


def _pack(rows: Iterable[list[Any]]) -> bytes:
    return zlib.compress(json.dumps(list(rows), separators=(",", ":")).encode(), level=3)


def _unpack(block: bytes) -> list[list[Any]]:
    rows: list[list[Any]] = json.loads(zlib.decompress(block))
    return rows
