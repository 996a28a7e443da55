"""A person's first minute: `python tests/journeys/first_minute.py MODEL` prints what they saw.

Opens the real window in the home that ASSAY_HOME names, chooses the model, types a question with
the keyboard, reads the reply, and finds the chat again after opening Assay a second time.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QPushButton, QWidget

from app.crash import CrashLog
from app.paths import find_paths
from app.services import open_services
from app.settings_file import SettingsStore
from app.shell.desktop import Desktop
from app.shell.start import make_application
from models.network import Gate, install_door

QUESTION = "What is the capital of France?"
LIMIT_MS = 60_000
LOOK_MS = 50


def wait_until(happened: Callable[[], bool], what: str) -> None:
    loop, timer, limit = QEventLoop(), QTimer(interval=LOOK_MS), QTimer(singleShot=True)
    timer.timeout.connect(lambda: loop.quit() if happened() else None)
    limit.timeout.connect(lambda: sys.exit(f"waited too long for {what}"))
    timer.start()
    limit.start(LIMIT_MS)
    loop.exec()
    timer.stop()
    limit.stop()


def named(window: QWidget, kind: type, name: str) -> QWidget:
    return next(w for w in window.findChildren(kind) if w.accessibleName() == name)


def ask(desktop: Desktop, model: str) -> None:
    window, context = desktop.window, desktop.context
    wait_until(lambda: not context.jobs.running, "the models to be looked for")
    context.current_model.choose(model)
    box = named(window, QAbstractScrollArea, "Message")
    box.setFocus()
    QTest.keyClicks(box, QUESTION)
    QTest.keyClick(box, Qt.Key.Key_Return)
    wait_until(lambda: replies(desktop) != [] and not context.jobs.running, "the reply")


def replies(desktop: Desktop) -> list[str]:
    chats = desktop.context.services.chats
    return [
        message.text
        for chat in chats.chats()
        for message in chats.messages(chat.id)
        if message.role == "assistant" and message.state == "complete"
    ]


def once(work: Callable[[Desktop], None]) -> list[str]:
    door = install_door()
    app = make_application()
    paths = find_paths()
    settings = SettingsStore(paths.settings_file)
    services = open_services(paths, settings, Gate(door, lambda: settings.current.sealed))
    desktop = Desktop(app, services, CrashLog(paths.crashes))
    desktop.window.resize(1280, 800)
    opened: list[bool] = []
    desktop.opened.connect(lambda: opened.append(True))
    desktop.open()
    try:
        wait_until(lambda: bool(opened), "the window")
        work(desktop)
        send = [b.accessibleName() for b in desktop.window.findChildren(QPushButton)]
        assert any(name.startswith("Send") for name in send), send
        return replies(desktop)
    finally:
        desktop.window.close()
        desktop.close()
        services.close()
        app.shutdown()


if __name__ == "__main__":
    if sys.argv[1] == "again":
        found = once(lambda desktop: wait_until(lambda: bool(replies(desktop)), "the old chat"))
    else:
        found = once(lambda desktop: ask(desktop, sys.argv[1]))
    print(json.dumps({"replies": found}))
