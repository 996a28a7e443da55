"""One text, one list of token ids, or a list of either, as several routes take them."""

from __future__ import annotations

from typing import Any

from models.engine.messages import Part
from models.serving.fields import refused


def read_texts(given: Any, name: str, most: int, *, control: bool) -> tuple[Part, ...]:
    """With `control` words may become control tokens. Raises ApiError about `name`."""
    texts = given if isinstance(given, list) and not (given and is_ids(given)) else [given]
    if not 0 < len(texts) <= most:
        raise refused(name, f"{name} can hold 1 to {most:,} texts")
    return tuple(_part(text, name, control) for text in texts)


def is_ids(given: Any) -> bool:
    return isinstance(given, list) and all(type(each) is int and each >= 0 for each in given)


def _part(given: Any, name: str, control: bool) -> Part:
    if isinstance(given, str) and given:
        return Part(given, control=control)
    if given and is_ids(given):
        return Part(token_ids=tuple(given))
    raise refused(name, f"{name} has to be a text that is not empty, token ids, or a list of these")
