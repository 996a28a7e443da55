"""A branch of a chat as the prompt a model reads, fitted into its context."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from labs.chat.budget import (
    CHARACTERS_A_TOKEN_AT_MOST,
    Plan,
    TokenCounter,
    Turn,
    most_tokens,
    plan,
    reserve_for,
    too_long,
)
from labs.chat.conversation import Attachment, ChatOptions, Message
from models.engine.chat_template import Template, begun_answer
from models.engine.engine import Engine
from models.engine.messages import Part
from models.engine.sandbox import Sandbox
from models.engine.thinking import without_thinking
from models.errors import UserError

_ROUNDS = 4


@dataclass(frozen=True)
class Prompt:
    """Ready to send. `opened` is what the template wrote of the reply itself, a thinking tag;
    `notes` are sentences on what was unusual."""

    parts: tuple[Part, ...]
    plan: Plan
    template_hash: str
    stop: tuple[str, ...] = ()
    opened: str = ""
    notes: tuple[str, ...] = ()


def turns_of(path: Sequence[Message], options: ChatOptions) -> tuple[Turn, ...]:
    """The branch as turns: system prompt, history, and the message to answer.

    The thinking of earlier replies is left out, as the makers of such models ask.
    """
    turns = [Turn("system", options.system_prompt, "system")] if options.system_prompt else []
    for message in path:
        text = without_thinking(message.text) if message.role == "assistant" else message.text
        content = "".join(map(document_block, message.attachments)) + text
        if content.strip():
            turns.append(Turn(message.role, content, "history", message.id))
    if turns and turns[-1].role == "user":
        turns[-1] = replace(turns[-1], origin="user")
    return tuple(turns)


def document_block(attachment: Attachment) -> str:
    """An attached file as text that names it, in a fence longer than any inside it."""
    longest = max(map(len, re.findall("`{3,}", attachment.text)), default=2)
    fence = "`" * (longest + 1)
    return f"File {attachment.name}:\n{fence}\n{attachment.text}\n{fence}\n\n"


def build_prompt(
    engine: Engine,
    sandbox: Sandbox,
    path: Sequence[Message],
    options: ChatOptions,
    now: datetime,
    prefix: Part | None = None,
    *,
    counted: bool = True,
) -> Prompt:
    """Render what fits of `path`; `prefix` is how the reply already begins. Without `counted`
    tokens are counted only where the bytes leave it open whether all of it fits.

    Raises UserError when the conversation does not fit or the template fails.
    """
    turns = turns_of(path, options)
    if all(turn.role == "system" for turn in turns):
        raise UserError("There is nothing to send.", "Write a message first.")
    template = Template(engine.info, sandbox, options.thinking, now)
    budget = _Budget(engine, template, options, (prefix,) if prefix else (), counted)
    fitted, parts = budget.fit(turns)
    blocks = [document_block(each) for message in path for each in message.attachments]
    notes = template.notes
    if any(m.role == "assistant" and without_thinking(m.text) != m.text for m in path):
        notes = (*notes, "The thinking of earlier replies was left out.")
    opened = begun_answer(parts)
    begun = tuple(replace(p, text=p.text.removeprefix(opened)) for p in budget.prefix)
    return Prompt(
        (*_mark_documents(parts, blocks), *begun),
        fitted,
        template.hash,
        stop=template.stop,
        opened=opened,
        notes=notes,
    )


class _Budget:
    """Fits turns into the context of an engine, counting only what has to be counted."""

    def __init__(
        self,
        engine: Engine,
        template: Template,
        options: ChatOptions,
        prefix: tuple[Part, ...],
        counted: bool,
    ) -> None:
        self._engine = engine
        self._template = template
        self._overflow = options.overflow
        self._n_ctx = engine.context.n_ctx
        self._reserve = reserve_for(options, self._n_ctx)
        self._counted = counted
        self.prefix = prefix

    def fit(self, turns: tuple[Turn, ...]) -> tuple[Plan, tuple[Part, ...]]:
        """What is sent, rendered. Mostly all of it fits, and its bytes or one count show it."""
        characters = sum(len(turn.content) for turn in turns)
        if characters <= self._n_ctx * CHARACTERS_A_TOKEN_AT_MOST:
            parts = self._template.render(turns)
            tokens = self._count(parts) if self._counted or not self._surely_fits(parts) else 0
            if tokens + self._reserve <= self._n_ctx:
                return Plan(turns, tokens, self._reserve, self._n_ctx), parts
            if self._overflow == "stop_at_limit":
                raise too_long(tokens, self._n_ctx, self._reserve)
        return self._fit_some(turns)

    def _fit_some(self, turns: tuple[Turn, ...]) -> tuple[Plan, tuple[Part, ...]]:
        """Plan with an estimate of what the template adds, then render and correct it."""
        count = TokenCounter(self._engine)
        skeleton = tuple(replace(turn, content="x") for turn in turns)
        per_turn = -(-self._count(self._template.render(skeleton)) // len(turns))
        correction = 0
        for _ in range(_ROUNDS):
            chosen = plan(
                turns,
                n_ctx=self._n_ctx,
                reserve_tokens=self._reserve + correction,
                overflow=self._overflow,
                count=count,
                tokens_per_turn=per_turn,
            )
            parts = self._template.render(chosen.turns)
            tokens = self._count(parts)
            if tokens + self._reserve <= self._n_ctx:
                fitted = replace(chosen, prompt_tokens=tokens, reserve_tokens=self._reserve)
                return fitted, parts
            correction += tokens + self._reserve - self._n_ctx
        raise UserError(
            "The conversation could not be made to fit the model's context.",
            "Shorten your message, start a new chat or give the model a longer context.",
        )

    def _surely_fits(self, parts: Sequence[Part]) -> bool:
        return most_tokens((*parts, *self.prefix)) + self._reserve <= self._n_ctx

    def _count(self, parts: Sequence[Part]) -> int:
        return self._engine.tokenize((*parts, *self.prefix), count_only=True).count


def _mark_documents(parts: Sequence[Part], blocks: Sequence[str]) -> tuple[Part, ...]:
    """Give attached files their own origin inside the messages that carry them."""
    marked = list(parts)
    for block in blocks:
        marked = [piece for part in marked for piece in _cut_out(part, block)]
    return tuple(marked)


def _cut_out(part: Part, block: str) -> tuple[Part, ...]:
    before, found, after = part.text.partition(block)
    if not found or part.origin not in ("user", "history"):
        return (part,)
    pieces = (replace(part, text=before), replace(part, text=block, origin="document"),
              replace(part, text=after))  # fmt: skip
    return tuple(piece for piece in pieces if piece.text)
