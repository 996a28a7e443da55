"""How the engine tests put a question and wait for the whole answer."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Generate, Generated, Part

OPEN = Part("<|im_start|>user\n", origin="template", control=True)
CLOSE = Part("<|im_end|>\n<|im_start|>assistant\n", origin="template", control=True)


def chat(text: str) -> tuple[Part, ...]:
    return (OPEN, Part(text), CLOSE)


def finish(work: Generator[Any, None, Any]) -> tuple[list[Any], Any]:
    """Everything a generator yields, and what it returns."""
    events = []
    while True:
        try:
            events.append(next(work))
        except StopIteration as stop:
            return events, stop.value


def ask(client: EngineClient, text: str, **options: Any) -> Generated:
    request = Generate("chat", chat(text), **options)
    return finish(client.generate(request, CancelToken()))[1]
