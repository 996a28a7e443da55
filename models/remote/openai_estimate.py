"""How many tokens a prompt has, where only the server could count them."""

from __future__ import annotations

from collections.abc import Sequence

from models.engine.messages import Part

_BYTES_A_TOKEN = 3.5  # of English with most tokenizers it is 4 to 5, of code and others less
_TOKENS_A_MESSAGE = 6  # what a template writes around one
_SOUND = (1.0, 8.0)


class TokenEstimate:
    """Learns from what the server says it has read."""

    def __init__(self) -> None:
        self._bytes_a_token = _BYTES_A_TOKEN

    def count(self, parts: Sequence[Part]) -> int:
        size, messages = _size(parts)
        return round(size / self._bytes_a_token) + messages * _TOKENS_A_MESSAGE

    def learn(self, parts: Sequence[Part], tokens: int) -> None:
        """`tokens` of a prompt as the server counted them; 0 where it did not say."""
        size, messages = _size(parts)
        written = tokens - messages * _TOKENS_A_MESSAGE
        if written >= 50:  # a short prompt is mostly template
            least, most = _SOUND
            self._bytes_a_token = min(most, max(least, size / written))


def _size(parts: Sequence[Part]) -> tuple[int, int]:
    """Bytes, and how many messages they are in."""
    return sum(len(p.text.encode(errors="replace")) for p in parts), len(parts)
