"""A reply while it is being made: events become what the conversation shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from app.widgets.message_view.shown import ShownMessage
from labs.chat.conversation import Message
from labs.chat.turn import Started
from models.engine.messages import Delta, Progress
from models.engine.pool import Waiting
from models.engine.thinking import ThinkingClock, ThinkingSplitter

WAITING_ID = -1  # stands in the list until the reply has a place in the tree


class LiveReply:
    """`shown` is always what to show now."""

    def __init__(self, name: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.message: Message | None = None
        self._splitter = ThinkingSplitter()
        self._clock = ThinkingClock(monotonic)
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
                before = self.shown.thinking
                self._feed(event.text)
                self._time_thinking(has_thought=self.shown.thinking != before)
            case Waiting():
                words = waiting_words(event)
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
            busy="",
            busy_share=None,
        )

    def _time_thinking(self, *, has_thought: bool) -> None:
        self._clock.note(is_thinking=self.shown.is_thinking, has_thought=has_thought)
        self.shown = replace(self.shown, thinking_s=self._clock.seconds)


def waiting_words(waiting: Waiting) -> str:
    """Who has the model, and how to get out of the wait."""
    return f"{waiting.detail}. Stop ends the wait."
