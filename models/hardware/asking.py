"""Asking one sensor, so that its failure or its nonsense stays its own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from models.hardware.reading import Measured

FIRST = "The first reading has nothing to compare with."
BROKEN = "The counter broke off; counting begins anew."


class Unreadable(Exception):  # noqa: N818 - no error: what it says is shown
    """Why a sensor says nothing, as a sentence for the user."""


def ask(
    question: Callable[[], float | None], most: float = math.inf, least: float = 0.0
) -> Measured:
    """The answer, or the reason why there is none: the sensor's own, its failure, or that what it
    said is outside `least` to `most` and cannot be."""
    try:
        answer = question()
    except Unreadable as silent:
        return Measured(reason=str(silent))
    except Exception as error:  # noqa: BLE001 - drivers raise what they like; the others go on
        return Measured(reason=f"The sensor failed ({_said(error)}).")
    if answer is None:
        return Measured(reason="This machine does not report it.")
    if not least <= answer <= most:  # NaN is never between
        return Measured(reason=f"The sensor said {answer:g}, which cannot be; left out.")
    return Measured(float(answer))


class Rate:
    """How fast a counter grows, in its unit a second, between two calls of `of`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: tuple[float, float] | None = None

    def of(self, count: float) -> float:
        """Raises Unreadable at the first reading, and where the counter ran backwards."""
        now, last = self._clock(), self._last
        self._last = (now, count)
        if last is None or now <= last[0]:
            raise Unreadable(FIRST)
        if count < last[1]:
            raise Unreadable(BROKEN)
        return (count - last[1]) / (now - last[0])


def _said(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
