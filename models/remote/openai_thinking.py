"""Thoughts that a server sends apart, put where a reply has them: before it, in its tags."""

from __future__ import annotations

from models.engine.thinking import CLOSE, OPEN
from models.remote.openai_stream import Chunk


class ThoughtJoiner:
    """Feed it chunks; it gives their text with the tags between thought and answer."""

    def __init__(self) -> None:
        self._is_thinking = False

    def text_of(self, chunk: Chunk) -> str:
        text = ""
        if chunk.thinking and not self._is_thinking:
            self._is_thinking, text = True, f"{OPEN}\n"
        text += chunk.thinking
        if chunk.text and self._is_thinking:
            self._is_thinking, text = False, f"{text}\n{CLOSE}\n\n"
        return text + chunk.text
