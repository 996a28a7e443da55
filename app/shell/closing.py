"""What is said when the window is closed while something runs or is not saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.notices import Notice

MOST_NAMED = 3


def closing_notice(titles: Sequence[str], quit_now: Callable[[], None]) -> Notice:
    """The tasks by name, with the one button that ends them; closing the notice keeps them."""
    named = [f"“{title}”" for title in titles[:MOST_NAMED]]
    if len(titles) > MOST_NAMED:
        named = [*named[:-1], f"{len(titles) - MOST_NAMED + 1} more tasks"]
    what = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
    return Notice(
        f"{what} {'is' if len(titles) == 1 else 'are'} still running.",
        "Runs and downloads keep what they have and can go on later. Close this notice to keep "
        "working.",
        "warning",
        "closing",
        "Stop and quit",
        quit_now,
        stays=True,
    )


def unsaved_notice(quit_now: Callable[[], None]) -> Notice:
    """The answers on a lab sheet cannot be saved; the sheet itself says why."""
    return Notice(
        "Answers on the lab sheet cannot be saved.",
        "The sheet says why. Make room, or copy them into another program before you quit.",
        "warning",
        "closing",
        "Quit without them",
        quit_now,
        stays=True,
    )
