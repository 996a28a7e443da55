"""The main window: navigation, header, pages, status strip, and what lies over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.settings_file import SettingsStore
from app.shell.header import Header
from app.shell.navigation import NavigationBar
from app.shell.pages import PAGES, PageEntry
from app.shell.status_strip import StatusStrip
from app.shell.theme import Theme
from app.widgets.sheet.area import CurrentPage, SheetArea
from app.widgets.turns import in_turns
from models.errors import UserError

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QPaintEvent

    from app.context import AppContext
    from app.pages.page import Command, Page
    from app.settings import Settings
    from models.hardware.reading import Reading

MINIMUM_WIDTH, MINIMUM_HEIGHT = 900, 560
FIRST_WIDTH, FIRST_HEIGHT = 1280, 800
ROOM_PERCENT = 150
SIZE_SETTLES_MS = 60


class MainWindow(QFrame):
    """A frame at first, which can be painted at once; `furnish` brings everything else.

    Shows one page at a time and builds each when it is first opened.
    """

    page_shown = Signal(str)
    closed = Signal()
    first_painted = Signal()

    context: AppContext

    def __init__(
        self, theme: Theme, settings: SettingsStore, pages: Sequence[PageEntry] = PAGES
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("Assay")
        self.setAcceptDrops(True)
        self.setMinimumSize(MINIMUM_WIDTH, MINIMUM_HEIGHT)
        self._theme, self._settings = theme, settings
        self.is_furnished = False
        self.shows_to_room = False
        self._entries = {entry.id: entry for entry in pages}
        self._pages: dict[str, Page] = {}
        self._quits_anyway = False
        self.is_painted = False
        # Icons are drawn once, in the colours that hold, so the theme comes first.
        self._apply_theme()
        self.navigation = NavigationBar(pages)
        self.header = Header()
        self.strip = StatusStrip()
        self._stack = CurrentPage()
        self._lay_out()
        self._restore_geometry()
        self._announce(settings.current.last_page)
        self.strip.setVisible(settings.current.strip_visible)
        theme.hand_to(self)

    def furnish(self, context: AppContext) -> None:
        """Add what lies over the window and let everything work. Call once."""
        from app.shell.dropped import DropGate
        from app.shell.lab_sheet import LabSheet
        from app.shell.overlays import Overlays

        self.context = context
        self.drops = DropGate(self)
        self.overlays = Overlays(self, context)
        self.lab_sheet = LabSheet(self)
        self.is_furnished = True
        self._connect_signals()
        self.overlays.take_tokens(context.theme)

    @property
    def page_ids(self) -> tuple[str, ...]:
        return tuple(self._entries)

    @property
    def entries(self) -> tuple[PageEntry, ...]:
        return tuple(self._entries.values())

    @property
    def front(self) -> Page | None:
        widget = self._stack.currentWidget()
        return next((page for page in self._pages.values() if page is widget), None)

    @property
    def front_id(self) -> str:
        """ "" before a page is open."""
        front = self._stack.currentWidget()
        return next((name for name, page in self._pages.items() if page is front), "")

    def open(self, page_id: str, target: str = "") -> None:
        """Bring a page to the front, by its id; an unknown id opens the first page."""
        page_id = self._announce(page_id)
        page = self.page(page_id)
        self._stack.setCurrentWidget(page)
        self.header.show_page(page)
        self.overlays.shortcuts.use(self.commands())
        page.setFocus()
        page.activate()
        if target:
            page.open_target(target)
        in_turns(self, lambda: self._remember(last_page=page_id))  # a disk takes its time
        self.page_shown.emit(page_id)

    def page(self, page_id: str) -> Page:
        """The page with this id, built now if nobody has seen it yet."""
        if page_id not in self._pages:
            page = self._entries[page_id].build(self.context)
            page.setProperty("role", "page")
            self._pages[page_id] = page
            self._stack.addWidget(page)
            self.header.take_widgets_of(page)
            self.overlays.notices.stay_below(page.error_bar)
            self._order_tab_stops(page)
            from app.shell.splitters import restore_splitters

            restore_splitters(page, self._settings.current.splitters)
            self._theme.hand_to(page)
            self._theme.hand_to(self.header)
        return self._pages[page_id]

    @property
    def opened_pages(self) -> dict[str, Page]:
        """Those that are built, by id, in the order of their first opening."""
        return dict(self._pages)

    def commands(self) -> list[Command]:
        """What can be done now: of the page in front first, then of the window."""
        from app.shell.commands import commands_now

        return commands_now(self)

    def _order_tab_stops(self, page: Page) -> None:
        """Navigation, header, page, strip: as they stand."""
        from app.widgets.tab_order import follow, last_stop, tab_stops

        end_of_navigation = tab_stops(self.navigation)[-1]
        follow(end_of_navigation, page.header_widgets())
        follow(last_stop(page, end_of_navigation), [self.strip])

    # ---- what commands do --------------------------------------------------------------------

    def open_palette(self) -> None:
        self.overlays.palette.open_with(self.commands())

    def open_shortcuts(self) -> None:
        self.overlays.shortcut_list.open_with(self.commands())

    def open_tasks(self) -> None:
        self.overlays.tasks.open_above(self.strip.tasks)

    def open_machine(self) -> None:
        readings = self.context.sampler.readings
        if readings:
            self.overlays.machine.show_reading(readings[-1])
        self.overlays.machine.open_above(self.strip.sealed)

    def change_text_size(self, step: int) -> None:
        """One step larger or smaller; 0 goes back to 100 %."""
        now = self._settings.current.text_percent
        wanted = 100 if step == 0 else min(max(now + 10 * step, 85), 200)
        self._change_settings(text_percent=wanted)

    def show_to_room(self) -> None:
        """Large text without strip and lab sheet, and back; nothing of it is remembered."""
        self.shows_to_room = not self.shows_to_room
        self._apply_settings()

    def come_to_front(self) -> None:
        """Asked for by a second start of Assay."""
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # ---- what arrives ------------------------------------------------------------------------

    def show_reading(self, reading: Reading) -> None:
        """A new look at the sensors, in the window's thread."""
        if self.strip.isVisible() and not self.isMinimized():
            self.strip.show_reading(reading)
        if self.overlays.machine.isVisible():
            self.overlays.machine.show_reading(reading)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.is_painted:
            self.is_painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        from app.shell.closing import reason_to_stay
        from app.shell.splitters import kept_sizes

        notice = reason_to_stay(self) if self.is_furnished else None
        if notice is not None and not self._quits_anyway:
            event.ignore()
            self.context.notices.show(notice)
            return
        geometry = self.saveGeometry().toBase64().toStdString()
        splitters = kept_sizes(self._settings.current.splitters, self._pages.values())
        last_page = self.front_id or self._settings.current.last_page
        self._remember(last_page=last_page, window_geometry=geometry, splitters=splitters)
        event.accept()
        self.closed.emit()

    def quit(self) -> None:
        """Close without asking; what runs is stopped and keeps what it has."""
        self._quits_anyway = True
        # Not from within the click that the closing window would take along.
        QTimer.singleShot(0, self, self.close)

    # ---- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.header)
        self.page_area = SheetArea(self._stack)
        column.addWidget(self.page_area, 1)
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
        context, tasks = self.context, self.overlays.tasks
        self.navigation.chosen.connect(self.open)
        context.navigation.requested.connect(self.open)
        context.activity.changed.connect(lambda: self.strip.show_activity(context.activity))
        context.current_model.changed.connect(lambda model: self._remember(last_model=model))
        self._size_timer = QTimer(self, singleShot=True, interval=SIZE_SETTLES_MS)
        self._size_timer.timeout.connect(self._apply_settings)
        self.destroyed.connect(self._settings.subscribe(self._on_settings))
        context.notices.attach_window()
        self.page_shown.connect(lambda _page: self.overlays.notices.clear_messages())
        tasks.count_changed.connect(self.strip.show_tasks)
        self.strip.model_clicked.connect(lambda: self.open("models"))
        self.strip.chat_clicked.connect(lambda: self.open("chat"))
        self.strip.tasks_clicked.connect(self.open_tasks)
        self.strip.machine_clicked.connect(self._open_telemetry)
        self.overlays.machine.page_wanted.connect(self._open_telemetry)
        self.strip.sealed_clicked.connect(lambda: self.open("network"))

    def _on_settings(self, settings: Settings) -> None:
        if settings.text_percent != self._shown_percent:
            self._size_timer.start()  # a key held down would lay the window out at every step
        else:
            self._apply_settings()

    def _open_telemetry(self) -> None:
        self.open("telemetry", "live")

    def _apply_settings(self) -> None:
        self._apply_theme()
        self.strip.setVisible(self._settings.current.strip_visible and not self.shows_to_room)
        self.lab_sheet.show_as_wanted()

    def _apply_theme(self) -> None:
        settings = self._settings.current
        percent = ROOM_PERCENT if self.shows_to_room else settings.text_percent
        self._shown_percent = settings.text_percent
        self._theme.use(settings.theme, percent, motion=not settings.reduce_motion)

    def _announce(self, page_id: str) -> str:
        """Mark a page in navigation, header and title, also before it is there."""
        page_id = page_id if page_id in self._entries else self.page_ids[0]
        self.navigation.mark(page_id)
        self.header.show_title(self._entries[page_id].title)
        self.setWindowTitle(f"{self._entries[page_id].title} – Assay")
        return page_id

    def _restore_geometry(self) -> None:
        room = self.screen().availableSize()
        self.resize(QSize(FIRST_WIDTH, FIRST_HEIGHT).boundedTo(room))
        saved = self._settings.current.window_geometry
        self.restoreGeometry(QByteArray.fromBase64(saved.encode()))

    def _remember(self, **values: object) -> None:
        self._change_settings(**values)

    def _change_settings(self, **values: object) -> None:
        try:
            self._settings.change(**values)
        except UserError as error:
            if self.is_furnished:
                self.context.notices.error(error, key="settings")
