"""Chat templates and grammars, for the sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.engine.messages.prompt import Part


@dataclass(frozen=True)
class Render:
    """`turns` are (role, content, origin); `now` is an ISO date and time for `strftime_now`."""

    template: str
    turns: tuple[tuple[str, str, str], ...]
    add_generation_prompt: bool
    now: str
    variables: dict[str, Any] = field(default_factory=dict)
    type: str = "render"


@dataclass(frozen=True)
class TryGrammar:
    gbnf: str
    type: str = "try_grammar"


@dataclass(frozen=True)
class SchemaGrammar:
    json_schema: str
    type: str = "schema_grammar"


@dataclass(frozen=True)
class Rendered:
    parts: tuple[Part, ...]
    type: str = "rendered"
