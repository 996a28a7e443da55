"""From nothing to a window and back."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.crash import CrashLog
from app.paths import Paths, find_paths
from app.settings_file import SettingsStore
from app.shell.single_instance import SingleInstance
from app.shell.theme import Theme
from app.shell.window import MainWindow
from app.widgets.fonts import FRAME_FONTS, install_fonts, text_font
from app.widgets.tokens import Tokens
from models.errors import UserError
from models.network import Door, Gate

if TYPE_CHECKING:
    from app.shell.desktop import Desktop

FAILED = 1


def run_window(door: Door, setup_status: Path | None = None) -> int:
    """Show the window until it is closed; returns the exit code."""
    app = make_application()
    try:
        paths = find_paths()
        instance = SingleInstance(paths)
        if not instance.claim():
            instance.ask_first_to_rise()
            print("Assay is already open; its window comes to the front.")
            return 0
    except UserError as error:
        return _explain(app, error)
    try:
        return _run(app, paths, instance, door, setup_status)
    finally:
        instance.release()


def make_application() -> QApplication:
    """Qt with the shipped fonts and the style that the theme's sheet is written for."""
    QApplication.setStyle("Fusion")  # before there is one, or the system's is made first
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Assay")
    app.setDesktopFileName("assay")
    install_fonts(FRAME_FONTS)
    # Before the first widget: what a style sheet has touched keeps the family it had then.
    app.setFont(text_font(Tokens()))
    return app


def _run(
    app: QApplication,
    paths: Paths,
    instance: SingleInstance,
    door: Door,
    setup_status: Path | None,
) -> int:
    """The frame is painted first; what needs more code and files than that comes after it."""
    log = CrashLog(paths.crashes)
    last_crash = log.begin()
    settings, theme = SettingsStore(paths.settings_file), Theme(app)
    window = MainWindow(theme, settings)
    opened: list[Desktop] = []

    def furnish() -> None:
        from app.services import open_services
        from app.shell.desktop import Desktop

        gate = Gate(door, lambda: settings.current.sealed)
        services = open_services(paths, settings, gate)
        desktop = Desktop(app, services, log, setup_status, window=window, theme=theme)
        opened.append(desktop)
        desktop.open(last_crash)

    window.first_painted.connect(furnish)
    window.closed.connect(app.quit)
    instance.raise_requested.connect(window.come_to_front)
    _close_politely(window)
    window.show()
    try:
        return app.exec()
    finally:
        for desktop in opened:
            desktop.close()
            desktop.context.services.close()
        log.end()


def _close_politely(window: MainWindow) -> None:
    """A logout or Ctrl+C in the terminal ends Assay as its own Quit does."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: window.quit())


def _explain(app: QApplication, error: UserError) -> int:
    """Without a home there is no window; say why where the user looks."""
    from PySide6.QtWidgets import QMessageBox

    print(f"assay: {error}", file=sys.stderr)
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Assay", error.message)
    box.setInformativeText(error.hint)
    box.finished.connect(app.quit)
    box.show()
    app.exec()
    return FAILED
