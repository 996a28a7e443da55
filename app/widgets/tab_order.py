"""The order in which Tab goes from place to place, where it is not that of creation."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_stops(root: QWidget) -> list[QWidget]:
    """`root` and what lies in it, where Tab can lead to, in order of creation; the list of a
    combo box is a window of its own."""
    within = [w for w in (root, *root.findChildren(QWidget)) if w.window() is root.window()]
    return [widget for widget in within if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]


def follow(first: QWidget, roots: Iterable[QWidget]) -> None:
    """Let Tab go on from `first` to everything in `roots`."""
    last = first
    for root in roots:
        for stop in tab_stops(root):
            QWidget.setTabOrder(last, stop)
            last = stop


def follow_in(before: QWidget, added: QWidget) -> None:
    """Let Tab go from what lies in `before` to `added`: Qt puts what is made later at the end of
    the window."""
    stops = tab_stops(before)
    follow(stops[-1] if stops else before, (added,))


def last_stop(root: QWidget, start: QWidget) -> QWidget:
    """The last of what lies in `root`, as Tab goes now when it comes from `start`; looked for from
    the end, where what was made last stands."""
    at = start.previousInFocusChain()
    while at is not None and at is not start:
        if root.isAncestorOf(at) and at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return at
        at = at.previousInFocusChain()
    return root
