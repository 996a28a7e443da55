"""Dataclasses to JSON and back; reading forgives what it does not know."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import types
import typing
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, get_args, get_origin

from models.engine.messages import Alternative, PromptToken, TokenData

T = TypeVar("T")


def to_json(value: Any) -> str:
    return json.dumps(dataclasses.asdict(value), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """`kind` from JSON; "" gives its defaults."""
    return from_dict(kind, json.loads(text) if text else {})


def from_dict(kind: type[T], data: Any) -> T:
    """`kind` from a dict. Unknown fields are left out, and values of a wrong type give way to
    the default, so that one bad value never costs the rest.

    Raises TypeError when a field without a default is missing.
    """
    known = _field_types(typing.cast(type, kind))
    given = data if isinstance(data, dict) else {}
    values = {}
    for name, hint in known.items():
        if name in given:
            accepted, value = _accept(hint, given[name])
            if accepted:
                values[name] = value
    return kind(**values)


@functools.cache
def _field_types(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {f.name: hints[f.name] for f in dataclasses.fields(kind)}


def _accept(hint: Any, value: Any) -> tuple[bool, Any]:
    """Whether `value` is of type `hint`, and the value in that type."""
    origin = get_origin(hint)
    if origin is typing.Literal:
        return value in get_args(hint), value
    if origin in (typing.Union, types.UnionType):
        results = (_accept(option, value) for option in get_args(hint))
        return next((r for r in results if r[0]), (False, None))
    if origin is tuple:
        return _accept_items(get_args(hint)[0], value)
    if dataclasses.is_dataclass(hint):
        return isinstance(value, dict), from_dict(typing.cast(type, hint), value)
    if hint is float:
        return _accept_number(value)
    if hint is int and isinstance(value, bool):
        return False, None
    return isinstance(value, hint), value


def _accept_number(value: Any) -> tuple[bool, Any]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False, None
    return True, float(value)


def _accept_items(item: Any, value: Any) -> tuple[bool, Any]:
    if not isinstance(value, list | tuple):
        return False, None
    results = [_accept(item, each) for each in value]
    return all(ok for ok, _ in results), tuple(each for _, each in results)


# ---- blocks: lists that are long, so they are stored compressed ------------------------------


def pack_tokens(tokens: Iterable[TokenData]) -> bytes:
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
