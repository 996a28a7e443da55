"""A rendered chat template cut into parts, so that every token knows where it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.engine.messages import Origin, Part, Role
from models.errors import UserError

# private-use characters around each content; U+E0xx never stands in a template
OPEN, CLOSE, DIGITS = "\ue0f0", "\ue0f1", 0xE100

CONTROL_LIKE = re.compile(r"<[^<>\s]{1,60}>|\[/?[A-Z_]{2,30}\]")

Render = Callable[[Sequence[Mapping[str, str]]], str]


@dataclass(frozen=True)
class ChatTurn:
    role: Role
    content: str
    origin: Origin = "history"


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    origin: Origin


def split_rendered(turns: Sequence[ChatTurn], render: Render) -> tuple[Part, ...]:
    """Parts of the prompt. Contents are found by rendering a second time with marks around
    them; where a template changes its contents, by searching the true text in order.
    Raises UserError when content that may spell control tokens cannot be told from the template.
    """
    plain = render([_message(turn, turn.content) for turn in turns])
    for content in (str, str.strip):
        marked = render([_message(t, _mark(content(t.content), i)) for i, t in enumerate(turns)])
        spans, unmarked = _read_marks(marked, turns)
        if unmarked == plain:
            return _cut(plain, spans)
    return _cut(plain, _search(plain, turns))


def _message(turn: ChatTurn, content: str) -> dict[str, str]:
    return {"role": turn.role, "content": content}


def _mark(content: str, index: int) -> str:
    return f"{OPEN}{chr(DIGITS + index)}{content}{CLOSE}" if content else content


def _read_marks(marked: str, turns: Sequence[ChatTurn]) -> tuple[list[Span], str]:
    spans: list[Span] = []
    text: list[str] = []
    length, at, start = 0, 0, -1
    turn = turns[0] if turns else None
    while at < len(marked):
        char = marked[at]
        if char == OPEN and at + 1 < len(marked):
            index = ord(marked[at + 1]) - DIGITS
            turn, start = (turns[index] if 0 <= index < len(turns) else None), length
            at += 2
            continue
        if char == CLOSE and turn is not None and start >= 0:
            spans.append(Span(start, length, turn.origin))
            start = -1
        else:
            text.append(char)
            length += 1
        at += 1
    return spans, "".join(text)


def _search(plain: str, turns: Sequence[ChatTurn]) -> list[Span]:
    spans, at = [], 0
    for turn in turns:
        for content in _shapes(turn.content):
            found = plain.find(content, at)
            if found >= 0:
                at = found + len(content)
                spans.append(Span(found, at, turn.origin))
                break
        else:
            _refuse_hidden_control(plain, turn)
    return spans


def _refuse_hidden_control(plain: str, turn: ChatTurn) -> None:
    """A template may drop a content, but must not carry its control tokens in disguise."""
    if any(spelled in plain for spelled in CONTROL_LIKE.findall(turn.content)):
        raise UserError(
            f"A {turn.role} message spells control tokens, and this model's template changes it "
            "so that they could not be kept apart.",
            "Remove the words in angle or square brackets from the message.",
        )


def _shapes(content: str) -> list[str]:
    """What templates make of a content: trimmed, or without the thought before the answer."""
    after_thought = content.rsplit("</think>", 1)[-1].strip("\n")
    return [s for s in (content, content.strip(), after_thought, after_thought.strip()) if s]


def _cut(text: str, spans: Sequence[Span]) -> tuple[Part, ...]:
    parts, at = [], 0
    for span in spans:
        if span.start > at:
            parts.append(Part(text[at : span.start], origin="template", control=True))
        if span.end > span.start:
            parts.append(Part(text[span.start : span.end], origin=span.origin))
        at = max(at, span.end)
    if at < len(text):
        parts.append(Part(text[at:], origin="template", control=True))
    return tuple(parts)
