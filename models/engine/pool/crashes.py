"""How often each model took its worker down, and what is to be tried then."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from models.errors import EngineDied

CRASH_WINDOW_S = 60.0
CRASHES_BEFORE_ADVICE = 2


class Crashes:
    """`clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def note(self, model: str) -> None:
        times = self._times.setdefault(model, deque(maxlen=CRASHES_BEFORE_ADVICE))
        times.append(self._clock())

    def advise(self, model: str, died: EngineDied) -> EngineDied:
        """The same error, with a hint after two crashes in a minute."""
        recent = [t for t in self._times.get(model, ()) if self._clock() - t <= CRASH_WINDOW_S]
        if len(recent) < CRASHES_BEFORE_ADVICE:
            return died
        hint = (
            "It crashed twice within a minute. Try a smaller context, fewer GPU layers or the CPU."
        )
        return EngineDied(died.kind, died.message, hint, died.log)
