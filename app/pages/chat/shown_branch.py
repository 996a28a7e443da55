"""The branch on screen as the message view wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.pages.chat.live_reply import LiveReply
from app.widgets.message_view.shown import Lens, ShownMessage
from labs.chat.conversation import Message
from labs.chat.thinking import OPEN, split_thinking
from labs.chat.tree import Tree


def shown_branch(
    messages: Sequence[Message],
    leaf_id: int | None,
    *,
    live: LiveReply | None = None,
    lenses: Mapping[int, Lens] | None = None,
    thinking_s: Mapping[int, float] | None = None,
) -> list[ShownMessage]:
    """Messages from the first to `leaf_id`, with marks for what the last reply did not see."""
    tree = Tree(messages)
    path = tree.path(leaf_id)
    last_reply = next((m for m in reversed(path) if m.role == "assistant"), None)
    if live is not None and live.message is not None:
        last_reply = live.message
    left_out = set(last_reply.dropped) if last_reply else set()
    shortened = set(last_reply.shortened) if last_reply else set()
    shown = []
    for message in path:
        versions = tree.versions(message.id)
        one = shown_message(message, (lenses or {}).get(message.id))
        shown.append(
            replace(
                one,
                version=1 + next(i for i, v in enumerate(versions) if v.id == message.id),
                versions=len(versions),
                left_out=message.id in left_out,
                shortened=message.id in shortened,
                thinking_s=(thinking_s or {}).get(message.id),
            )
        )
    return _with_live(shown, live)


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
        attachments=message.attachments,
        provenance=message.provenance,
        dropped_count=len(message.dropped),
        lens=lens,
    )


def _with_live(shown: list[ShownMessage], live: LiveReply | None) -> list[ShownMessage]:
    if live is None:
        return [*shown[:-1], replace(shown[-1], is_last=True)] if shown else []
    if shown and shown[-1].id == live.shown.id:
        last = shown.pop()
        now = replace(live.shown, version=last.version, versions=last.versions)
        return [*shown, now]
    return [*shown, live.shown]
