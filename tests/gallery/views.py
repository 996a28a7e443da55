"""What is pictured: pages and their states, each reached as a person would reach it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea

from app.shell.desktop import Desktop
from models.starter import starter_path
from tests.gallery.home import Chats

Step = Callable[[Desktop], None]


@dataclass(frozen=True)
class View:
    """`steps` lead there; a `busy` view is pictured while its work still runs."""

    name: str
    steps: tuple[Step, ...]
    busy: bool = False


def views(chats: Chats) -> tuple[View, ...]:
    """All views, the ones that leave something running last."""
    starter = str(starter_path() or "")
    return (
        View("chat-empty", (page("chat"), command("New chat"))),
        View("chat-reply", (page("chat", str(chats.real)),)),
        View("chat-unsure", (page("chat", str(chats.real)), command("See where it was unsure"))),
        View("chat-sent", (page("chat", str(chats.real)), command("See exactly what was sent"))),
        View("chat-markdown", (page("chat", str(chats.markdown)),)),
        View("chat-failed", (page("chat", str(chats.failed)),)),
        View("chat-options", (page("chat", str(chats.real)), command("Show or hide the options"))),
        View("chat-six-ways", (command("New chat"), command("Ask one question six ways"))),
        View("models", (page("models"),)),
        View("models-inspector", (page("models", starter),)),
        View("settings", (page("settings"),)),
        View("palette", (page("chat", str(chats.real)), lambda d: d.window.open_palette())),
        View("shortcuts", (escape, lambda d: d.window.open_shortcuts())),
        View("sensors", (escape, lambda d: d.window.open_machine())),
        View("tasks", (escape, lambda d: d.window.open_tasks())),
        View("chat-busy", (escape, command("New chat"), say("sim:slow?delay_ms=60&tokens=400",
                           "Tell me something long.")), busy=True),
    )  # fmt: skip


def page(name: str, target: str = "") -> Step:
    return lambda desktop: desktop.context.navigation.open(name, target)


def command(name: str) -> Step:
    """Run a command of the page in front, by its name in the palette."""

    def run(desktop: Desktop) -> None:
        front = desktop.window.front
        assert front is not None
        next(each for each in front.commands() if each.name == name).run()

    return run


def say(model: str, text: str) -> Step:
    """Type a message to a model and send it."""

    def run(desktop: Desktop) -> None:
        desktop.context.current_model.choose(model)
        boxes = desktop.window.findChildren(QAbstractScrollArea)
        box = next(each for each in boxes if each.accessibleName() == "Message")
        QTest.keyClicks(box, text)
        QTest.keyClick(box, Qt.Key.Key_Return)

    return run


def escape(desktop: Desktop) -> None:
    """Close what lies over the page."""
    focused = desktop.window.focusWidget() or desktop.window
    QTest.keyClick(focused, Qt.Key.Key_Escape)
