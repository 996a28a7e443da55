"""Long changes of the window, a part in each turn of the event loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def in_turns(owner: QObject, *steps: Callable[[], object]) -> None:
    """The first step in the next turn, and so on; what is left goes with `owner`. Between two
    steps keys, clicks and paint come through, so that only the longest of them is felt."""

    def run() -> None:
        steps[0]()
        in_turns(owner, *steps[1:])

    if steps:
        QTimer.singleShot(0, owner, run)
