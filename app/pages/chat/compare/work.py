"""What comparing two models does: save the question once, then let each answer it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

from app.pages.chat.answer import is_loaded
from app.services import Services
from labs.chat.conversation import Attachment, ChatOptions
from labs.chat.seating import Seating, seat
from labs.chat.titles import title_from
from models.hardware.memory import MemoryFree

MOST_SEEDS = 1 << 31


@dataclass(frozen=True)
class Asked:
    """The question's place, and whether both models answer it at once."""

    text: str
    models: tuple[str, str]
    chat_id: int
    message_id: int
    seating: Seating


@dataclass(frozen=True)
class Question:
    text: str
    attachments: tuple[Attachment, ...]
    options: ChatOptions
    models: tuple[str, str]


def prepare(
    services: Services, question: Question, free: Callable[[], MemoryFree]
) -> Generator[str, None, Asked]:
    """Keep the question in a chat of its own, whose versions the two replies will be. Both get
    one seed, so that what differs comes from the models. Raises UserError for a model that cannot
    run."""
    yield "Looking at the models"
    entries = [services.library.resolve_to_run(model) for model in question.models]
    loads = [(entry, services.library.load_settings(entry)) for entry in entries]
    loaded = [entry.model for entry in entries if is_loaded(services, entry.model)]
    seating = seat(loads, loaded, free())
    files = [file.name for file in question.attachments]
    title = f"Compared: {title_from(question.text, files)}"
    options = _with_seed(question.options)
    chat = services.chats.create_chat(options, entries[0].model, title=title)
    asked = services.chats.add_message(chat.id, None, "user", question.text, question.attachments)
    said = "\n".join(filter(None, (question.text, ", ".join(files))))
    return Asked(said, question.models, chat.id, asked.id, seating)


def _with_seed(options: ChatOptions) -> ChatOptions:
    if options.sampling.seed >= 0:
        return options
    drawn = secrets.randbelow(MOST_SEEDS)
    return replace(options, sampling=replace(options.sampling, seed=drawn))
