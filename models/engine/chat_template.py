"""The chat template of a model, with ways around what it cannot do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from models.engine.chat_parts import ChatTurn
from models.engine.messages import ModelInfo, Origin, Part, Role, Thinking
from models.engine.sandbox import Sandbox
from models.engine.thinking import OPEN
from models.errors import UserError

PLAIN_STOP = ("\nUser:",)  # where a conversation goes as plain text
_SWITCHES = ("enable_thinking", "thinking")


class Turn(Protocol):
    """One message of a conversation, whatever else is known of it."""

    @property
    def role(self) -> Role: ...

    @property
    def content(self) -> str: ...

    @property
    def origin(self) -> Origin: ...


class Template:
    """Renders turns as the model expects them; `notes` say in sentences what was unusual.

    `source` is "" where the model has no template or a server keeps it, `hash` the SHA-256 of the
    source. `stop` is what a reply has to end at besides.
    """

    def __init__(
        self, info: ModelInfo, sandbox: Sandbox, thinking: Thinking, now: datetime
    ) -> None:
        source = info.chat_template
        self.source = source
        self.hash = hashlib.sha256(source.encode()).hexdigest() if source else ""
        self.notes: tuple[str, ...] = ()
        self.is_elsewhere = info.capabilities.own_template
        self._sandbox = sandbox
        self._now = now
        self.stop = () if source or self.is_elsewhere else PLAIN_STOP
        self._variables: dict[str, object] = {
            "bos_token": info.bos_text,
            "eos_token": info.eos_text,
        }
        if thinking != "auto":
            self._variables |= dict.fromkeys(_SWITCHES, thinking == "on")
            if not self.is_elsewhere and not any(switch in source for switch in _SWITCHES):
                self._note("This model has no switch for thinking; the choice had no effect.")

    def render(self, turns: Sequence[Turn]) -> tuple[Part, ...]:
        """Parts up to where the reply begins, or whole messages where a server writes the
        template. Raises UserError when the template fails."""
        if self.is_elsewhere:
            return tuple(Part(turn.content, origin=turn.origin, role=turn.role) for turn in turns)
        if not self.source:
            self._note(
                "This model has no chat template: the conversation was sent as plain text "
                "with the names User and Assistant."
            )
            return _plain_parts(turns)
        joined = _join_neighbours(turns)
        try:
            parts = self._ask_sandbox(joined)
        except UserError:
            if not _has_system(joined):
                raise
            return self._render_without_system(joined)
        if _has_system(joined) and not any(p.origin == "system" and p.text for p in parts):
            return self._render_without_system(joined)
        return parts

    def _render_without_system(self, turns: Sequence[ChatTurn]) -> tuple[Part, ...]:
        parts = self._ask_sandbox(_system_into_user(turns))
        self._note(
            "This model's template takes no system prompt; it was put before your first message."
        )
        return parts

    def _ask_sandbox(self, turns: Sequence[ChatTurn]) -> tuple[Part, ...]:
        return self._sandbox.render_chat(
            self.source,
            turns,
            add_generation_prompt=True,
            variables=self._variables,
            now=self._now,
        )

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes = (*self.notes, sentence)


def _plain_parts(turns: Sequence[Turn]) -> tuple[Part, ...]:
    names = {"system": "", "user": "User: ", "assistant": "Assistant: "}
    parts: list[Part] = []
    for turn in turns:
        parts.append(Part(text=names[turn.role], origin="template"))
        parts.append(Part(text=turn.content, origin=turn.origin))
        parts.append(Part(text="\n\n", origin="template"))
    parts.append(Part(text="Assistant:", origin="template"))
    return tuple(part for part in parts if part.text)


def _join_neighbours(turns: Iterable[Turn]) -> tuple[ChatTurn, ...]:
    """Two turns of one role in a row become one: many templates refuse them."""
    joined: list[ChatTurn] = []
    for turn in turns:
        content = turn.content
        if joined and joined[-1].role == turn.role:
            content = f"{joined.pop().content}\n\n{content}"
        joined.append(ChatTurn(turn.role, content, turn.origin))
    return tuple(joined)


def _has_system(turns: Sequence[ChatTurn]) -> bool:
    return bool(turns) and turns[0].role == "system"


def _system_into_user(turns: Sequence[ChatTurn]) -> tuple[ChatTurn, ...]:
    system, *rest = turns
    if not rest or rest[0].role != "user":
        return (replace(system, role="user"), *rest)
    first = replace(rest[0], content=f"{system.content}\n\n{rest[0].content}")
    return (first, *rest[1:])


def begun_answer(parts: Sequence[Part]) -> str:
    """The thinking tag, where a template begins the reply with it; "" elsewhere."""
    ending = parts[-1].text if parts and parts[-1].origin == "template" else ""
    at = ending.rfind(OPEN)
    return ending[at:] if at >= 0 and not ending[at:].removeprefix(OPEN).strip() else ""
