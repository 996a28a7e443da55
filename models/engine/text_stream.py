"""Bytes of tokens to text that can be shown: no half characters, no stop strings."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """Feeds on token bytes; releases text once it is whole and cannot begin a stop string. A reply
    whose beginning is in the prompt may go on inside a character: `begun` are the bytes there."""

    def __init__(self, stop: Sequence[str] = (), begun: bytes = b"") -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._decoder.decode(begun)
        self._stop = tuple(s for s in stop if s)
        self._held = ""
        self.stopped = False

    def push(self, piece: bytes) -> tuple[str, str]:
        """What the token added to the reply, and what may be shown now."""
        decoded = self._decoder.decode(piece)
        self._held += decoded
        return decoded, self._release()

    def flush(self) -> str:
        """The rest, at the end of the reply, without a character that was cut off inside."""
        text, self._held = self._held, ""
        return "" if self.stopped else text

    def _release(self) -> str:
        found = [self._held.find(s) for s in self._stop if s in self._held]
        if found:
            self.stopped = True
            text, self._held = self._held[: min(found)], ""
            return text
        keep = max((self._overlap(s) for s in self._stop), default=0)
        cut = len(self._held) - keep
        text, self._held = self._held[:cut], self._held[cut:]
        return text

    def _overlap(self, stop: str) -> int:
        """Length of the longest end of the held text that begins `stop`."""
        longest = min(len(stop) - 1, len(self._held))
        return next((n for n in range(longest, 0, -1) if self._held.endswith(stop[:n])), 0)
