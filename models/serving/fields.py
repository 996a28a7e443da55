"""Parameters of a request, taken out one by one; nothing is ignored by accident."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping
from typing import Any

from models.serving.failures import BAD_REQUEST, ApiError

# They say who asks or how a provider should file the request, and change no reply.
HARMLESS = (
    "metadata", "store", "service_tier", "prompt_cache_key", "prompt_cache_retention",
    "prediction", "parallel_tool_calls", "cache_prompt",
)  # fmt: skip


def read_object(body: bytes) -> dict[str, Any]:
    """A request's JSON object; raises ApiError for anything else."""
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ApiError(BAD_REQUEST, "The body of the request is not valid JSON.") from error
    if not isinstance(value, dict):
        raise ApiError(BAD_REQUEST, "The body of the request has to be a JSON object.")
    if b"\\ud" in body.lower():
        _refuse_halves(value)
    return value


def _refuse_halves(value: dict[str, Any]) -> None:
    """Half of a character that takes two escapes is no text that a tokenizer could read."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ApiError(BAD_REQUEST, "A text of the request holds half a character.") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class Fields:
    """A parameter that is null counts as left out. Every method raises ApiError with a sentence."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._left = {name: value for name, value in body.items() if value is not None}
        self._known: list[str] = []

    def take(self, name: str, default: Any = None) -> Any:
        self._known.append(name)
        return self._left.pop(name, default)

    def first(self, *names: str) -> str:
        """Which of several names for one thing was used; the first of them if none was."""
        return next((name for name in names if name in self._left), names[0])

    def number(self, name: str, default: float, low: float, high: float) -> float:
        value = self.take(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refused(name, f"{name} has to be a number")
        if not low <= value <= high or math.isnan(value):
            raise refused(name, f"{name} has to lie between {low:g} and {high:g}")
        return value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        value = self.take(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise refused(name, f"{name} has to be a whole number")
        if value != default and not low <= value <= high:
            raise refused(name, f"{name} has to lie between {low:,} and {high:,}")
        return value

    def text(self, name: str, default: str = "") -> str:
        value = self.take(name, default)
        if not isinstance(value, str):
            raise refused(name, f"{name} has to be a text")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.take(name, default)
        if not isinstance(value, bool):
            raise refused(name, f"{name} has to be true or false")
        return value

    def object(self, name: str) -> dict[str, Any]:
        value = self.take(name, {})
        if not isinstance(value, dict):
            raise refused(name, f"{name} has to be an object")
        return value

    def only(self, name: str, *harmless: Any, because: str) -> None:
        """Accept values that change nothing; `because` is why others cannot be."""
        value = self.take(name)
        if value is not None and value not in harmless:
            raise refused(name, because)

    def finish(self) -> None:
        """Refuse what nobody took: a parameter that is not heeded would change the reply."""
        unknown = next((name for name in self._left if name not in HARMLESS), None)
        if unknown is not None:
            close = difflib.get_close_matches(unknown, self._known, n=1)
            hint = f" Did you mean {close[0]}?" if close else " Leave it out."
            raise refused(unknown[:60], f"Assay does not know the parameter {unknown[:60]}", hint)


def refused(parameter: str, sentence: str, hint: str = "") -> ApiError:
    return ApiError(BAD_REQUEST, f"{sentence}.{hint}", parameter=parameter)
