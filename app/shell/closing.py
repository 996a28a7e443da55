"""What is said when the window is closed while something runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.notices import Notice


def closing_notice(titles: Sequence[str], quit_now: Callable[[], None]) -> Notice:
    """The tasks by name, with the one button that ends them; closing the notice keeps them."""
    what = f"“{titles[0]}” is" if len(titles) == 1 else f"{len(titles)} tasks are"
    return Notice(
        f"{what} still running.",
        "A run keeps what is finished and can be resumed. Close this notice to keep working.",
        "warning",
        "closing",
        "Stop and quit",
        quit_now,
        stays=True,
    )
