"""What can be pressed on the page now, by name: no button has to be entered anywhere else."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton, QToolButton, QWidget
from shiboken6 import isValid

from app.pages.page import Command


def button_commands(view: QWidget) -> list[Command]:
    """Buttons in sight that can be pressed, in the order of the page, each name once."""
    found: dict[str, Command] = {}
    for each in view.findChildren(QAbstractButton):
        name = each.accessibleName()
        if name and name not in found and _is_action(each):
            found[name] = Command(name, "", _presser(each), "On this page")
    return list(found.values())


def _is_action(each: QAbstractButton) -> bool:
    is_button = isinstance(each, QPushButton | QToolButton)
    is_inside_field = isinstance(each.parent(), QLineEdit)
    return is_button and not is_inside_field and each.isVisible() and each.isEnabled()


def _presser(each: QAbstractButton) -> Callable[[], None]:
    def press() -> None:
        if isValid(each):  # the page may have changed behind the palette
            each.click()

    return press
