"""Assay's real window, told on stdin what to do: one JSON object a line, one answer each.

While it waits for the next line nothing runs in it, so it does not disturb a baseline.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.crash import CrashLog
from app.pages.chat.chat_session import ChatSession
from app.paths import find_paths
from app.services import open_services
from app.shell.desktop import Desktop
from app.shell.start import make_application
from models.network import install_door
from tests.bench.children.beat import Beat

LIMIT_MS = 120_000
WINDOW_NEVER_HOLDS = ("numpy", "pyqtgraph", "matplotlib", "llama_cpp", "torch", "jinja2", "gguf")


class Lab:
    def __init__(self) -> None:
        install_door()
        self._app = make_application()
        paths = find_paths()
        self._services = open_services(paths)
        self._desktop = Desktop(self._app, self._services, CrashLog(paths.crashes))
        self._desktop.window.resize(1280, 800)
        self._desktop.open()
        self._settle()
        self._desktop.window.open("chat")
        found = self._desktop.window.page("chat").findChild(ChatSession)
        assert found is not None
        self._session: ChatSession = found

    def close(self) -> None:
        self._desktop.window.close()
        self._desktop.close()
        self._services.close()

    def stream(self, chat: int | None, text: str, max_tokens: int) -> dict[str, Any]:
        """Send `text`, in a new chat or in one that is there, and watch the reply grow."""
        session = self._session
        if chat is None:
            session.begin()
        else:
            session.open(chat)
        session.set_options(_options(session, max_tokens))
        self._settle()
        times: list[float] = []
        beat = Beat(self._desktop)

        def on_change(shown: Any) -> None:
            if shown.text and not times:
                times.append(time.perf_counter())
                beat.begin()

        session.reply_changed.connect(on_change)
        started = time.perf_counter()
        session.send(text)
        self._until(session.busy_changed, lambda: not session.is_busy)
        ended = time.perf_counter()
        session.reply_changed.disconnect(on_change)
        beat.stop()
        reply = session.last_reply()
        assert reply is not None and reply.provenance is not None, reply
        return {
            "first_s": times[0] - started,
            "last_s": ended - started,
            "tokens": reply.provenance.reply_tokens,
            "prompt_tokens": reply.provenance.prompt_tokens,
            "cached_tokens": reply.provenance.cached_tokens,
            "late_ms": beat.late_ms,
            "imported": [name for name in WINDOW_NEVER_HOLDS if name in sys.modules],
        }

    def open_chat(self, chat: int) -> dict[str, Any]:
        """Bring a chat to the front, until everything is laid out and painted."""
        self._session.begin()
        self._settle()
        started = time.perf_counter()
        self._desktop.context.navigation.open("chat", str(chat))
        QApplication.processEvents()
        self._desktop.window.repaint()
        QApplication.processEvents()
        return {"opened_s": time.perf_counter() - started}

    def stop_in_prompt(self, text: str) -> dict[str, Any]:
        """Send a long prompt and press Stop while it is being read."""
        session = self._session
        session.begin()
        progress: list[Any] = []
        session.reply_changed.connect(progress.append)
        session.send(text)
        self._until(session.reply_changed, lambda: any(s.busy_share for s in progress))
        started = time.perf_counter()
        session.stop()
        self._until(session.busy_changed, lambda: not session.is_busy)
        session.reply_changed.disconnect(progress.append)
        reply = session.last_reply()
        return {
            "stopped_s": time.perf_counter() - started,
            "shares": [shown.busy_share for shown in progress if shown.busy_share],
            "tokens": reply.provenance.reply_tokens if reply and reply.provenance else 0,
        }

    def _until(self, signal: Any, done: Callable[[], bool]) -> None:
        """Run the event loop until `done`, looking whenever the signal comes."""
        loop = QEventLoop()

        def look(*_: object) -> None:
            if done():
                loop.quit()

        signal.connect(look)
        QTimer.singleShot(LIMIT_MS, loop, loop.quit)
        if not done():
            loop.exec()
        signal.disconnect(look)

    def _settle(self) -> None:
        """Run the event loop until no work has run for half a second."""
        timer = QTimer(interval=500)
        timer.start()
        self._until(timer.timeout, lambda: not self._desktop.context.jobs.running)
        self._until(timer.timeout, lambda: not self._desktop.context.jobs.running)
        timer.stop()


def _options(session: ChatSession, max_tokens: int) -> Any:
    from dataclasses import replace

    return replace(session.options, max_tokens=max_tokens, overflow="rolling_window")


def serve(lab: Lab) -> None:
    """One answer for each line that comes, until there is none."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(lab, request.pop("do"))(**request)
        print(json.dumps(answer), flush=True)
    lab.close()


if __name__ == "__main__":
    serve(Lab())
