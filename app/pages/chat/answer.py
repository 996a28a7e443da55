"""One reply as long work: get the model ready, then let it answer."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from app.services import Services
from labs.chat.budget import Plan
from labs.chat.conversation import ChatOptions, Message
from labs.chat.prefix import Prefix
from labs.chat.prompt import build_prompt
from labs.chat.turn import ModelIdentity, TurnEvent, reply
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import Waiting
from models.errors import UserError
from models.library.entry import ModelEntry

HOLDER = "chat"


def answer(
    services: Services,
    model: str,
    chat_id: int,
    parent_id: int,
    prefix: Prefix | None,
    cancel: CancelToken,
) -> Generator[Waiting | TurnEvent, None, Message]:
    """Load `model` where needed and answer message `parent_id` of the chat."""
    entry = services.library.resolve(model)
    settings = services.library.load_settings(entry)
    lease = yield from services.pool.lease(entry.model, settings, holder=HOLDER, cancel=cancel)
    with lease:
        return (
            yield from reply(
                services.chats,
                lease.engine,
                services.sandbox,
                chat_id,
                parent_id=parent_id,
                cancel=cancel,
                prefix=prefix,
                identity=identity_of(services, entry),
            )
        )


def identity_of(services: Services, entry: ModelEntry) -> ModelIdentity:
    """Name and fingerprint of the weights; the full hash where it is known already."""
    settings = services.library.load_settings(entry)
    if entry.format != "gguf":
        return ModelIdentity(entry.name, quantization=entry.quantization, load=settings)
    return ModelIdentity(
        entry.name,
        fingerprint=services.library.fingerprint(entry),
        sha256=services.library.known_sha256(entry),
        quantization=entry.quantization,
        load=settings,
    )


def is_loaded(services: Services, model: str) -> bool:
    return any(
        status.model == model and status.state in ("ready", "busy")
        for status in services.pool.status()
    )


def plan_draft(
    services: Services,
    model: str,
    path: tuple[Message, ...],
    options: ChatOptions,
    cancel: CancelToken,
) -> Generator[Progress | Waiting, None, Plan | UserError]:
    """What would be sent if `path` were answered now; the sentence where it would be refused."""
    entry = services.library.resolve(model)
    settings = services.library.load_settings(entry)
    lease = yield from services.pool.lease(entry.model, settings, holder=HOLDER, cancel=cancel)
    with lease:
        try:
            prompt = build_prompt(lease.engine, services.sandbox, path, options, datetime.now())
        except UserError as refusal:
            return refusal
        return prompt.plan
