"""Parts of a prompt to tokens, so that content never turns into control tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from models.engine.messages import Part, PromptToken, Tokenize, Tokenized
from models.errors import UserError

LONGEST_CHARACTER_BYTES = 4  # of UTF-8; a token brings one at least


class Vocabulary(Protocol):
    bos_text: str

    def encode(self, text: str, add_special: bool, parse_special: bool) -> list[int]: ...

    def piece(self, token_id: int) -> bytes:
        """The bytes of a token, control tokens spelled out."""
        ...

    def is_control(self, token_id: int) -> bool: ...

    def contains(self, token_id: int) -> bool: ...


def tokenize_parts(parts: Sequence[Part], vocabulary: Vocabulary) -> list[PromptToken]:
    """Tokens of the whole prompt.

    Neighbouring text is tokenized in one go, as the model's own template would have it. Only
    where content spells a control token are the parts tokenized one by one. Raises UserError for
    a given id that is no token: native code would end the process.
    """
    tokens: list[PromptToken] = []
    for has_ids, group in groupby(parts, key=lambda part: bool(part.token_ids)):
        run = [p for p in group if p.token_ids or p.text]
        first = not tokens
        tokens += _given(run, vocabulary) if has_ids else _text_run(run, first, vocabulary)
    return tokens


def tokenized(request: Tokenize, vocabulary: Vocabulary) -> Tokenized:
    """The answer to a request for tokens, or for their count alone."""
    tokens = tokenize_parts(request.parts, vocabulary)
    return Tokenized(len(tokens), () if request.count_only else tuple(tokens))


def text_of(token_ids: Sequence[int], vocabulary: Vocabulary) -> str:
    """Tokens as text; what is no whole character is U+FFFD. Raises UserError for a number that is
    no token."""
    for token_id in token_ids:
        require_token(token_id, vocabulary)
    return b"".join(map(vocabulary.piece, token_ids)).decode("utf-8", "replace")


def begun_bytes(parts: Sequence[Part], vocabulary: Vocabulary) -> bytes:
    """The end of a reply that the prompt begins with token ids: a character may go on behind it."""
    ids = parts[-1].token_ids if parts else ()
    return b"".join(vocabulary.piece(token_id) for token_id in ids[-LONGEST_CHARACTER_BYTES:])


def _given(parts: Sequence[Part], vocabulary: Vocabulary) -> list[PromptToken]:
    given = [(i, part) for part in parts for i in part.token_ids]
    for token_id, _ in given:
        require_token(token_id, vocabulary)
    return [_token(i, part, vocabulary) for i, part in given]


def require_token(token_id: int, vocabulary: Vocabulary) -> None:
    """Raises UserError where the model has no such token."""
    if not vocabulary.contains(token_id):
        raise UserError(f"This model has no token with the number {token_id}.")


def _text_run(parts: Sequence[Part], first: bool, vocabulary: Vocabulary) -> list[PromptToken]:
    if not parts:
        return []
    text = "".join(part.text for part in parts)
    add_special = first and not _begins_with_bos(text, vocabulary)
    ids = vocabulary.encode(text, add_special, True)
    owners = _owners(ids, parts, vocabulary)
    if owners is None or any(
        vocabulary.is_control(i) and not all(p.control for p in owner)
        for i, owner in zip(ids, owners, strict=True)
    ):
        return _one_by_one(parts, add_special, vocabulary)
    return [_token(i, owner[0], vocabulary) for i, owner in zip(ids, owners, strict=True)]


def _one_by_one(
    parts: Sequence[Part], add_special: bool, vocabulary: Vocabulary
) -> list[PromptToken]:
    tokens: list[PromptToken] = []
    for part in parts:
        ids = vocabulary.encode(part.text, add_special and not tokens, part.control)
        tokens += [_token(i, part, vocabulary) for i in ids]
    return tokens


def _owners(
    ids: Sequence[int], parts: Sequence[Part], vocabulary: Vocabulary
) -> list[tuple[Part, ...]] | None:
    """The parts each token's bytes come from; None where tokens do not spell the text."""
    raw = b"".join(part.text.encode() for part in parts)
    pieces = [vocabulary.piece(i) for i in ids]
    spelled = b"".join(pieces)
    lead = len(spelled) - len(raw)  # a begin-of-text token or the blank some vocabularies add
    if lead < 0 or spelled[lead:] != raw:
        return None
    spans = list(_part_spans(parts, lead))
    owners, start, at = [], 0, 0
    for piece in pieces:
        end = start + len(piece)
        while at < len(spans) - 1 and spans[at][1] <= start:
            at += 1
        owners.append(_overlapping(spans, at, start, end, lead))
        start = end
    return owners


def _overlapping(
    spans: Sequence[tuple[int, int, Part]], at: int, start: int, end: int, lead: int
) -> tuple[Part, ...]:
    if end <= lead:
        return (Part(origin="template", control=True),)
    found: list[Part] = []
    while at < len(spans) and (spans[at][0] < end or not found):
        if spans[at][1] > start or at == len(spans) - 1:
            found.append(spans[at][2])
        at += 1
    return tuple(found)


def _part_spans(parts: Sequence[Part], offset: int) -> Iterator[tuple[int, int, Part]]:
    for part in parts:
        end = offset + len(part.text.encode())
        yield offset, end, part
        offset = end


def _begins_with_bos(text: str, vocabulary: Vocabulary) -> bool:
    return bool(vocabulary.bos_text) and text.startswith(vocabulary.bos_text)


def _token(token_id: int, part: Part, vocabulary: Vocabulary) -> PromptToken:
    text = vocabulary.piece(token_id).decode("utf-8", "replace")
    return PromptToken(token_id, text, part.origin, vocabulary.is_control(token_id))
