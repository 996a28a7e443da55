"""The branch on screen as the message view wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.pages.chat.live_reply import LiveReply
from app.widgets.message_view.shown import Lens, ShownMessage
from labs.chat.conversation import Message
from labs.chat.tree import Tree
from labs.experiments.six_ways.yes_no import is_yes_no_question
from models.engine.thinking import OPEN, split_thinking


class ShownBranch:
    """Makes what is shown, and keeps it for messages about which nothing changed."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Message, tuple[object, ...], ShownMessage]] = {}

    def show(
        self,
        messages: Sequence[Message],
        leaf_id: int | None,
        *,
        live: LiveReply | None = None,
        lenses: Mapping[int, Lens] | None = None,
    ) -> list[ShownMessage]:
        """Messages from the first to `leaf_id`, with marks for what the last reply did not see."""
        tree = Tree(messages)
        path = tree.path(leaf_id)
        left_out, shortened = _marks(path, live)
        shown = []
        for message in path:
            versions = tree.versions(message.id)
            about = (
                1 + versions.index(message) if len(versions) > 1 else 1,
                len(versions),
                message.id in left_out,
                message.id in shortened,
                (lenses or {}).get(message.id),
            )
            shown.append(self._make(message, about))
        return _with_live(shown, live)

    def _make(self, message: Message, about: tuple[Any, ...]) -> ShownMessage:
        known = self._made.get(message.id)
        if known is not None and known[0] is message and known[1] == about:
            return known[2]
        version, versions, left_out, shortened, lens = about
        made = replace(
            shown_message(message, lens),
            version=version,
            versions=versions,
            left_out=left_out,
            shortened=shortened,
        )
        self._made[message.id] = (message, about, made)
        return made


def _marks(path: Sequence[Message], live: LiveReply | None) -> tuple[set[int], set[int]]:
    """What the last reply did not see, and what it saw only in part."""
    last = next((m for m in reversed(path) if m.role == "assistant"), None)
    if live is not None and live.message is not None:
        last = live.message
    return (set(last.dropped), set(last.shortened)) if last else (set(), set())


def shown_message(message: Message, lens: Lens | None = None) -> ShownMessage:
    """One stored message, its thinking told apart from its answer."""
    text, thinking = message.text, ""
    if message.role == "assistant" and message.text.lstrip().startswith(OPEN):
        pieces = split_thinking(message.text)
        text = "".join(piece.text for piece in pieces if piece.kind == "answer")
        thinking = "".join(piece.text for piece in pieces if piece.kind == "thinking")
    return ShownMessage(
        message.id,
        message.role,
        text,
        state=message.state,
        error=message.error,
        thinking=thinking,
        thinking_s=message.provenance.thinking_s if message.provenance else None,
        attachments=message.attachments,
        provenance=message.provenance,
        dropped_count=len(message.dropped),
        lens=lens,
        asks_yes_no=message.role == "user" and not message.attachments
        and is_yes_no_question(message.text),
    )  # fmt: skip


def _with_live(shown: list[ShownMessage], live: LiveReply | None) -> list[ShownMessage]:
    if live is None:
        return [*shown[:-1], replace(shown[-1], is_last=True)] if shown else []
    if shown and shown[-1].id == live.shown.id:
        last = shown.pop()
        now = replace(live.shown, version=last.version, versions=last.versions)
        return [*shown, now]
    return [*shown, live.shown]
