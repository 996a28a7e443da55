"""The home in the pictures: real replies of the starter, a rich page of Markdown, a failure."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.paths import find_paths
from app.services import Services, open_services
from labs.chat.conversation import ChatOptions
from labs.chat.identity import identity_of
from labs.chat.turn import reply
from models.cancel import CancelToken
from models.engine.messages import Sampling

OPTIONS = ChatOptions(sampling=replace(Sampling(), seed=1), max_tokens=200)
FAILURE = "The engine ran out of memory. Give the model a smaller context, or close other programs."


@dataclass(frozen=True)
class Chats:
    """Numbers of the chats in the home."""

    real: int
    markdown: int
    failed: int


def make_home(folder: Path) -> Chats:
    """Fill an empty folder; takes some seconds, because the starter really answers."""
    services = open_services(find_paths({"ASSAY_HOME": str(folder)}))
    try:
        return Chats(
            real=_ask(services, "starter", "What is a language model? Answer in two sentences."),
            markdown=_ask(services, "sim:markdown", "Show me everything a reply can contain."),
            failed=_fail(services, "Summarise this long report for me."),
        )
    finally:
        services.close()


def _ask(services: Services, model: str, question: str) -> int:
    entry = services.library.resolve(model)
    chat = services.chats.create_chat(OPTIONS, entry.model)
    asked = services.chats.add_message(chat.id, None, "user", question)
    settings = services.library.load_settings(entry)
    with _result(services.pool.lease(entry.model, settings)) as lease:
        answering = reply(
            services.chats, lease.engine, services.sandbox, chat.id,
            parent_id=asked.id, cancel=CancelToken(),
            identity=identity_of(services.library, entry),
        )  # fmt: skip
        _result(answering)
    return chat.id


def _fail(services: Services, question: str) -> int:
    store = services.chats
    chat = store.create_chat(OPTIONS, "sim:crash")
    asked = store.add_message(chat.id, None, "user", question)
    half = store.add_message(chat.id, asked.id, "assistant", "The report begins with", ())
    store.save_reply(replace(half, state="failed", error=FAILURE))
    return chat.id


def _result(steps: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
