"""The main window: navigation, header, pages, status strip, and what lies over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.context import AppContext
from app.notices import Notice
from app.pages.page import Command, Page
from app.shell.commands import shell_commands
from app.shell.header import Header
from app.shell.machine import MachinePopover
from app.shell.navigation import NavigationBar
from app.shell.notice_stack import NoticeStack
from app.shell.pages import PAGES, PageEntry
from app.shell.palette import CommandPalette
from app.shell.providers import find_chats, find_models
from app.shell.shortcuts import ShortcutList, Shortcuts
from app.shell.status_strip import StatusStrip
from app.shell.tasks import TasksPopover
from app.widgets.tokens import Tokens
from models.errors import UserError

if TYPE_CHECKING:
    from models.hardware.reading import Reading

MINIMUM_WIDTH, MINIMUM_HEIGHT = 900, 560
FIRST_WIDTH, FIRST_HEIGHT = 1280, 800
ROOM_PERCENT = 150
CLOSING = "closing"


class MainWindow(QWidget):
    """Shows one page at a time and builds each when it is first opened."""

    page_shown = Signal(str)
    closed = Signal()
    first_painted = Signal()

    def __init__(self, context: AppContext, pages: Sequence[PageEntry] = PAGES) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Assay")
        self.setMinimumSize(MINIMUM_WIDTH, MINIMUM_HEIGHT)
        self.context = context
        self.shows_to_room = False
        self._entries = {entry.id: entry for entry in pages}
        self._pages: dict[str, Page] = {}
        self._quits_anyway = False
        self._is_painted = False
        self._make_parts(pages)
        self._lay_out()
        self._restore_geometry()
        self._connect_signals()
        self._apply_settings()
        context.theme.hand_to(self)

    @property
    def page_ids(self) -> tuple[str, ...]:
        return tuple(self._entries)

    @property
    def entries(self) -> tuple[PageEntry, ...]:
        return tuple(self._entries.values())

    @property
    def front(self) -> Page | None:
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, Page) else None

    def open(self, page_id: str, target: str = "") -> None:
        """Bring a page to the front, by its id; an unknown id opens the first page."""
        page_id = page_id if page_id in self._entries else self.page_ids[0]
        page = self.page(page_id)
        self._stack.setCurrentWidget(page)
        self.header.show_page(page)
        self.navigation.mark(page_id)
        self.setWindowTitle(f"{page.title} – Assay")
        self._shortcuts.use(self.commands())
        page.activate()
        if target:
            page.open_target(target)
        self._remember(last_page=page_id)
        self.page_shown.emit(page_id)

    def page(self, page_id: str) -> Page:
        """The page with this id, built now if nobody has seen it yet."""
        if page_id not in self._pages:
            page = self._entries[page_id].build(self.context)
            page.setProperty("role", "page")
            page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self._pages[page_id] = page
            self._stack.addWidget(page)
            self.header.take_widgets_of(page)
            self.context.theme.hand_to(self)
        return self._pages[page_id]

    def commands(self) -> list[Command]:
        """What can be done now: of the page in front first, then of the window."""
        own = self.front.commands() if self.front is not None else []
        return [*own, *shell_commands(self)]

    # ---- what commands do --------------------------------------------------------------------

    def open_palette(self) -> None:
        self.palette_popover.open_with(self.commands())

    def open_shortcuts(self) -> None:
        self.shortcut_list.open_with(self.commands())

    def open_tasks(self) -> None:
        self.tasks.open_above(self.strip.tasks)

    def open_machine(self) -> None:
        readings = self.context.sampler.readings
        if readings:
            self.machine.show_reading(readings[-1])
        self.machine.open_above(self.strip.sealed)

    def change_text_size(self, step: int) -> None:
        """One step larger or smaller; 0 goes back to 100 %."""
        now = self.context.services.settings.current.text_percent
        wanted = 100 if step == 0 else min(max(now + 10 * step, 85), 200)
        self._change_settings(text_percent=wanted)

    def show_to_room(self) -> None:
        """Large text without the strip, and back; nothing of it is remembered."""
        self.shows_to_room = not self.shows_to_room
        self._apply_settings()

    def come_to_front(self) -> None:
        """Asked for by a second start of Assay."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # ---- what arrives ------------------------------------------------------------------------

    def show_reading(self, reading: Reading) -> None:
        """A new look at the sensors, in the window's thread."""
        if self.strip.isVisible() and not self.isMinimized():
            self.strip.show_reading(reading)
        if self.machine.isVisible():
            self.machine.show_reading(reading)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        busy = [job for job in self.context.jobs.running if job.title]
        if busy and not self._quits_anyway:
            event.ignore()
            self.context.notices.show(self._closing_notice([job.title for job in busy]))
            return
        geometry = self.saveGeometry().toBase64().toStdString()
        self._remember(window_geometry=geometry)
        event.accept()
        self.closed.emit()

    def _closing_notice(self, titles: list[str]) -> Notice:
        what = f"“{titles[0]}” is" if len(titles) == 1 else f"{len(titles)} tasks are"
        return Notice(
            f"{what} still running.",
            "Close this notice to keep working.",
            "warning",
            CLOSING,
            "Stop and quit",
            self.quit,
            stays=True,
        )

    def quit(self) -> None:
        """Close without asking; what runs is stopped and keeps what it has."""
        self._quits_anyway = True
        # Not from within the click that the closing window would take along.
        QTimer.singleShot(0, self, self.close)

    # ---- building ----------------------------------------------------------------------------

    def _make_parts(self, pages: Sequence[PageEntry]) -> None:
        context = self.context
        self.navigation = NavigationBar(pages)
        self.header = Header()
        self.strip = StatusStrip()
        self._stack = QStackedWidget()
        self._shortcuts = Shortcuts(self)
        self.notices = NoticeStack(self, context.notices)
        self.tasks = TasksPopover(self, context.jobs)
        self.machine = MachinePopover(self)
        self.shortcut_list = ShortcutList(self)
        self.palette_popover = CommandPalette(
            self,
            (lambda query: find_chats(context, query), lambda query: find_models(context, query)),
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addLayout(column, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(row, 1)
        outer.addWidget(self.strip)

    def _connect_signals(self) -> None:
        context = self.context
        self.navigation.chosen.connect(self.open)
        context.navigation.requested.connect(self.open)
        context.theme.changed.connect(self._on_theme_changed)
        context.activity.changed.connect(lambda: self.strip.show_activity(context.activity))
        context.current_model.changed.connect(lambda model: self._remember(last_model=model))
        context.services.settings.subscribe(lambda _settings: self._apply_settings())
        context.notices.attach_window()
        self.tasks.count_changed.connect(self.strip.show_tasks)
        self.strip.model_clicked.connect(lambda: self.open("models"))
        self.strip.chat_clicked.connect(lambda: self.open("chat"))
        self.strip.tasks_clicked.connect(self.open_tasks)
        self.strip.machine_clicked.connect(self.open_machine)
        self.strip.sealed_clicked.connect(self.open_machine)

    def _apply_settings(self) -> None:
        settings = self.context.services.settings.current
        percent = ROOM_PERCENT if self.shows_to_room else settings.text_percent
        self.context.theme.use(settings.theme, percent, motion=not settings.reduce_motion)
        self.strip.setVisible(settings.strip_visible and not self.shows_to_room)
        self.notices.foot = self.strip.height() if self.strip.isVisible() else 0

    def _on_theme_changed(self, tokens: Tokens) -> None:
        self.setMinimumSize(
            min(round(MINIMUM_WIDTH * tokens.scale), 1024),
            min(round(MINIMUM_HEIGHT * tokens.scale), 640),
        )

    def _restore_geometry(self) -> None:
        self.resize(FIRST_WIDTH, FIRST_HEIGHT)
        saved = self.context.services.settings.current.window_geometry
        self.restoreGeometry(QByteArray.fromBase64(saved.encode()))

    def _remember(self, **values: object) -> None:
        self._change_settings(**values)

    def _change_settings(self, **values: object) -> None:
        try:
            self.context.services.settings.change(**values)
        except UserError as error:
            self.context.notices.error(error, key="settings")
