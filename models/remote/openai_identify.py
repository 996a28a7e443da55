"""Which server answers, and what it says of a model without writing a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.remote.channel import Cancel
from models.remote.openai_api import OpenAiApi
from models.remote.openai_kinds import (
    LLAMA_CPP_PYTHON,
    LLAMA_SERVER,
    LM_STUDIO,
    UNKNOWN,
    VLLM,
    Kind,
)

MOST = 1 << 63
_LENGTHS = ("max_model_len", "loaded_context_length", "context_length", "context_window", "n_ctx")
_TRAINED = ("n_ctx_train", "max_context_length")


@dataclass(frozen=True)
class Identity:
    """0 and "" stand for what the server does not say."""

    kind: Kind
    version: str = ""
    n_ctx: int = 0
    n_ctx_train: int = 0
    n_params: int = 0
    weights_bytes: int = 0
    architecture: str = ""

    @property
    def build(self) -> str:
        return f"{self.kind.name} {self.version}".strip()


def identify(api: OpenAiApi, listed: Mapping[str, Any], cancel: Cancel) -> Identity:
    """`listed` is the model's entry in the server's list, {} where it has none. Asks only for
    what servers tell beside the API, in the order in which that is likely."""
    if listed.get("owned_by") == "vllm":
        return _identity(VLLM, listed, api.look("/version", cancel).get("version"))
    if "default_generation_settings" in (props := api.look("/props", cancel)):
        generation = _mapping(props["default_generation_settings"])
        known = {**_mapping(listed.get("meta")), **listed, "n_ctx": generation.get("n_ctx")}
        return _identity(LLAMA_SERVER, known, props.get("build_info"))
    for each in _entries(api.look("/api/v0/models", cancel)):
        if each.get("id") == listed.get("id") and "max_context_length" in each:
            return _identity(LM_STUDIO, {**listed, **each}, "")
    about = _mapping(api.look("/openapi.json", cancel).get("info"))
    if "llama.cpp Python API" in str(about.get("title", "")):
        return _identity(LLAMA_CPP_PYTHON, listed, about.get("version"))
    return _identity(UNKNOWN, {**_mapping(listed.get("meta")), **listed}, "")


def _identity(kind: Kind, known: Mapping[str, Any], version: Any) -> Identity:
    return Identity(
        kind,
        str(version or ""),
        n_ctx=_first(known, _LENGTHS),
        n_ctx_train=_first(known, _TRAINED),
        n_params=_count(known.get("n_params")),
        weights_bytes=_count(known.get("size")),
        architecture=str(known.get("arch") or ""),
    )


def _first(known: Mapping[str, Any], names: tuple[str, ...]) -> int:
    return next((count for name in names if (count := _count(known.get(name)))), 0)


def _count(value: Any) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value < MOST else 0


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _entries(answer: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    listed = answer.get("data")
    return tuple(map(_mapping, listed)) if isinstance(listed, list) else ()
