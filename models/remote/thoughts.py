"""Thoughts that a server sends apart, put where a reply has them: before it, in its tags."""

from __future__ import annotations

from models.engine.thinking import CLOSE, OPEN


class ThoughtJoiner:
    """Feed it the thought and the answer of each chunk, "" where it has none; it gives their text
    with the tags between them."""

    def __init__(self) -> None:
        self._is_thinking = False

    def text_of(self, thought: str, answer: str) -> str:
        text = ""
        if thought and not self._is_thinking:
            self._is_thinking, text = True, f"{OPEN}\n"
        text += thought
        if answer and self._is_thinking:
            self._is_thinking, text = False, f"{text}\n{CLOSE}\n\n"
        return text + answer
