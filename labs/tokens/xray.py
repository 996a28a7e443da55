"""A chat as what is really sent: messages, the template's text around them, and the tokens."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from labs.chat.differences import Stretch, differences
from labs.tokens.templates import KnownTemplate
from labs.tokens.words import counted
from models.cancel import CancelToken
from models.engine.chat_parts import ChatTurn
from models.engine.chat_template import Template
from models.engine.messages import ModelInfo, Part, PromptToken, Role
from models.engine.sandbox import Sandbox
from models.errors import UserError
from models.tokenizers.messages import Facts
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers


@dataclass(frozen=True)
class ChatMessage:
    role: Role
    text: str


@dataclass(frozen=True)
class Wish:
    """One column: whose tokenizer, and whose template. Without `template` it is the tokenizer's
    own; `template_of` names another model whose template is borrowed."""

    source: Source
    template: KnownTemplate | None = None
    template_of: Source | None = None

    @property
    def template_name(self) -> str:
        borrowed = self.template.name if self.template else ""
        return borrowed or (self.template_of.name if self.template_of else "its own template")


@dataclass(frozen=True)
class Xray:
    """`parts` put together are the rendered string; `differs` are its stretches that the first
    string does not have, as far as words tell (see `differences`). `same_as_first` is None for
    the first itself: the first column that did not fail. `notes` say what was unusual."""

    wish: Wish
    parts: tuple[Part, ...]
    tokens: tuple[PromptToken, ...]
    notes: tuple[str, ...] = ()
    differs: tuple[Stretch, ...] = ()
    same_as_first: bool | None = None

    @property
    def rendered(self) -> str:
        return "".join(part.text for part in self.parts)

    @property
    def n_smuggled(self) -> int:
        """Control tokens that came out of the messages."""
        return sum(token.control and token.origin != "template" for token in self.tokens)

    @property
    def n_added(self) -> int:
        """Tokens that the template adds to the messages."""
        return sum(token.origin == "template" for token in self.tokens)


@dataclass(frozen=True)
class XrayFailure:
    wish: Wish
    error: UserError


def xray(
    tokenizers: Tokenizers,
    sandbox: Sandbox,
    wishes: Sequence[Wish],
    messages: Sequence[ChatMessage],
    now: datetime,
    cancel: CancelToken,
    *,
    careless: bool = False,
) -> Generator[str | Xray | XrayFailure, None, tuple[Xray | XrayFailure, ...]]:
    """Each column on its own: a template that fails leaves the others. `careless` reads control
    tokens out of the messages too, as a program does that cuts the rendered string in one go.

    Raises Cancelled, and UserError where there is no message.
    """
    turns = turns_of(messages)
    if not turns:
        raise UserError("There is no message.", "Write one.")
    found: list[Xray | XrayFailure] = []
    for wish in wishes:
        cancel.raise_if_cancelled()
        outcome = yield from _one(tokenizers, sandbox, wish, turns, now, cancel, careless)
        first = next((each for each in found if isinstance(each, Xray)), None)
        if isinstance(outcome, Xray) and first is not None:
            outcome = _held_against(first, outcome)
        found.append(outcome)
        yield outcome
    return tuple(found)


def _held_against(first: Xray, other: Xray) -> Xray:
    same = other.rendered == first.rendered
    differs = () if same else differences(other.rendered, first.rendered)[0]
    return replace(other, differs=differs, same_as_first=same)


def turns_of(messages: Sequence[ChatMessage]) -> tuple[ChatTurn, ...]:
    """Empty messages are left out; the last of the user is the one to answer."""
    kept = [message for message in messages if message.text.strip()]
    turns = [ChatTurn(m.role, m.text, "system" if m.role == "system" else "history") for m in kept]
    if turns and turns[-1].role == "user":
        turns[-1] = replace(turns[-1], origin="user")
    return tuple(turns)


def _one(
    tokenizers: Tokenizers,
    sandbox: Sandbox,
    wish: Wish,
    turns: Sequence[ChatTurn],
    now: datetime,
    cancel: CancelToken,
    careless: bool,
) -> Generator[str, None, Xray | XrayFailure]:
    try:
        own = yield from tokenizers.facts(wish.source, cancel)
        told = own
        if wish.template_of is not None:
            told = yield from tokenizers.facts(wish.template_of, cancel)
        source = wish.template.text if wish.template else told.chat_template
        template = Template(_info(wish.source, told, source), sandbox, "auto", now)
        parts = template.render(turns)
        sent = tuple(replace(part, control=True) for part in parts) if careless else parts
        tokens = yield from tokenizers.cut_parts(wish.source, sent, cancel)
    except UserError as error:
        return XrayFailure(wish, error)
    return Xray(wish, parts, tokens, (*template.notes, *_left_out(turns, parts)))


def _left_out(turns: Sequence[ChatTurn], parts: Sequence[Part]) -> tuple[str, ...]:
    """Templates may pass over messages without a word, and the model then never reads them."""
    rendered = "".join(part.text for part in parts)
    n_left = sum(turn.content.strip() not in rendered for turn in turns)
    if not n_left:
        return ()
    return (f"{n_left} of {counted(len(turns), 'message')} do not stand as written in this prompt: "
            "the template leaves them out or changes them.",)  # fmt: skip


def _info(source: Source, facts: Facts, template: str) -> ModelInfo:
    """As much of a loaded model as a template asks for."""
    return ModelInfo(
        model=source.path, name=source.name, backend="", backend_build="", architecture="",
        n_ctx_train=0, n_vocab=facts.n_tokens, n_params=0, weights_bytes=0,
        chat_template=template, bos_text=facts.bos_text, eos_text=facts.eos_text, device="",
        load_s=0.0, peak_memory_bytes=0,
    )  # fmt: skip
