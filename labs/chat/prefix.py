"""How a reply may begin: as an earlier one did, wholly or up to a token and another choice."""

from __future__ import annotations

from dataclasses import dataclass, replace

from labs.chat.conversation import Message
from labs.chat.store import ChatStore
from models.engine.engine import Engine
from models.engine.messages import Alternative, Part, TokenData
from models.errors import UserError

_UNFINISHED = "\ufffd"


@dataclass(frozen=True)
class Prefix:
    """Begin as reply `message_id`. With `position`, only up to that token of it, where the
    alternative `token_id` is taken instead."""

    message_id: int
    position: int | None = None
    token_id: int | None = None


@dataclass(frozen=True)
class Beginning:
    """A prefix made concrete: the part to send, its text, and the lens data it carries over. A
    character in which it ends is no part of the text yet: the reply brings it whole.

    `token_ids` is empty when the text had to be sent, because the reply was written by another
    model or edited by hand.
    """

    part: Part
    text: str
    tokens: tuple[TokenData, ...] = ()


def begin(store: ChatStore, engine: Engine, prefix: Prefix) -> Beginning:
    """Raises UserError when the reply has no such token or ends with it."""
    message = store.message(prefix.message_id)
    tokens = store.tokens(message.id)
    if prefix.position is None:
        return _whole(message, tokens, engine)
    return _up_to(message, tokens, prefix.position, prefix.token_id, engine)


def _whole(message: Message, tokens: tuple[TokenData, ...], engine: Engine) -> Beginning:
    if message.provenance and message.provenance.stop_reason == "end":
        tokens = _without_end(tokens)
    carried = "".join(token.text for token in tokens)
    if tokens and message.text.endswith(carried) and _are_known(tokens, message, engine):
        return _of_tokens(tokens, carried)
    return Beginning(Part(text=message.text, origin="assistant"), message.text)


def _up_to(
    message: Message,
    tokens: tuple[TokenData, ...],
    position: int,
    token_id: int | None,
    engine: Engine,
) -> Beginning:
    chosen = _alternative(tokens, position, token_id)
    if chosen.text and chosen.text == engine.info.eos_text:
        raise UserError(
            "With this alternative the reply ends here.", "Choose another one to go on from."
        )
    replaced = replace(
        tokens[position], token_id=chosen.token_id, text=chosen.text, logprob=chosen.logprob
    )
    kept = (*tokens[:position], replaced)
    if _are_known(kept, message, engine):
        whole = engine.detokenize([token.token_id for token in kept])
        return _of_tokens(kept, whole.removesuffix(_UNFINISHED))
    text = "".join(token.text for token in kept)
    return Beginning(Part(text=text, origin="assistant"), text, kept)


def _alternative(tokens: tuple[TokenData, ...], position: int, token_id: int | None) -> Alternative:
    if 0 <= position < len(tokens):
        for alternative in tokens[position].top:
            if alternative.token_id == token_id:
                return alternative
    raise UserError(
        "This alternative was not recorded with the reply.",
        "Choose one from the list that a click on the token shows.",
    )


def _of_tokens(tokens: tuple[TokenData, ...], text: str) -> Beginning:
    ids = tuple(token.token_id for token in tokens)
    return Beginning(Part(token_ids=ids, origin="assistant"), text, tokens)


def _without_end(tokens: tuple[TokenData, ...]) -> tuple[TokenData, ...]:
    """The token that ended the reply adds no text; going on means going on before it."""
    return tokens[:-1] if tokens and not tokens[-1].text else tokens


def _are_known(tokens: tuple[TokenData, ...], message: Message, engine: Engine) -> bool:
    """Whether the engine has these very tokens: it wrote them, and their numbers are known (a
    server that keeps its tokenizer to itself tells texts alone, and they count below 0)."""
    same_model = message.provenance and message.provenance.model_path == engine.info.model
    return bool(same_model) and all(token.token_id >= 0 for token in tokens)
