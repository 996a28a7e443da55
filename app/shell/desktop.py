"""The running window: builds the context, and starts what waits for the first paint."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from app.context import AppContext, Navigation
from app.crash import CrashLog, describe_machine, install_hooks, read_report, without_home
from app.current_model import CurrentModel
from app.jobs import JobRunner
from app.network_watch import NetworkWatch
from app.notices import Notice, Notices
from app.services import Services
from app.settings import Settings
from app.shell import opening_work
from app.shell.engine_state import EngineState
from app.shell.opening_notices import tell_of_problems, tell_of_refusal
from app.shell.pages import PAGES, PageEntry
from app.shell.smoothness import favour_the_window, search_all
from app.shell.theme import Theme
from app.shell.window import MainWindow
from app.widgets.fonts import PAGE_FONTS, install_fonts
from app.widgets.report_window import ReportWindow
from labs.telemetry.journal import Journal
from labs.telemetry.loads import LoadLog
from models.hardware.memory import free_bytes
from models.hardware.reading import Reading
from models.hardware.sampler import Sampler
from models.hardware.sensors import Sensors

LOOK_ROUND_MS = 60_000
NOT_SENT = "The report stays on this machine; nothing is sent."


class Desktop(QObject):
    """Owns the context and the window for as long as Assay is open.

    A `window` that is already on the screen, with its `theme`, is furnished; otherwise one is made.
    """

    opened = Signal()  # the window is on the screen and the work that waited for it has begun
    _bug_seen = Signal(object)
    _read = Signal(object)

    def __init__(
        self,
        app: QApplication,
        services: Services,
        log: CrashLog,
        setup_status: Path | None = None,
        pages: Sequence[PageEntry] = PAGES,
        window: MainWindow | None = None,
        theme: Theme | None = None,
    ) -> None:
        super().__init__()
        install_fonts(PAGE_FONTS)
        self._model_folders = services.settings.current.model_folders
        self._log, self._setup_status = log, setup_status
        sampler = Sampler(open_source=lambda: Sensors(folder=services.paths.data))
        pool = services.pool
        self.context = AppContext(
            services=services,
            jobs=JobRunner(self),
            notices=Notices(self),
            current_model=CurrentModel(services.settings.current.last_model, self),
            theme=theme or Theme(app, self),
            sampler=sampler,
            journal=Journal(pool.requests, sampler, pool.worker_pids),
            loads=LoadLog(pool, services.library, free_bytes),
            navigation=Navigation(self),
        )
        self.window = window or MainWindow(self.context.theme, services.settings, pages)
        self.window.furnish(self.context)
        self._engine_state = EngineState(services.pool, self.context.current_model, self)
        self._network = NetworkWatch(services, self)
        self._rounds = QTimer(self, interval=LOOK_ROUND_MS)
        self._restore_hooks: Callable[[], None] = lambda: None
        self._restore_python: Callable[[], None] = lambda: None
        self._connect_signals()

    def open(self, last_crash: Path | None = None) -> None:
        """Show the window on the page that was in front last."""
        self._restore_python = favour_the_window()
        self._restore_hooks = install_hooks(self._log, self._bug_seen.emit)
        self.window.open(self.context.services.settings.current.last_page)
        if self.window.is_painted:
            self._begin_work()
        else:
            self.window.first_painted.connect(self._begin_work)
            self.window.show()
        tell_of_problems(self.context)
        if last_crash is not None:
            self._tell_of_last_crash(last_crash)

    def close(self) -> None:
        """Stop what runs and wait for it; the window is already gone."""
        self._rounds.stop()
        self._network.close()
        self.context.sampler.close()
        self.context.journal.close()
        self.context.loads.close()
        self.context.jobs.close()
        self._restore_hooks()
        self._restore_python()

    def _connect_signals(self) -> None:
        context = self.context
        self._bug_seen.connect(self._on_bug, Qt.ConnectionType.QueuedConnection)
        self._read.connect(self._on_reading, Qt.ConnectionType.QueuedConnection)
        context.sampler.subscribe(self._read.emit)
        context.jobs.bug_found.connect(self._on_job_bug)
        self._engine_state.changed.connect(self.window.strip.show_engine)
        self._network.changed.connect(self.window.strip.show_network)
        self._network.refused.connect(lambda attempt: tell_of_refusal(context, attempt))
        self._rounds.timeout.connect(self.look_round)
        drops = self.window.drops
        drops.models_dropped.connect(lambda paths: opening_work.add_models(context, paths))
        drops.work_dropped.connect(lambda paths: opening_work.open_in_labs(context, paths))
        context.services.settings.subscribe(self._on_settings)
        self.window.closed.connect(QApplication.quit)

    def _begin_work(self) -> None:
        context = self.context
        self._log.describe()
        context.sampler.start()
        self._engine_state.tell()
        self._network.tell()
        self._rounds.start()
        opening_work.begin(context)
        opening_work.read_pages(context, self.window.entries)
        if self._setup_status is not None:
            opening_work.follow_setup(context, self._setup_status)
        self.opened.emit()

    def _on_settings(self, settings: Settings) -> None:
        if settings.model_folders != self._model_folders:
            self._model_folders = settings.model_folders
            self.context.services.library.set_folders(Path(f) for f in settings.model_folders)
            opening_work.look_for_models(self.context)

    def look_round(self) -> None:
        """Once a minute: models that nobody uses, and memory while the user is elsewhere."""
        if self.context.services.settings.current.idle_unload_min:
            opening_work.unload_idle(self.context)
        if QApplication.activeWindow() is None:
            search_all()

    def _on_reading(self, reading: Reading) -> None:
        if isValid(self.window):  # it was on its way when the window went
            self.window.show_reading(reading)

    # ---- crashes and bugs --------------------------------------------------------------------

    def _on_job_bug(self, bug: BaseException) -> None:
        self._log.note(bug)
        self._on_bug(bug)

    def _on_bug(self, bug: BaseException) -> None:
        text = "".join(traceback.format_exception(bug))
        report = without_home(f"{describe_machine()}\n\n{text}")
        self.context.notices.show(
            Notice(
                f"Something went wrong inside Assay ({type(bug).__name__}).",
                "Your work is kept, and you can go on.",
                "error",
                "bug",
                "Show the report",
                lambda: self._show_report("What went wrong", report),
                stays=True,
            )
        )

    def _tell_of_last_crash(self, report: Path) -> None:
        self.context.notices.show(
            Notice(
                "The last run of Assay ended unexpectedly.",
                "Your chats are kept.",
                "warning",
                "last-crash",
                "Show the report",
                lambda: self._show_report("The last run", read_report(report)),
                stays=True,
            )
        )

    def _show_report(self, title: str, report: str) -> None:
        ReportWindow(title, NOT_SENT, report, self.window).show()
