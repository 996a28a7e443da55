"""Where a reply thinks and where it answers: `<think>…</think>` told apart as text arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

OPEN, CLOSE = "<think>", "</think>"


@dataclass(frozen=True)
class Piece:
    """A stretch of a reply without its tags."""

    kind: Literal["thinking", "answer"]
    text: str


class ThinkingSplitter:
    """Feed it text as it grows. A block opens only where nothing but blocks stood before, so
    that an answer about the tag itself stays an answer."""

    def __init__(self) -> None:
        self._held = ""  # may still become a tag
        self._state: Literal["before", "thinking", "answer"] = "before"

    @property
    def is_thinking(self) -> bool:
        return self._state == "thinking"

    def feed(self, text: str) -> list[Piece]:
        """The pieces that `text` completes; what may become a tag is held back."""
        self._held += text
        pieces: list[Piece] = []
        while self._step(pieces):
            pass
        return pieces

    def finish(self) -> list[Piece]:
        """What was held back because it could have become a tag."""
        held, self._held = self._held, ""
        if not held or (self._state == "before" and not held.strip()):
            return []
        return [Piece("thinking" if self.is_thinking else "answer", held)]

    def _step(self, pieces: list[Piece]) -> bool:
        """Take one piece or tag off what is held; False when more text is needed."""
        if self._state == "thinking":
            return self._step_thinking(pieces)
        if self._state == "before":
            return self._step_before()
        self._release(pieces, "answer", len(self._held))
        return False

    def _step_before(self) -> bool:
        start = self._held.lstrip()
        if start.startswith(OPEN):
            self._held, self._state = start.removeprefix(OPEN), "thinking"
            return True
        if OPEN.startswith(start):
            return False
        self._held, self._state = start, "answer"
        return True

    def _step_thinking(self, pieces: list[Piece]) -> bool:
        end = self._held.find(CLOSE)
        if end < 0:
            self._release(pieces, "thinking", len(self._held) - _tail_of_tag(self._held))
            return False
        self._release(pieces, "thinking", end)
        self._held, self._state = self._held.removeprefix(CLOSE), "before"
        return True

    def _release(
        self, pieces: list[Piece], kind: Literal["thinking", "answer"], length: int
    ) -> None:
        if length:
            pieces.append(Piece(kind, self._held[:length]))
            self._held = self._held[length:]


class ThinkingClock:
    """Measures how long a reply thinks; `monotonic` gives seconds. `seconds` is None until then."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._since_s: float | None = None
        self.seconds: float | None = None

    def note(self, *, is_thinking: bool, has_thought: bool) -> None:
        """Tell it after every stretch of text how things stand."""
        if self._since_s is None and has_thought:
            self._since_s = self._monotonic()
        if self._since_s is not None and not is_thinking and self.seconds is None:
            self.seconds = self._monotonic() - self._since_s


def split_thinking(text: str) -> tuple[Piece, ...]:
    """The pieces of a whole reply. A block that never closes is thinking to its end."""
    splitter = ThinkingSplitter()
    return (*splitter.feed(text), *splitter.finish())


def without_thinking(text: str) -> str:
    """The answer alone."""
    if not text.lstrip().startswith(OPEN):
        return text
    return "".join(piece.text for piece in split_thinking(text) if piece.kind == "answer")


def _tail_of_tag(text: str) -> int:
    """How many characters at the end of `text` may be the beginning of the closing tag."""
    sizes = range(min(len(CLOSE) - 1, len(text)), 0, -1)
    return next((size for size in sizes if CLOSE.startswith(text[-size:])), 0)
