"""Long changes of the window, a part in each turn of the event loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

NEXT_TURN_MS = 1  # of 0 ms, Qt lets two fire in one turn


def in_turns(owner: QObject, *steps: Callable[[], object]) -> None:
    """The first step in the next turn, and so on; what is left goes with `owner`. Between two
    steps keys, clicks and paint come through, so that only the longest of them is felt."""
    if not steps:
        return
    left = list(steps)
    turn = QTimer(owner, interval=NEXT_TURN_MS, singleShot=True)

    def run() -> None:
        left.pop(0)()
        if left:
            turn.start()
        else:
            turn.deleteLater()

    turn.timeout.connect(run)
    turn.start()
