"""Where each message stands in a long conversation of which most was never laid out."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from app.widgets.message_view.shown import MOST_DRAWN_CHARS, ShownMessage

FRAME_PX = 84  # name, footer and actions


class Heights:
    """Heights in pixels, guessed until measured, and the offsets that follow from them."""

    def __init__(self) -> None:
        self._heights: list[int] = []
        self._offsets: list[int] = [0]

    def guess(self, messages: list[ShownMessage], width: int, text_px: int) -> None:
        """Start over for a list of messages at a column width."""
        self._heights = [guessed_height(message, width, text_px) for message in messages]
        self._sum_up()

    def insert(self, index: int, height: int) -> None:
        self._heights.insert(index, height)
        self._sum_up()

    def measure(self, index: int, height: int) -> bool:
        """Note a measured height; True when it differs from what was thought."""
        if self._heights[index] == height:
            return False
        self._heights[index] = height
        self._sum_up()
        return True

    @property
    def total(self) -> int:
        return self._offsets[-1]

    def top(self, index: int) -> int:
        return self._offsets[index]

    def at(self, y: int) -> int:
        """The message that covers `y`."""
        last = len(self._heights) - 1
        return max(0, min(bisect_right(self._offsets, y) - 1, last))

    def _sum_up(self) -> None:
        self._offsets = [0, *accumulate(self._heights)]


def guessed_height(message: ShownMessage, width: int, text_px: int) -> int:
    columns = max(20, round(2 * width / text_px))
    drawn = message.text[:MOST_DRAWN_CHARS]
    lines = drawn.count("\n") + 1 + len(drawn) / columns
    return round(FRAME_PX + lines * text_px * 1.5)
