"""Whether data from a file has the shape that its readers rely on: it may come from anybody."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any

EACH = "*"  # stands for every key of an object
Shape = type | tuple[type, ...] | Mapping[str, Any] | list[Any]
NUMBER: tuple[type, ...] = (int, float)
NUMBER_OR_NONE = (*NUMBER, NoneType)


def require_shape(value: Any, shape: Shape, place: str = "it") -> None:
    """`shape` is a type or several, `{key: shape}` for an object with at least these keys (those
    that end in "?" may be missing), `[shape]` for a list of such. Raises ValueError that names the
    place."""
    if isinstance(shape, Mapping):
        _require_object(value, shape, place)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            raise ValueError(f"{place} is no list")
        for number, each in enumerate(value):
            require_shape(each, shape[0], f"{place} {number}")
    elif not isinstance(value, shape) or (isinstance(value, bool) and shape is int):
        raise ValueError(f"{place} is of another kind")


def _require_object(value: Any, shape: Mapping[str, Any], place: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{place} is no object")
    for key, inner in shape.items():
        if key == EACH:
            for name, each in value.items():
                require_shape(each, inner, name)
        elif (name := key.removesuffix("?")) in value:
            require_shape(value[name], inner, name)
        elif name == key:
            raise ValueError(f"{place} has no {key}")
