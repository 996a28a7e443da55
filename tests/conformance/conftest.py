"""One loaded model of each backend, and the table of what they passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Connection, LoadSettings
from models.engine.sandbox import Sandbox
from models.long_work import result_of
from tests.conformance.subject import Subject
from tests.conformance.table import TABLE, Table
from tests.servers.assay_server import TOKEN, assay_server
from tests.servers.llama_server import MODEL, llama_server
from tests.servers.mlx_model import random_model
from tests.servers.ollama_server import ECHO, Script, ollama_server

N_CTX = 1024
PASSED = pytest.StashKey[bool]()
PROPERTY = "conformance"
TOKEN_S = 0.002  # so that a stop finds the server still writing
Make = Callable[[pytest.FixtureRequest, ExitStack], tuple[str, str, Connection | None]]


def _llama(request: pytest.FixtureRequest, _: ExitStack) -> tuple[str, str, None]:
    starter: Path = request.getfixturevalue("starter")
    return str(starter), str(starter.with_name("gone.gguf")), None


def _simulated(*_: object) -> tuple[str, str, None]:
    return "sim:long?delay_ms=2", "sim:nobody", None


def _mlx(request: pytest.FixtureRequest, _: ExitStack) -> tuple[str, str, None]:
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("mlx")
    return str(random_model(folder / "random")), str(folder / "gone"), None


def _ollama(_: object, stack: ExitStack) -> tuple[str, str, Connection]:
    address, _script = stack.enter_context(ollama_server(Script(token_s=TOKEN_S)))
    return f"ollama:{ECHO.name}", "ollama:nobody:latest", Connection(address)


def _endpoint(request: pytest.FixtureRequest, stack: ExitStack) -> tuple[str, str, Connection]:
    address = stack.enter_context(llama_server(request.getfixturevalue("starter")))
    return f"endpoint:real/{MODEL}", "endpoint:real/nobody", Connection(address)


def _served(request: pytest.FixtureRequest, stack: ExitStack) -> tuple[str, str, Connection]:
    starter: Path = request.getfixturevalue("starter")
    address = stack.enter_context(assay_server("starter"))
    return f"endpoint:own/{starter.stem}", "endpoint:own/nobody", Connection(address, TOKEN)


# A model of the backend, one that is not there, and where its server is.
BACKENDS: dict[str, Make] = {
    "llama.cpp": _llama, "MLX": _mlx, "Ollama": _ollama, "endpoint": _endpoint,
    "assay serve": _served, "simulated": _simulated,
}  # fmt: skip


@pytest.fixture(scope="session", params=BACKENDS)
def loaded(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with ExitStack() as stack:
        model, missing, connection = BACKENDS[request.param](request, stack)
        settings = LoadSettings(n_ctx=N_CTX, flash_attention="off")

        def client(name: str) -> EngineClient:
            return EngineClient(name, settings, connection=connection)

        engine = stack.enter_context(closing(client(model)))
        sandbox = stack.enter_context(closing(Sandbox()))
        result_of(engine.load(CancelToken()))
        engine.open_context("chat", N_CTX)
        sandbox.start()
        yield Subject(request.param, engine, sandbox, lambda: client(missing))


@pytest.fixture
def subject(loaded: Subject, request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Notes what the check came to; one that failed leaves its place in the table empty."""
    loaded.lacking = ""
    yield loaded
    if request.node.stash.get(PASSED, False):
        table = request.config.stash.setdefault(TABLE, Table())
        table.note(request.function.__name__, loaded.name, loaded.lacking)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    subject = getattr(item, "funcargs", {}).get("subject")
    if report.when == "call" and report.passed and isinstance(subject, Subject):
        item.stash[PASSED] = True
        # A property also reaches the process that prints, where tests run in several.
        cell = (item.function.__name__, subject.name, subject.lacking)
        report.user_properties.append((PROPERTY, cell))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    table = Table()
    for report in terminalreporter.getreports("passed"):
        for name, cell in report.user_properties:
            if name == PROPERTY:
                table.note(*cell)
    if table.has_rows:
        terminalreporter.section("conformance of backends")
        terminalreporter.write_line(table.markdown(BACKENDS))
