"""Lines of the worker protocol to dataclasses and back."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import ModuleType
from typing import Any

from models.engine import messages


class ProtocolError(ValueError):
    """A line that is no message of ours."""


def message_types(module: ModuleType) -> dict[str, type]:
    """The messages in a module by the name they travel under."""
    found = {}
    for value in vars(module).values():
        if isinstance(value, type) and is_dataclass(value):
            name = next((f.default for f in fields(value) if f.name == "type"), None)
            if isinstance(name, str):
                found[name] = value
    return found


MESSAGE_TYPES = message_types(messages)


def decode(line: bytes, known: Mapping[str, type] = MESSAGE_TYPES) -> tuple[int, Any]:
    """Request id and message of one line; raises ProtocolError on anything else."""
    try:
        payload = json.loads(line)
        request_id = int(payload.pop("id"))
        return request_id, _build(known[payload["type"]], payload)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProtocolError(f"not a message: {line[:80]!r}") from error


@cache
def _field_types(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _build(cls: type, values: dict[str, Any]) -> Any:
    hints = _field_types(cls)
    return cls(**{name: _convert(hints[name], value) for name, value in values.items()})


def _convert(hint: Any, value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, dict):
        return _convert_dict(hint, value)
    if isinstance(value, list):
        item = next(iter(typing.get_args(hint)), Any)
        return tuple(_convert(item, element) for element in value)
    return value


def _convert_dict(hint: Any, value: dict[str, Any]) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        return _build(hint, value)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        choice = next((h for h in typing.get_args(hint) if is_dataclass(h)), None)
        return _build(choice, value) if isinstance(choice, type) else value
    return value
