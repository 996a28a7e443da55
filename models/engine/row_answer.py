"""The answer of one row as it grows: its text, and when it may end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.engine.messages import StopReason
from models.engine.text_stream import TextStream
from models.errors import UserError


class RowAnswer:
    """Ends at the model's own end, at a found pattern, or at the limit of tokens. `begun` is what
    the prompt has written of it already."""

    def __init__(self, until: Sequence[str], max_tokens: int, begun: str = "") -> None:
        self._patterns = [_compiled(pattern) for pattern in until]
        self._max_tokens = max_tokens
        self._stream = TextStream()
        self.text = begun
        self.n_tokens = 0
        self.stop_reason: StopReason | None = None if max_tokens > 0 else "length"

    def end(self, reason: StopReason) -> None:
        self.text += self._stream.flush()
        self.stop_reason = reason

    def take(self, piece: bytes) -> None:
        """One more token, as the bytes it shows."""
        self.n_tokens += 1
        self.text += self._stream.push(piece)[1]
        if any(pattern.search(self.text) for pattern in self._patterns):
            self.end("decided")
        elif self.n_tokens >= self._max_tokens:
            self.end("length")


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UserError(
            f"The pattern “{pattern}” that ends an answer is not valid: {error}.", "Correct it."
        ) from error
