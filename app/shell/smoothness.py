"""How Python shares its time in the process of the window: a job is not to be felt in it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

# Python stops every thread while it searches for unreachable circles of objects. Young ones are
# searched often, in portions of a few milliseconds. All of them would take a quarter of a second
# with the statistical libraries loaded, which is left to `search_all`.
YOUNG, MIDDLE, OLD = 5_000, 5, 10_000

# The window's thread lets the interpreter go at every call into Qt, and waits this long for it
# while a job computes: 5 ms, as Python has it, add up to a stall over twenty calls.
SWITCH_S = 0.001


def favour_the_window() -> Callable[[], None]:
    """Hold until the function that is returned is called."""
    thresholds, interval_s = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    sys.setswitchinterval(SWITCH_S)

    def restore() -> None:
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval_s)

    return restore


def search_all() -> None:
    """For a moment in which nobody looks."""
    gc.collect()
