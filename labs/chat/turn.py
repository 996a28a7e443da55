"""One turn of a chat: from the branch on screen to a reply that is saved with its record."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from labs.chat.budget import Plan
from labs.chat.conversation import ChatOptions, Message, MessageState, Provenance
from labs.chat.identity import ModelIdentity
from labs.chat.prefix import Beginning, Prefix, begin
from labs.chat.prompt import Prompt, build_prompt
from labs.chat.saving import ReplySaver
from labs.chat.sent_words import words_of
from labs.chat.store import ChatStore
from labs.chat.tree import Tree
from models.cancel import CancelToken
from models.engine.engine import Engine
from models.engine.messages import Delta, Generate, Generated, Progress
from models.engine.sandbox import Sandbox
from models.engine.thinking import ThinkingClock, ThinkingSplitter
from models.errors import Cancelled, UserError

LENS_TOP = 8


@dataclass(frozen=True)
class Started:
    """The reply has its place in the tree; `plan` says what of the chat was sent."""

    reply: Message
    plan: Plan
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SaveFailed:
    """The reply grows on in memory, but `sentence` keeps it from the disk."""

    sentence: str


TurnEvent = Started | Progress | Delta | SaveFailed


def reply(
    store: ChatStore,
    engine: Engine,
    sandbox: Sandbox,
    chat_id: int,
    *,
    parent_id: int,
    cancel: CancelToken,
    prefix: Prefix | None = None,
    identity: ModelIdentity | None = None,
    now: Callable[[], datetime] = datetime.now,
    monotonic: Callable[[], float] = time.monotonic,
) -> Generator[TurnEvent, None, Message]:
    """Answer the message `parent_id`, with the options of the chat.

    Regenerating is answering the same message again; with `prefix` the reply begins as an
    earlier one did. First comes Started, then progress and text, and the finished message is
    returned: "complete", "stopped" when cancelled, or "failed" with a sentence and the text
    that had come. Raises UserError when nothing can be sent: the conversation does not fit,
    the template or the grammar fails, the store cannot be written.
    """
    chat = store.chat(chat_id)
    path = Tree(store.messages(chat_id)).path(parent_id)
    beginning = begin(store, engine, prefix) if prefix else None
    grammar, json_schema = _form(engine, sandbox, chat.options, beginning)
    begun = beginning.part if beginning else None
    prompt = build_prompt(engine, sandbox, path, chat.options, now(), begun, counted=False)
    stop = (*chat.options.stop, *prompt.stop)
    record = replace(
        _record(engine, chat.options, prompt, identity), stop=stop, grammar=grammar or json_schema
    )
    message = _add_reply(store, chat_id, parent_id, prompt, beginning)
    request = Generate(
        context=engine.context.context,
        prompt=prompt.parts,
        sampling=chat.options.sampling,
        max_tokens=chat.options.max_tokens,
        stop=stop,
        grammar=grammar,
        json_schema=json_schema,
        lens_top=LENS_TOP,
        thinking=chat.options.thinking,
    )
    saver = ReplySaver(store, message, beginning.tokens if beginning else (), monotonic)
    turn = _Turn(store, engine, message, saver, record, ThinkingClock(monotonic))
    started = Started(message, prompt.plan, prompt.notes)
    return (yield from turn.run(started, request, cancel))


class _Turn:
    """One generation, whose reply is kept whatever ends it."""

    def __init__(
        self,
        store: ChatStore,
        engine: Engine,
        message: Message,
        saver: ReplySaver,
        record: Provenance,
        thinking: ThinkingClock,
    ) -> None:
        self._store = store
        self._engine = engine
        self._message = message
        self._saver = saver
        self._record = record
        self._has_token = False
        self._thinking, self._splitter = thinking, ThinkingSplitter()
        self._splitter.feed(message.text)

    def run(
        self, started: Started, request: Generate, cancel: CancelToken
    ) -> Generator[TurnEvent, None, Message]:
        state: MessageState = "failed"
        error = "Something unexpected ended this reply."
        try:
            generated = yield from self._stream(started, request, cancel)
            self._record = _with_outcome(self._record, generated)
            state = "stopped" if generated.stop_reason == "cancelled" else "complete"
            error = ""
        except (Cancelled, GeneratorExit) as stop:
            state, error = "stopped", ""
            if isinstance(stop, GeneratorExit):
                raise
        except UserError as problem:
            state, error = "failed", str(problem)
        finally:
            already_told = self._saver.problem
            self._thinking.note(is_thinking=False, has_thought=False)
            record = replace(self._record, thinking_s=self._thinking.seconds)
            finished = self._saver.finish(state, error, record)
        if self._saver.problem and not already_told:
            yield SaveFailed(self._saver.problem)
        return finished

    def _stream(
        self, started: Started, request: Generate, cancel: CancelToken
    ) -> Generator[TurnEvent, None, Generated]:
        told = sent_saved = False
        with closing(_behind(started, self._engine.generate(request, cancel))) as events:
            while True:
                try:
                    event = next(events)
                except StopIteration as end:
                    if not sent_saved:
                        self._save_sent(request)
                    return cast(Generated, end.value)
                if self._has_token and not sent_saved:
                    # Only now, because nobody should wait for it before the first word is drawn.
                    self._save_sent(request)
                    sent_saved = True
                self._take(event)
                yield event
                if self._saver.problem and not told:
                    yield SaveFailed(self._saver.problem)
                    told = True

    def _take(self, event: TurnEvent) -> None:
        if isinstance(event, Progress):
            self._record = replace(self._record, prompt_tokens=event.total)
        elif isinstance(event, Delta):
            self._saver.add(event)
            self._note_thinking(event.text)
            self._has_token = self._has_token or bool(event.tokens)

    def _note_thinking(self, text: str) -> None:
        thoughts = [p for p in self._splitter.feed(text) if p.kind == "thinking"]
        self._thinking.note(is_thinking=self._splitter.is_thinking, has_thought=bool(thoughts))

    def _save_sent(self, request: Generate) -> None:
        try:
            tokens = self._engine.tokenize(request.prompt).tokens
            self._store.save_sent(self._message.id, tokens or words_of(request.prompt))
        except UserError:
            # The reply matters more, and meets the same dead worker or full disk by itself.
            return


def _behind(
    started: Started, generation: Generator[Progress | Delta, None, Generated]
) -> Generator[TurnEvent, None, Generated]:
    """`generation` with `started` before its first event, and not before that has come: who draws
    it would keep the request from the threads that send it."""
    with closing(generation):
        first = outcome = None
        try:
            first = next(generation)
        except StopIteration as end:
            outcome = end.value
        finally:
            yield started
        if first is not None:
            yield first
            outcome = yield from generation
        return cast(Generated, outcome)


def _form(
    engine: Engine, sandbox: Sandbox, options: ChatOptions, beginning: Beginning | None
) -> tuple[str, str]:
    """The grammar to follow, tried on the native parser before it meets a model; or the schema
    itself, where the backend takes that alone."""
    if not options.grammar and not options.json_schema:
        return "", ""
    if beginning is not None:
        raise UserError(
            "A reply that follows a grammar cannot be continued from its middle.",
            "Regenerate it, or take the grammar out of the chat's settings.",
        )
    can = engine.info.capabilities
    if options.json_schema and can.json_schema:
        return "", options.json_schema
    grammar = options.grammar
    if options.json_schema:
        grammar = sandbox.grammar_from_schema(options.json_schema)
    else:
        sandbox.check_grammar(grammar)
    if not can.grammar:
        raise UserError(
            f"A reply of this model ({engine.info.backend}) cannot be held to a form.",
            "Take the grammar or schema out of the chat's settings, or choose another model.",
        )
    return grammar, ""


def _add_reply(
    store: ChatStore, chat_id: int, parent_id: int, prompt: Prompt, beginning: Beginning | None
) -> Message:
    text = prompt.opened
    if beginning is not None:
        text += beginning.text.removeprefix(prompt.opened)
    added = store.add_message(chat_id, parent_id, "assistant", text, state="streaming")
    return replace(added, dropped=prompt.plan.dropped, shortened=prompt.plan.shortened)


def _record(
    engine: Engine, options: ChatOptions, prompt: Prompt, identity: ModelIdentity | None
) -> Provenance:
    """All that is known before the first token."""
    info, context = engine.info, engine.context
    known = identity or ModelIdentity(info.name)
    return Provenance(
        model_name=known.name,
        model_path=info.model,
        fingerprint=known.fingerprint,
        sha256=known.sha256,
        manifest_sha256=known.manifest_sha256,
        quantization=known.quantization,
        backend=info.backend,
        backend_build=info.backend_build,
        device=info.device,
        n_ctx=context.n_ctx,
        load=known.load,
        sampling=options.sampling,
        seed=options.sampling.seed,
        template_hash=prompt.template_hash,
        overflow=options.overflow,
        thinking=options.thinking,
        max_tokens=options.max_tokens,
        prompt_tokens=prompt.plan.prompt_tokens,
        conservative_kernels=info.conservative,
        notes=prompt.notes,
    )


def _with_outcome(record: Provenance, generated: Generated) -> Provenance:
    return replace(
        record,
        seed=generated.seed,
        prompt_tokens=generated.prompt_tokens or record.prompt_tokens,
        cached_tokens=generated.cached_tokens,
        reply_tokens=generated.reply_tokens,
        time_to_first_token_s=generated.time_to_first_token_s,
        tokens_per_second=generated.tokens_per_second,
        stop_reason=generated.stop_reason,
        notes=(*record.notes, *generated.notes),
    )
