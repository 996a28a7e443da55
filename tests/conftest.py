"""What holds for every test: no network, no noise, nothing left behind, small things first."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import subprocess
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["OLLAMA_HOST"] = "127.0.0.1:9"  # nothing a test finds may depend on this machine's own

import psutil
import pytest
from pytestqt.qtbot import QtBot

from models.network import install_door

ORDER = ("models", "engine", "conformance", "labs", "cli", "gui", "journeys")
SIGNAL_TIMEOUT_MS = 30_000
# For what is already ending when a test ends.
GRACE_S = float(os.environ.get("ASSAY_TEST_GRACE_S", "5"))

# The generations that hold what is younger than the test; Python 3.14 tells only new from old.
YOUNG = 1 if sys.version_info < (3, 14) else 2
NEVER = 10**9

SHIPPED = "the style sheet of the theme as it ships"

PLATFORM_MESSAGES = {
    r"This plugin does not support raise\(\)": "offscreen windows have no stacking order",
    r"This plugin does not support propagateSizeHints\(\)": "offscreen windows have no manager",
    r"This plugin does not support grabbing the keyboard": "there is one offscreen window only",
}


def pytest_configure(config: pytest.Config) -> None:
    install_door()
    # No object grows old before its test is over; nor are the collected tests searched again and
    # again while they become more.
    gc.set_threshold(gc.get_threshold()[0], NEVER, NEVER)
    for pattern in PLATFORM_MESSAGES:
        config.addinivalue_line("qt_log_ignore", pattern)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """From models to windows: what breaks low down is read first. Side by side, the files that
    take longest begin first, so that none of them is left over for one process in the end."""
    root = Path(__file__).parent
    n_tests = Counter(item.path for item in items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(root).parts[0]
        return ORDER.index(folder) if folder in ORDER else len(ORDER)

    def length(item: pytest.Item) -> tuple[bool, int]:
        return item.path not in slow, -n_tests[item.path]

    is_side_by_side = hasattr(config, "workerinput")
    items.sort(key=length if is_side_by_side else rank)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


PASSED = pytest.StashKey[bool]()


@pytest.fixture(scope="session", autouse=True)
def searches_all_objects_once() -> Iterator[None]:
    """A search through all objects takes most of a second here, so each is searched where it can
    have become garbage: a test's own objects (the young generations) when it ends, a module's when
    that ends, and what outlives a module, with all that was imported, when the session does."""
    yield
    gc.unfreeze()
    gc.collect()
    gc.freeze()  # pytest is going to search five times more


@pytest.fixture(scope="module", autouse=True)
def searches_what_a_module_made(searches_all_objects_once: None) -> Iterator[None]:
    gc.collect()  # the module before has let go of its last test by now
    gc.freeze()
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def leaves_nothing_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves threads, processes, widgets or timers; then clear them away.

    What a session keeps (a shared worker) must come from a session fixture named in the test's
    arguments, so that it is there before the test starts.
    """
    gc.collect(YOUNG)
    threads, processes = set(threading.enumerate()), set(_processes())
    widgets = {id(w) for w in _widgets()}
    yield
    timers = _young_timers()
    _settle()
    found = [
        *_leaked_threads(threads),
        *_leaked_processes(processes),
        *_leaked_widgets(widgets),
        *_leaked_timers(timers),
    ]
    # A failed test keeps its frames, and with them what they hold.
    if found and request.node.stash.get(PASSED, False):
        pytest.fail("\n".join(found), pytrace=False)


def _leaked_threads(before: set[threading.Thread]) -> list[str]:
    # A dummy stands for a thread that Python did not start and cannot see end.
    new = [
        t
        for t in threading.enumerate()
        if t not in before and not isinstance(t, threading._DummyThread)
    ]
    for thread in new:
        thread.join(GRACE_S)
    return [
        f"The thread {t.name!r} still runs. Stop and join what started it, or close its owner."
        for t in new
        if t.is_alive()
    ]


def _leaked_processes(before: set[psutil.Process]) -> list[str]:
    _, alive = psutil.wait_procs([p for p in _processes() if p not in before], GRACE_S)
    sentences = [
        f"The child process {_command(p)!r} still runs. Close the pool or engine that started it."
        for p in alive
    ]
    for process in alive:
        process.kill()
    return sentences


def _leaked_widgets(before: set[int]) -> list[str]:
    new = [w for w in _widgets() if id(w) not in before]
    sentences = [
        f"The window {w.metaObject().className()} {w.objectName()!r} was not closed. "
        "Hand it to qtbot.addWidget, or give it a parent."
        for w in new
    ]
    for widget in new:
        widget.deleteLater()
    _settle()
    return sentences


def _leaked_timers(young: list[weakref.ref[Any]]) -> list[str]:
    if not young:
        return []
    from shiboken6 import isValid

    timers = (timer() for timer in young)
    running = [t for t in timers if t is not None and isValid(t) and t.isActive()]
    sentences = [
        f"A timer of {t.interval()} ms still runs, owner {t.parent()!r}. Stop it when its owner "
        "closes, or make it a child of the owner."
        for t in running
    ]
    for timer in running:
        timer.stop()
    return sentences


def _processes() -> list[psutil.Process]:
    """Linux tells the children of one process; psutil looks at every process of the machine."""
    if not _may_have_children():
        return []
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        return psutil.Process().children(recursive=True)
    found, to_ask = [], [os.getpid()]
    while to_ask:
        children = _children(to_ask.pop())
        to_ask += children
        found += children
    return [process for pid in found for process in _still_there(pid)]


def _may_have_children() -> bool:
    if not hasattr(os, "waitid"):
        return True
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _children(pid: int) -> list[int]:
    """What each thread of a process has started; of threads and processes that end meanwhile,
    nothing."""
    found: list[int] = []
    gone = contextlib.suppress(FileNotFoundError, ProcessLookupError)
    with gone:
        for task in os.listdir(f"/proc/{pid}/task"):
            with gone, open(f"/proc/{pid}/task/{task}/children", "rb") as file:
                found += map(int, file.read().split())
    return found


def _still_there(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [psutil.Process(pid)]
    return []


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()) or process.name()
    except psutil.Error:
        return str(process.pid)


def _qt_is_up() -> bool:
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets is not None and widgets.QApplication.instance() is not None


def _widgets() -> list[Any]:
    if not _qt_is_up():
        return []
    from PySide6.QtWidgets import QApplication

    # Qt keeps one tooltip window of its own.
    return [w for w in QApplication.topLevelWidgets() if w.metaObject().className() != "QTipLabel"]


def _young_timers() -> list[weakref.ref[Any]]:
    """Held weakly: they may well be garbage that has not been collected yet."""
    if not _qt_is_up():
        return []
    from PySide6.QtCore import QTimer

    young = (o for age in range(YOUNG + 1) for o in gc.get_objects(age))
    return [weakref.ref(o) for o in young if type(o) is QTimer]


def _settle() -> None:
    """Let go of what is unreachable, and carry out what Qt has put off."""
    gc.collect(YOUNG)
    if not _qt_is_up():
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool

    QThreadPool.globalInstance().waitForDone(int(GRACE_S * 1000))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class PatientBot(QtBot):
    """Waits long by default: a busy machine is no failure."""

    def waitSignal(self, signal: Any, *, timeout: int = SIGNAL_TIMEOUT_MS, **rest: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **rest)

    def waitSignals(self, signals: Any, *, timeout: int = SIGNAL_TIMEOUT_MS, **rest: Any) -> Any:
        return super().waitSignals(signals, timeout=timeout, **rest)

    def waitUntil(self, callback: Any, *, timeout: int = SIGNAL_TIMEOUT_MS) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture(scope="session")
def qapp(qapp: Any) -> Any:
    """The application in the light theme, with the shipped fonts: widgets as they ship."""
    from app.shell.theme import Theme
    from app.widgets.fonts import install_fonts

    install_fonts()
    Theme(qapp, qapp).use("light", 100, motion=False)
    qapp.setProperty(SHIPPED, qapp.styleSheet())
    return qapp


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> PatientBot:
    """Widgets look as they ship, whatever theme and text size the test before has left."""
    if qapp.styleSheet() != qapp.property(SHIPPED):
        from app.shell.theme import Theme

        qapp.setStyleSheet("")  # a new theme takes for granted that it is in force
        Theme(qapp, qapp).use("light", 100, motion=False)
    return PatientBot(request)


@pytest.fixture
def own_children() -> Callable[..., list[psutil.Process]]:
    """Finds the children started since the test began: engines that a session shares stand beside
    them, and are not to be counted, let alone killed. `module` chooses by what they run."""
    before = {child.pid for child in psutil.Process().children()}

    def find(module: str = "") -> list[psutil.Process]:
        started = (c for c in psutil.Process().children() if c.pid not in before)
        return [child for child in started if module in " ".join(child.cmdline())]

    return find


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An Assay folder of the test's own."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("ASSAY_HOME", str(folder))
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts a disk of so many kB; skips where that is not allowed."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options: str) -> Path:
        words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if not shutil.which("mount") or subprocess.run(words, check=False, stderr=-3).returncode:
            pytest.skip("No file system may be mounted here.")
        return place

    yield mount
    if place.is_mount():
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture(scope="session")
def starter() -> Path:
    """The prepared starter model; where it must exist (CI) its absence fails."""
    from models.starter import starter_path

    path = starter_path()
    if path is not None:
        return path
    sentence = "The starter model is not prepared; run python3 start.py once."
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
