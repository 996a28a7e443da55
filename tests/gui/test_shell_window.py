"""The main window over pages of a test's own."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollBar,
    QSplitter,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.activity import Activity
from app.context import AppContext
from app.notices import Notice
from app.pages.page import Command, Page
from app.pages.settings.page import SettingsPage
from app.settings_file import SettingsStore
from app.shell.closing import closing_notice
from app.shell.pages import PAGES, PageEntry
from app.shell.splitters import restore_splitters, splitter_sizes
from app.shell.tasks import TasksPopover
from app.shell.window import MainWindow
from models.cancel import CancelToken
from models.errors import UserError
from models.hardware.reading import GpuReading, Measured, Reading


class NotesPage(Page):
    """A page with one button, one header widget and one command."""

    title = "Notes"
    icon = "file-text"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.targets: list[str] = []
        self.ran = 0
        button = QPushButton("Write")
        button.setAccessibleName("Write")
        self.content.addWidget(button)
        self.header_button = QPushButton("New")
        self.header_button.setAccessibleName("New")

    def header_widgets(self) -> list[QWidget]:
        return [self.header_button]

    def commands(self) -> list[Command]:
        return [Command("New note", "Ctrl+N", self._on_new)]

    def open_target(self, target: str) -> None:
        self.targets.append(target)

    def _on_new(self) -> None:
        self.ran += 1


NOTES = PageEntry("notes", "Notes", "file-text", 0, NotesPage)
INNER = ("QComboBoxPrivateContainer", "QTableView", "QTreeView")
SETTINGS = PageEntry("settings", "Settings", "gear-six", 2, SettingsPage)


def open_window(context: AppContext, qtbot: QtBot, *pages: PageEntry) -> MainWindow:
    window = MainWindow(context.theme, context.services.settings, pages)
    qtbot.addWidget(window)
    window.furnish(context)
    return window


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    window = open_window(context, qtbot, NOTES, SETTINGS)
    window.open("notes")
    window.show()
    return window


def until_cancelled(cancel: CancelToken) -> Generator[str, None, None]:
    yield "Counting stars"
    wait = threading.Event()
    while True:
        cancel.raise_if_cancelled()
        wait.wait(0.001)


def test_pages_are_built_when_they_are_first_opened(context: AppContext, qtbot: QtBot) -> None:
    window = open_window(context, qtbot, NOTES, SETTINGS)
    assert window.front is None
    window.open("settings")
    assert isinstance(window.front, SettingsPage)
    assert window.findChild(NotesPage) is None


def test_an_unknown_page_opens_the_first(window: MainWindow) -> None:
    window.open("settings")
    window.open("long-gone")
    assert isinstance(window.front, NotesPage)


def test_navigation_leads_to_a_page_and_its_target(window: MainWindow) -> None:
    window.open("settings")
    window.context.navigation.open("notes", "42")
    page = window.front
    assert isinstance(page, NotesPage)
    assert page.targets == ["42"]


def test_header_widgets_are_shown_with_their_page_only(window: MainWindow) -> None:
    page = window.front
    assert isinstance(page, NotesPage)
    assert page.header_button.isVisible()
    window.open("settings")
    assert not page.header_button.isVisible()


def test_a_key_of_the_page_in_front_works_and_of_another_does_not(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.front
    assert isinstance(page, NotesPage)
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    window.open("settings")
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.ran == 1


@pytest.mark.parametrize(
    ("key", "part"),
    [
        (Qt.Key.Key_K, "palette"),
        (Qt.Key.Key_Slash, "shortcut_list"),
        (Qt.Key.Key_J, "tasks"),
    ],
)
def test_keys_open_what_lies_over_the_window_and_escape_closes_it(
    window: MainWindow, qtbot: QtBot, key: Qt.Key, part: str
) -> None:
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    popover = getattr(window.overlays, part)
    assert popover.isVisible()
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_only_one_popover_is_open(window: MainWindow) -> None:
    window.open_tasks()
    window.open_palette()
    assert (window.overlays.tasks.isVisible(), window.overlays.palette.isVisible()) == (False, True)


def test_text_grows_and_shrinks_within_its_bounds(window: MainWindow) -> None:
    settings = window.context.services.settings
    for _ in range(20):
        window.change_text_size(1)
    assert settings.current.text_percent == 200
    for _ in range(20):
        window.change_text_size(-1)
    assert settings.current.text_percent == 85
    window.change_text_size(0)
    assert settings.current.text_percent == 100


def test_show_to_the_room_enlarges_hides_the_strip_and_goes_back(window: MainWindow) -> None:
    window.show_to_room()
    assert (window.context.theme.tokens.scale, window.strip.isVisible()) == (1.5, False)
    window.show_to_room()
    assert (window.context.theme.tokens.scale, window.strip.isVisible()) == (1.0, True)


def test_page_model_and_geometry_are_remembered(window: MainWindow) -> None:
    window.open("settings")
    window.context.current_model.choose("sim:echo")
    window.close()
    found = SettingsStore(window.context.services.paths.settings_file).current
    assert (found.last_page, found.last_model) == ("settings", "sim:echo")
    assert window.restoreGeometry(QByteArray.fromBase64(found.window_geometry.encode()))


def pane(sizes: list[int], qtbot: QtBot) -> QWidget:
    """A widget with a splitter of that many parts, laid out."""
    holder = QWidget()
    qtbot.addWidget(holder)
    splitter = QSplitter()
    splitter.setObjectName("pane")
    for _ in sizes:
        splitter.addWidget(QLabel())
    splitter.resize(400, 100)
    splitter.setSizes(sizes)
    splitter.show()
    splitter.setParent(holder)
    return holder


def test_splitters_stay_where_they_were_put(qtbot: QtBot) -> None:
    kept = splitter_sizes(pane([100, 300], qtbot))
    later = pane([200, 200], qtbot)
    restore_splitters(later, kept)
    assert splitter_sizes(later) == kept


def test_splitters_with_other_parts_by_now_keep_their_own_idea(qtbot: QtBot) -> None:
    page = pane([200, 200], qtbot)
    own = splitter_sizes(page)
    restore_splitters(page, {"pane": [1, 2, 3]})
    assert splitter_sizes(page) == own


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        ("A", "“A” is still running."),
        ("AB", "“A” and “B” are still running."),
        ("ABC", "“A”, “B” and “C” are still running."),
        ("ABCDE", "“A”, “B” and 3 more tasks are still running."),
    ],
)
def test_what_still_runs_is_named_when_the_window_closes(titles: str, said: str) -> None:
    assert closing_notice(titles, lambda: None).text == said


def test_closing_while_a_task_runs_asks_without_a_box(window: MainWindow, qtbot: QtBot) -> None:
    job = window.context.jobs.start(until_cancelled, "Counting stars")
    window.close()
    assert window.isVisible()
    assert window.overlays.notices.texts == ["“Counting stars” is still running."]
    with qtbot.waitSignal(window.closed):
        window.quit()
    with qtbot.waitSignal(job.cancelled):
        window.context.jobs.cancel_all()


def test_the_strip_counts_tasks_and_the_popover_stops_them(
    window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(
        window.overlays.tasks.count_changed, check_params_cb=lambda count: count == 1
    ):
        job = window.context.jobs.start(until_cancelled, "Counting stars")
    assert window.strip.tasks.text() == "1 task"
    window.open_tasks()
    stop = next(b for b in window.overlays.tasks.findChildren(QPushButton) if b.text() == "Stop")
    with qtbot.waitSignal(job.cancelled):
        qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert window.strip.tasks.text() == "Tasks"
    assert "Stopped by you" in _words(window.overlays.tasks)


def test_a_task_may_outlive_the_window(context: AppContext, qtbot: QtBot) -> None:
    parent = QWidget()
    popover = TasksPopover(parent, context.jobs)
    job = context.jobs.start(until_cancelled, "Counting stars")
    qtbot.waitUntil(lambda: popover.running_count == 1)
    delete(parent)
    with qtbot.captureExceptions() as exceptions, qtbot.waitSignal(job.ended):
        job.cancel()
    assert exceptions == []


def test_a_task_that_fails_at_once_ends_in_its_sentence(window: MainWindow, qtbot: QtBot) -> None:
    def fail(_cancel: CancelToken) -> Generator[str, None, None]:
        yield "Reading"
        raise UserError("The file was moved.", "Choose it again.")

    with qtbot.waitSignal(window.context.jobs.job_ended):
        window.context.jobs.start(fail, "Reading a file")
    assert "The file was moved. Choose it again." in _words(window.overlays.tasks)


def test_notices_that_came_early_wait_for_the_window(context: AppContext, qtbot: QtBot) -> None:
    context.notices.info("First")
    context.notices.show(Notice("Old", key="k"))
    context.notices.show(Notice("New", key="k"))
    window = open_window(context, qtbot, SETTINGS)
    assert window.overlays.notices.texts == ["First", "New"]


def test_a_notice_takes_the_place_of_one_with_its_key_and_can_be_withdrawn(
    window: MainWindow,
) -> None:
    notices = window.context.notices
    notices.show(Notice("Half done", key="copy", stays=True))
    notices.show(Notice("Done", key="copy", stays=True))
    assert window.overlays.notices.texts == ["Done"]
    notices.withdraw("copy")
    assert window.overlays.notices.texts == []


def test_an_error_on_a_page_says_what_happened_and_what_to_do(window: MainWindow) -> None:
    page = window.front
    assert page is not None
    page.show_error(UserError("The disk is full.", "Free some space."))
    assert page.error_bar.isVisible()
    assert "The disk is full." in page.error_bar.accessibleDescription()
    page.clear_error()
    assert not page.error_bar.isVisible()


def test_a_window_that_cannot_save_its_settings_says_so_and_goes_on(
    window: MainWindow, qtbot: QtBot
) -> None:
    folder = Path(window.context.services.paths.data)
    folder.rename(folder.with_name("moved"))
    window.change_text_size(1)
    assert window.overlays.notices.texts[0].startswith("The settings could not be saved")
    qtbot.waitUntil(lambda: window.context.theme.tokens.scale == 1.1)
    folder.with_name("moved").rename(folder)


@pytest.mark.parametrize("page_id", [entry.id for entry in PAGES])
def test_every_control_of_every_page_has_a_name(
    context: AppContext, qtbot: QtBot, page_id: str
) -> None:
    window = open_window(context, qtbot, *PAGES)
    window.open(page_id)
    window.show()
    QApplication.sendPostedEvents()
    unnamed = [_describe(control) for control in _controls(window) if not _name(control)]
    assert unnamed == []


def _controls(root: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox,
             QLineEdit, QTextEdit)  # fmt: skip
    # What a control is made of inside speaks through the control.
    return [
        widget
        for widget in root.findChildren(QWidget)
        if isinstance(widget, kinds)
        and not isinstance(widget, QScrollBar | QHeaderView)
        and not isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox | QLineEdit)
        and not widget.objectName().startswith("qt_")
        and widget.parentWidget().metaObject().className() not in INNER
    ]


def _name(control: QWidget) -> str:
    text = control.text() if isinstance(control, QAbstractButton) else ""
    return control.accessibleName() or text


def _describe(control: QWidget) -> str:
    parent = control.parentWidget()
    return f"{type(control).__name__} {control.objectName()!r} in {type(parent).__name__}"


def _words(root: QWidget) -> str:
    return "\n".join(label.text() for label in root.findChildren(QLabel))


def test_the_speed_of_a_reply_is_shown_once_it_is_steady(qapp: QApplication) -> None:
    now_s = [0.0]
    activity = Activity(clock=lambda: now_s[0])
    activity.begin_reply()
    for now_s[0] in (0.0, 0.25, 0.5, 1.0):
        activity.count_tokens(20)
    assert activity.tokens_per_second == 60


def test_the_strip_shows_speed_and_context_and_leads_to_the_chat(window: MainWindow) -> None:
    window.context.activity.show_speed(75.6)
    window.context.activity.show_context(412, 2048)
    assert window.strip.speed.text() == "76 tokens/s"
    window.context.activity.show_speed(0.44)
    assert window.strip.speed.text() == "0.4 tokens/s"
    assert window.strip.context.text() == "Context 412 of 2,048"


def test_a_very_long_name_of_a_model_does_not_widen_the_window(window: MainWindow) -> None:
    name = "ollama:hf.co/" + "long-name-" * 30 + ":Q4_K_M"
    window.strip.show_engine(name, "ready", "ready")
    assert window.strip.engine.sizeHint().width() < 500 and window.minimumSizeHint().width() <= 1024
    assert window.strip.engine.text().endswith(":Q4_K_M ready")
    assert name in window.strip.engine.toolTip()


def test_sensors_leave_the_strip_before_words_are_cut(window: MainWindow) -> None:
    gpu = GpuReading("Card", *(Measured(5e9) for _ in range(5)))
    window.strip.show_reading(replace(READING, gpus=(gpu,)))
    shown = [name for name, part in window.strip.meters.items() if part.isVisible()]
    assert shown[:2] == ["cpu", "memory"]
    window.strip.resize(340, 28)
    assert not any(part.isVisible() for part in window.strip.meters.values())


def test_a_sensor_that_cannot_be_read_says_why_in_the_popover(window: MainWindow) -> None:
    window.strip.show_reading(READING)
    window.overlays.machine.show_reading(READING)
    assert not window.strip.meters["gpu"].isVisible()
    assert "No graphics driver." in _words(window.overlays.machine)


@pytest.mark.parametrize("from_popover", [False, True], ids=["strip", "popover"])
def test_a_meter_leads_to_the_telemetry_page(
    context: AppContext, qtbot: QtBot, from_popover: bool
) -> None:
    telemetry = next(entry for entry in PAGES if entry.id == "telemetry")
    window = open_window(context, qtbot, NOTES, telemetry)
    window.open("notes")
    window.show()
    window.strip.show_reading(READING)
    if from_popover:
        window.open_machine()
        window.overlays.machine.page_button.click()
    else:
        window.strip.meters["cpu"].click()
    assert window.front is window.page("telemetry")
    assert not window.overlays.machine.isVisible()


READING = Reading(
    time=0.0,
    cpu_percent=Measured(12.0),
    memory_used_bytes=Measured(4 << 30),
    memory_total_bytes=Measured(16 << 30),
    own_memory_bytes=Measured(100 << 20),
    own_cpu_percent=Measured(1.0),
    cpu_temperature_c=Measured(reason="Not reported."),
    cpu_power_w=Measured(reason="Not reported."),
    battery_percent=Measured(reason="No battery."),
    gpu_reason="No graphics driver.",
)


def test_a_notice_leaves_the_buttons_of_an_error_bar_free(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    window.resize(window.minimumSize())
    page = window.front
    assert page is not None
    context.notices.info("Something else was said.")
    page.show_error(UserError("This went wrong.", "Do that."))
    stack, bar = window.overlays.notices, page.error_bar
    qtbot.waitUntil(lambda: stack.y() >= bar.mapTo(window, bar.rect().bottomLeft()).y())
    page.clear_error()
    qtbot.waitUntil(lambda: stack.y() < 100)


def test_a_held_key_for_larger_text_lays_the_window_out_once(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    scales: list[float] = []
    context.theme.changed.connect(lambda tokens: scales.append(tokens.scale))
    with qtbot.waitSignal(context.theme.changed):
        for _ in range(5):
            window.change_text_size(1)
    assert scales == [1.5]
