"""A reply while it is being made: events become what the conversation shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from app.widgets.message_view.shown import ShownMessage
from labs.chat.conversation import Message
from labs.chat.thinking import ThinkingSplitter
from labs.chat.turn import Started
from models.engine.messages import Delta, Progress
from models.engine.pool import Waiting

WAITING_ID = -1  # stands in the list until the reply has a place in the tree


class LiveReply:
    """`shown` is always what to show now."""

    def __init__(self, name: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.message: Message | None = None
        self._splitter = ThinkingSplitter()
        self._monotonic = monotonic
        self._thinking_since_s: float | None = None
        self.shown = ShownMessage(
            WAITING_ID,
            "assistant",
            "",
            state="streaming",
            name=name,
            busy="Getting the model ready…",
        )

    def take(self, event: object) -> None:
        """Take one event of the turn in."""
        match event:
            case Started():
                self._start(event)
            case Progress():
                self._show_busy(event)
            case Delta():
                self._feed(event.text)
            case Waiting():
                words = f"Waiting for {event.holder}…"
                self.shown = replace(self.shown, busy=words, busy_share=None)

    def _start(self, event: Started) -> None:
        self.message = event.reply
        self.shown = replace(
            self.shown,
            id=event.reply.id,
            busy="Reading the prompt…",
            busy_share=None,
            dropped_count=len(event.plan.dropped),
        )
        self._feed(event.reply.text)

    def _show_busy(self, event: Progress) -> None:
        words = f"Reading the prompt: {event.done:,} of {event.total:,} tokens"
        if event.phase == "load":
            words = "Loading the model…"
        share = event.done / event.total if event.total > 0 else None
        self.shown = replace(self.shown, busy=words, busy_share=share)

    def _feed(self, text: str) -> None:
        if not text:
            return
        answer, thinking = self.shown.text, self.shown.thinking
        for piece in self._splitter.feed(text):
            if piece.kind == "thinking":
                thinking += piece.text
            else:
                answer += piece.text
        is_thinking = self._splitter.is_thinking
        self.shown = replace(
            self.shown,
            text=answer,
            thinking=thinking,
            is_thinking=is_thinking,
            thinking_s=self._thinking_seconds(is_thinking, bool(thinking)),
            busy="",
            busy_share=None,
        )

    def _thinking_seconds(self, is_thinking: bool, has_thought: bool) -> float | None:
        if is_thinking and self._thinking_since_s is None:
            self._thinking_since_s = self._monotonic()
        if is_thinking or not has_thought or self._thinking_since_s is None:
            return None
        if self.shown.thinking_s is not None:
            return self.shown.thinking_s
        return self._monotonic() - self._thinking_since_s
