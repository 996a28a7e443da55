"""What is said when the window is closed while something runs or is not saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.notices import Notice

if TYPE_CHECKING:
    from app.shell.window import MainWindow

MOST_NAMED = 3


def reason_to_stay(window: MainWindow) -> Notice | None:
    """What would be lost or broken off now. Saves what can be saved."""
    busy = [job.title for job in window.context.jobs.running if job.title]
    is_saved = window.lab_sheet.save()
    if busy:
        return closing_notice(busy, window.quit)
    return None if is_saved else unsaved_notice(window.quit)


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
