"""A home in a temporary folder, and the context a page is built with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.context import AppContext, Navigation
from app.crash import CrashLog
from app.current_model import CurrentModel
from app.jobs import JobRunner
from app.notices import Notices
from app.paths import Paths, find_paths
from app.services import Services
from app.settings_file import SettingsStore
from app.shell.desktop import Desktop
from app.shell.theme import Theme
from labs.chat.store import ChatStore
from labs.telemetry.journal import Journal
from labs.telemetry.loads import LoadLog
from models.engine.pool import Pool
from models.engine.process import Child
from models.engine.sandbox import Sandbox
from models.hardware.memory import free_bytes
from models.hardware.sampler import Sampler
from models.library.library import Library
from models.network import Door, Gate
from models.remote.servers import Servers
from models.tokenizers.tokenizers import Tokenizers
from tests.gui.person import Person


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """In the app no page goes while something runs. Here qtbot takes the pages away before the
    fixtures end, so what runs is ended before that, and told while they are still there."""
    for made in getattr(item, "funcargs", {}).values():
        if isinstance(made, AppContext | Desktop | Person):
            end_jobs(_jobs_of(made))
    return (yield)


def end_jobs(jobs: JobRunner) -> None:
    jobs.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)  # the last signals


def _jobs_of(made: AppContext | Desktop | Person) -> JobRunner:
    if isinstance(made, Person):
        return made.desktop.context.jobs
    return made.context.jobs if isinstance(made, Desktop) else made.jobs


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths({"ASSAY_HOME": str(tmp_path / "home")})


class LastingSandbox(Sandbox):
    """Outlives the services of a test, which close it: a child for each would take longer than
    most tests do. One that a test had killed is not kept: the next tests start their own."""

    _first: Child | None = None

    def start(self) -> None:
        super().start()
        self._first = self._child

    def close(self) -> None:
        if self._child is not self._first:
            super().close()

    def end(self) -> None:
        super().close()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[LastingSandbox]:
    """One child that renders templates for the whole session."""
    opened = LastingSandbox()
    opened.start()
    yield opened
    opened.end()


@pytest.fixture
def services(paths: Paths, sandbox: Sandbox) -> Iterator[Services]:
    """Real services over an empty home; the library looks nowhere but into the home."""
    settings = SettingsStore(paths.settings_file)
    services = Services(
        paths=paths,
        settings=settings,
        library=Library(paths.model_index, records_path=paths.model_records),
        servers=Servers(paths.servers),
        pool=Pool(),
        sandbox=sandbox,
        chats=ChatStore(paths.chats_file),
        gate=Gate(Door(), lambda: settings.current.sealed),
        tokenizers=Tokenizers(),
    )
    yield services
    services.close()


@pytest.fixture
def context(services: Services, qapp: QApplication) -> Iterator[AppContext]:
    """What every page is built with; its sampler is not started."""
    sampler, pool = Sampler(), services.pool
    context = AppContext(
        services=services,
        jobs=JobRunner(),
        notices=Notices(),
        current_model=CurrentModel(),
        theme=Theme(qapp),
        sampler=sampler,
        journal=Journal(pool.requests, sampler, pool.worker_pids),
        loads=LoadLog(pool, services.library, free_bytes),
        navigation=Navigation(),
    )
    yield context
    assert context.jobs.close()
    context.sampler.close()
    context.journal.close()
    context.loads.close()


@pytest.fixture
def person(qapp: QApplication, services: Services, qtbot: QtBot) -> Iterator[Person]:
    """Somebody at the chat page of the whole window."""
    services.settings.change(load_last_model=False, last_page="chat")
    desktop = Desktop(qapp, services, CrashLog(services.paths.crashes))
    qtbot.addWidget(desktop.window)
    with qtbot.waitSignal(desktop.opened):
        desktop.open()
    yield Person(desktop, qtbot)
    desktop.close()
