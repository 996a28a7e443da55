"""Chat templates and grammars in a small child of their own, limited in memory and time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from models.engine.chat_parts import ChatTurn
from models.engine.messages import Failed, Part, Render, SchemaGrammar, TryGrammar
from models.engine.process import Child, Ended
from models.errors import UserError
from models.network import Attempt

CHILD = "models.engine.sandbox_child"
NAME = "Sandbox for chat templates"
TEMPLATE_LIMIT_S = 2.0
GRAMMAR_LIMIT_S = 10.0  # the first one loads the native library

__all__ = ["ChatTurn", "Sandbox"]


class Sandbox:
    """One child, started at first use and again after it was killed. Safe from any thread."""

    def __init__(
        self,
        template_limit_s: float = TEMPLATE_LIMIT_S,
        on_attempt: Callable[[Attempt], None] = lambda attempt: None,
    ) -> None:
        self._on_attempt = on_attempt
        self._template_limit_s = template_limit_s
        self._lock = threading.Lock()
        self._child: Child | None = None

    def start(self) -> None:
        """Start the child ahead of its first use, so that a first message does not wait."""
        with self._lock:
            self._ready_child()

    def render_chat(
        self,
        template: str,
        messages: Sequence[ChatTurn],
        *,
        add_generation_prompt: bool,
        continue_last: bool = False,
        variables: Mapping[str, object] | None = None,
        now: datetime,
    ) -> tuple[Part, ...]:
        """The prompt in parts. With `continue_last` the last message is a reply left open.

        Raises UserError when the template refuses, is broken, or takes too long.
        """
        turns = list(messages)
        last = turns.pop() if continue_last and turns else None
        request = Render(
            template, tuple((t.role, t.content, t.origin) for t in turns),
            add_generation_prompt or continue_last, now.isoformat(), dict(variables or {}),
        )  # fmt: skip
        answer = self._ask(request, self._template_limit_s)
        if isinstance(answer, Ended):
            raise UserError(
                "The model's chat template took too long or too much memory and was stopped.",
                "The model file may be hostile or damaged; use another one.",
            )
        parts: tuple[Part, ...] = _checked(answer).parts
        return (*parts, Part(last.content, origin=last.origin)) if last else parts

    def check_grammar(self, gbnf: str) -> None:
        """Raises UserError with the native parser's complaint."""
        answer = self._ask(TryGrammar(gbnf), GRAMMAR_LIMIT_S)
        if isinstance(answer, Ended):
            raise UserError(
                "The grammar makes the engine's parser fail.",
                "Look for a rule that refers to itself before anything else.",
            )
        _checked(answer)

    def grammar_from_schema(self, json_text: str) -> str:
        """GBNF of a JSON schema; raises UserError."""
        answer = self._ask(SchemaGrammar(json_text), GRAMMAR_LIMIT_S)
        if isinstance(answer, Ended):
            raise UserError("The JSON schema could not be turned into a grammar in time.")
        return str(_checked(answer).text)

    def close(self) -> None:
        with self._lock:
            if self._child:
                self._child.close()
                self._child = None

    # ---- the child ----

    def _ask(self, request: Any, limit_s: float) -> Any:
        with self._lock:
            child = self._ready_child()
            request_id, answers = child.send(request)
            try:
                return answers.get(timeout=limit_s)
            except queue.Empty:
                child.kill()
                child.close()
                self._child = None
                return Ended()
            finally:
                child.forget(request_id)

    def _tell(self, attempt: Attempt) -> None:
        self._on_attempt(replace(attempt, process=NAME))

    def _ready_child(self) -> Child:
        if self._child is None or self._child.has_ended:
            if self._child:
                self._child.close()
            self._child = Child(CHILD, on_attempt=self._tell)
            self._child.wait_for_hello()
        return self._child


def _checked(answer: Any) -> Any:
    if isinstance(answer, Failed):
        raise UserError(answer.message, answer.hint)
    return answer
