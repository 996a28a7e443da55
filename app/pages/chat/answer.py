"""One reply as long work: get the model ready, then let it answer."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime

from app.services import Services
from labs.chat.budget import Plan
from labs.chat.conversation import ChatOptions, Message
from labs.chat.identity import identity_of
from labs.chat.prefix import Prefix
from labs.chat.prompt import build_prompt
from labs.chat.turn import TurnEvent, reply
from models.cancel import CancelToken
from models.engine.engine import Engine
from models.engine.messages import Delta, Generate, Generated, Progress
from models.engine.pool import Waiting
from models.engine.sandbox import Sandbox
from models.errors import EngineDied, UserError

HOLDER = "chat"


def answer(
    services: Services,
    model: str,
    chat_id: int,
    parent_id: int,
    prefix: Prefix | None,
    cancel: CancelToken,
) -> Generator[Waiting | TurnEvent, None, Message]:
    """Load `model` where needed and answer message `parent_id` of the chat.

    The reply is stored whatever happens; EngineDied carries the last words of the worker.
    """
    entry = services.library.resolve_to_run(model)
    lease = yield from services.lease(entry, holder=HOLDER, cancel=cancel)
    with lease:
        engine = _Witness(lease.engine)
        message = yield from reply(
            services.chats,
            engine,
            services.sandbox,
            chat_id,
            parent_id=parent_id,
            cancel=cancel,
            prefix=prefix,
            identity=identity_of(services.library, entry),
        )
    if engine.died is not None:
        raise engine.died
    return message


class _Witness:
    """An engine that remembers how it died: the stored reply keeps only the sentence."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.info, self.context = engine.info, engine.context
        self.tokenize, self.detokenize = engine.tokenize, engine.detokenize
        self.died: EngineDied | None = None

    def generate(
        self, request: Generate, cancel: CancelToken
    ) -> Generator[Progress | Delta, None, Generated]:
        try:
            return (yield from self._engine.generate(request, cancel))
        except EngineDied as died:
            self.died = died
            raise


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
    entry = services.library.resolve_to_run(model)
    lease = yield from services.lease(entry, holder=HOLDER, cancel=cancel)
    with lease:
        try:
            prompt = build_prompt(lease.engine, services.sandbox, path, options, datetime.now())
        except UserError as refusal:
            return refusal
        is_exact = lease.engine.info.capabilities.exact_tokenizer
        return replace(prompt.plan, is_estimate=not is_exact)


def check_output(sandbox: Sandbox, grammar: str, json_schema: str) -> Generator[str, None, None]:
    """Try a grammar, or the one made from a schema, on the native parser; raises UserError."""
    yield "Checking"
    if json_schema:
        grammar = sandbox.grammar_from_schema(json_schema)
    sandbox.check_grammar(grammar)
