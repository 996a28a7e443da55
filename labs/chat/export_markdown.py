"""The branch on screen as Markdown that loads nothing, whatever a model wrote into it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from labs.chat.conversation import Chat, Message
from labs.chat.prompt import document_block
from labs.chat.record_lines import record_lines
from models.engine.thinking import split_thinking

_LOADS = ("image", "html_inline")


def to_markdown(
    chat: Chat, path: Sequence[Message], *, thinking: bool = True, records: bool = True
) -> str:
    """`path` as one text; see `export_chat`."""
    blocks = [f"# {_one_line(chat.title)}"]
    if records and chat.options.system_prompt:
        blocks += ["## System prompt", harmless(chat.options.system_prompt)]
    for message in path:
        blocks.append(f"## {_speaker(message)}")
        blocks += [document_block(each).strip() for each in message.attachments]
        blocks += _text_blocks(message, thinking)
        blocks += [f"*{_one_line(sentence)}*" for sentence in marks(message)]
        if records and message.provenance:
            lines = record_lines(message.provenance)
            blocks.append("\n".join(f"- {name}: {_one_line(value)}" for name, value in lines))
    return "\n\n".join(block for block in blocks if block) + "\n"


def marks(message: Message) -> list[str]:
    """What a reader must know of a message besides its text; nothing is dropped silently."""
    sentences = []
    if message.dropped:
        sentences.append(f"{len(message.dropped)} earlier messages did not fit and were not sent.")
    if message.shortened:
        sentences.append(f"{len(message.shortened)} messages were shortened to fit.")
    if message.state in ("stopped", "interrupted"):
        sentences.append(f"This reply was {message.state}.")
    return sentences + ([message.error] if message.error else [])


def harmless(text: str) -> str:
    """Markdown whose images and raw HTML show as their source; all else stays as it is."""
    lines = text.splitlines()
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    for token in tokens:
        if token.map and _would_load(token):
            for n in range(token.map[0], min(token.map[1], len(lines))):
                lines[n] = lines[n].replace("<", "&lt;").replace("![", "!\\[")
    return "\n".join([*lines, *_missing_fence(tokens, lines)])


def _would_load(token: Token) -> bool:
    if token.type == "html_block":
        return True
    return any(child.type in _LOADS for child in token.children or [])


def _missing_fence(tokens: Sequence[Token], lines: Sequence[str]) -> list[str]:
    """A code block that was never closed would swallow what follows."""
    last = next((t for t in reversed(tokens) if t.map and t.nesting == 0), None)
    if last is None or last.type != "fence" or last.map is None:
        return []
    closed = last.map[1] - last.map[0] > 1 and lines[last.map[1] - 1].strip() == last.markup
    return [] if closed else [last.markup]


def _text_blocks(message: Message, thinking: bool) -> list[str]:
    if message.role != "assistant":
        return [harmless(message.text)]
    blocks = []
    for piece in split_thinking(message.text):
        if piece.kind == "answer":
            blocks.append(harmless(piece.text))
        elif thinking and piece.text.strip():
            quoted = "\n".join(f"> {line}" for line in harmless(piece.text.strip()).splitlines())
            blocks.append(f"> *Thinking*\n>\n{quoted}")
    return blocks


def _speaker(message: Message) -> str:
    if message.role != "assistant":
        return {"user": "You", "system": "System"}[message.role]
    return _one_line(message.provenance.model_name) if message.provenance else "Assistant"


def _one_line(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>!#|])", r"\\\1", " ".join(text.split()))
