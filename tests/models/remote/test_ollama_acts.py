"""Pulling, deleting and unloading models of Ollama."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.cancel import CancelToken
from models.engine.messages import Connection
from models.errors import Cancelled, UserError
from models.long_work import result_of
from models.network import Door, Gate, Sealed
from models.remote import ollama_acts
from models.remote.servers import Servers
from tests.long_work import watch
from tests.servers.kept_tokens import KeptTokens
from tests.servers.ollama_server import Script, ollama_server

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def running() -> Iterator[tuple[Servers, Script]]:
    """Servers that may go out, for the tests' own has no outside."""
    with ollama_server() as (address, script):
        gate = Gate(Door(), lambda: False)
        servers = Servers(None, {"OLLAMA_HOST": address}, KeptTokens(), gate)
        result_of(servers.look())
        yield servers, script


def test_a_pull_tells_how_far_it_is_and_lists_the_model(running: tuple[Servers, Script]) -> None:
    servers, _ = running
    steps, state = watch(servers.pull("llama3.2:1b", CancelToken()))
    assert [(s.done, s.total) for s in steps][-4:-2] == [(1000, 1000)] * 2
    assert steps[0].detail == "Pulling manifest" and steps[3].detail == "200 B of 1.00 kB"
    assert [entry.name for entry in state.entries] == ["ollama:echo:latest", "ollama:llama3.2:1b"]


def test_a_pull_stops_at_once_while_nothing_comes(running: tuple[Servers, Script]) -> None:
    servers, script = running
    script.waits, cancel = True, CancelToken()
    work = servers.pull("llama3.2:1b", cancel)
    for _ in range(5):
        next(work)
    assert script.asked.wait(20)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(work)


@pytest.mark.parametrize(
    ("name", "fault", "sentence"),
    [
        ("nonsense", {"error_after": 1}, r"no model “nonsense” at registry\.ollama\.ai"),
        ("hf.co/a/b", {"error_after": 1}, r"no model “hf.co/a/b” at hf\.co"),
        ("some", {"garbage": "<html>"}, "not of its language"),
    ],
)
def test_a_pull_that_fails_says_why(
    running: tuple[Servers, Script], name: str, fault: dict[str, object], sentence: str
) -> None:
    servers, script = running
    for field, value in fault.items():
        setattr(script, field, value)
    with pytest.raises(UserError, match=sentence):
        watch(servers.pull(name, CancelToken()))


def test_no_answer_is_read_without_an_end(running: tuple[Servers, Script]) -> None:
    servers, script = running
    script.endless_at = "/api/pull"
    with pytest.raises(UserError, match="not of its language"):
        watch(servers.pull("some", CancelToken()))
    script.endless_at = "/api/delete"
    with pytest.raises(UserError, match="not of its language"):
        servers.delete(servers.entries()[0])


@pytest.mark.parametrize(("token", "sent"), [("", None), ("mine", "Bearer mine")])
def test_a_key_for_the_cloud_goes_to_no_server_by_itself(
    running: tuple[Servers, Script], monkeypatch: pytest.MonkeyPatch, token: str, sent: str | None
) -> None:
    """The client takes OLLAMA_API_KEY out of the environment where nobody gave it a token."""
    monkeypatch.setenv("OLLAMA_API_KEY", "secret")
    connection = Connection(running[0].ollama.address, token)
    running[1].authorizations.clear()
    watch(ollama_acts.pull(connection, "llama3.2:1b", CancelToken()))
    ollama_acts.unload(connection, "echo")
    ollama_acts.delete(connection, "echo")
    assert running[1].authorizations == [sent] * 3


def test_an_environment_that_names_no_server_is_a_sentence(
    running: tuple[Servers, Script],
) -> None:
    """The client reads OLLAMA_HOST when it is imported, whatever address it is given then."""
    address = running[0].ollama.address
    code = f"""
from models.engine.messages import Connection
from models.errors import UserError
from models.remote import ollama_acts
try:
    ollama_acts.unload(Connection("{address}"), "echo")
except UserError as error:
    print(error.message)
"""
    environment = {**os.environ, "OLLAMA_HOST": "http://[::1"}
    command = [sys.executable, "-c", code]
    said = subprocess.check_output(command, cwd=ROOT, env=environment, text=True, timeout=60)
    assert said == "OLLAMA_HOST is “http://[::1”, which is no address.\n"


def test_a_pull_counts_as_going_out(running: tuple[Servers, Script]) -> None:
    address = running[0].ollama.address
    sealed = Servers(None, {"OLLAMA_HOST": address}, KeptTokens(), Gate(Door(), lambda: True))
    with pytest.raises(Sealed, match=r"Pull llama3\.2:1b.*registry\.ollama\.ai"):
        watch(sealed.pull("llama3.2:1b", CancelToken()))
    assert not running[1].bodies("/api/pull")


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("llama3.2:1b", "registry.ollama.ai"),
        ("some.one/model", "registry.ollama.ai"),
        ("hf.co/someone/model:Q4_0", "hf.co"),
        ("https://hf.co/someone/model", "hf.co"),
        ("http://localhost:5000/a/b", "localhost"),
        ("intranet/team/model", "intranet"),
        ("[half/team/model", "registry.ollama.ai"),
    ],
)
def test_the_door_is_asked_for_the_host_that_ollama_reads_from_a_name(name: str, host: str) -> None:
    assert ollama_acts.registry_of(name) == host


def test_a_deleted_model_is_off_the_list(running: tuple[Servers, Script]) -> None:
    servers, script = running
    (entry,) = servers.entries()
    servers.delete(entry)
    assert servers.entries() == () and not script.models
    with pytest.raises(UserError, match="not found"):
        servers.delete(entry)


def test_what_is_in_memory_is_known_and_can_leave_it(running: tuple[Servers, Script]) -> None:
    servers, script = running
    script.running.append("echo:latest")
    assert [each.model for each in servers.running()] == ["ollama:echo:latest"]
    servers.unload(servers.entries()[0])
    assert servers.running() == ()


def test_without_a_server_every_act_is_a_sentence() -> None:
    nobody = Connection("http://127.0.0.1:9")
    for act in (ollama_acts.delete, ollama_acts.unload):
        with pytest.raises(UserError, match="does not answer"):
            act(nobody, "echo")
