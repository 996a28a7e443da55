"""How the engine tests put a question and wait for the whole answer."""

from __future__ import annotations

from typing import Any

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Generate, Generated, Part
from models.long_work import result_of

OPEN = Part("<|im_start|>user\n", origin="template", control=True)
CLOSE = Part("<|im_end|>\n<|im_start|>assistant\n", origin="template", control=True)


def chat(text: str) -> tuple[Part, ...]:
    return (OPEN, Part(text), CLOSE)


def ask(client: EngineClient, text: str, **options: Any) -> Generated:
    request = Generate("chat", chat(text), **options)
    return result_of(client.generate(request, CancelToken()))
