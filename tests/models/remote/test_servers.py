"""Which servers there are, what they run, and what happens where they do not answer."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import UserError
from models.library.library import Library
from models.library.make_entry import endpoint_entry
from models.long_work import result_of
from models.network import Act, Door, Gate, Sealed
from models.remote.addresses import endpoint_address, ollama_address
from models.remote.server import ServerState
from models.remote.servers import Servers
from models.remote.tokens import GivenTokens
from tests.servers.kept_tokens import KeptTokens
from tests.servers.ollama_model import ScriptedModel
from tests.servers.ollama_server import Script, ollama_server

CLOUD = ScriptedModel(
    "gpt-oss:120b-cloud",
    listed={"remote_model": "gpt-oss:120b", "remote_host": "https://ollama.com:443", "size": 384},
)


@pytest.fixture
def server() -> Iterator[tuple[str, Script]]:
    with ollama_server() as running:
        yield running


def servers_at(address: str, path: Path | None = None, gate: Gate | None = None) -> Servers:
    return Servers(path, {"OLLAMA_HOST": address}, KeptTokens(), gate)


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        (":9000", "http://127.0.0.1:9000"),
        ("lab.example", "http://lab.example:11434"),
        ("https://lab.example", "https://lab.example:443"),
        ("http://[::1]:9000", "http://[::1]:9000"),
        ("127.0.0.1:none", "http://127.0.0.1:11434"),
        ("http://[::1", "http://127.0.0.1:11434"),
    ],
)
def test_ollama_is_looked_for_where_its_own_command_would(said: str, address: str) -> None:
    assert ollama_address({"OLLAMA_HOST": said}) == address


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("localhost:1234", "http://localhost:1234/v1"),
        (" http://127.0.0.1:8000/v1/ ", "http://127.0.0.1:8000/v1"),
        ("https://lab.example/api/v2", "https://lab.example/api/v2"),
    ],
)
def test_an_address_is_completed(said: str, address: str) -> None:
    assert endpoint_address(said) == address


@pytest.mark.parametrize(
    "said",
    [
        "", "ftp://lab.example", "http://", "a b", "http://x:99999", "http://[::1", "[v1.x]",
        "999.1.1.1", "xn--", "\u2100.example", "a\0b", "\ud800",
    ],
)  # fmt: skip
def test_nonsense_is_no_address(said: str) -> None:
    with pytest.raises(UserError, match="no address"):
        endpoint_address(said)


def test_the_models_of_ollama_are_listed_with_the_others(
    server: tuple[str, Script], tmp_path: Path
) -> None:
    library = Library(tmp_path / "index", servers=servers_at(server[0]))
    result_of(library.scan())
    (entry,) = library.entries()
    assert (entry.name, entry.model, entry.quantization) == ("ollama:echo:latest",) * 2 + (
        "Q4_K_M",
    )
    assert entry.n_params == 135_000_000 and entry.can_run and not entry.is_local


@pytest.mark.parametrize("name", ["ollama:echo", "ollama:echo:latest"])
def test_a_model_is_found_by_name_before_any_look(
    server: tuple[str, Script], tmp_path: Path, name: str
) -> None:
    library = Library(tmp_path / "index", servers=servers_at(server[0]))
    assert library.resolve_to_run(name).model == "ollama:echo:latest"


def test_an_unknown_model_names_its_neighbours(server: tuple[str, Script]) -> None:
    with pytest.raises(UserError, match="Did you mean ollama:echo:latest"):
        servers_at(server[0]).resolve("ollama:ecko")
    with pytest.raises(UserError) as told:  # what all names begin with makes no neighbour
        servers_at(server[0]).resolve("ollama:qwen")
    assert told.value.hint == "It has ollama:echo:latest."


def test_without_ollama_the_sentence_says_how_to_start_it() -> None:
    servers = servers_at(f"127.0.0.1:{closed_port()}")
    with pytest.raises(UserError, match=r"does not answer.*ollama serve"):
        servers.resolve("ollama:echo")
    assert result_of(servers.look()) == ()
    assert "does not answer" in servers.states()[0].problem


@pytest.mark.parametrize("garbage", ["<html>", "[]", '{"models": [3, {"name": 4}], "version": 1}'])
def test_what_is_no_ollama_is_no_fault_of_ours(server: tuple[str, Script], garbage: str) -> None:
    server[1].garbage = garbage
    assert result_of(servers_at(server[0]).look()) == ()


def test_a_server_may_not_send_us_elsewhere(server: tuple[str, Script]) -> None:
    server[1].redirects_to = "http://lab.example/api/tags"
    servers = servers_at(server[0])
    result_of(servers.look())
    assert servers.states()[0].problem


def test_a_model_that_runs_elsewhere_is_seen_and_refused(server: tuple[str, Script]) -> None:
    server[1].models.append(CLOUD)
    sealed = Gate(Door(), lambda: True)
    servers = servers_at(server[0], gate=sealed)
    result_of(servers.look())
    assert [entry.elsewhere for entry in servers.entries()] == ["", "ollama.com"]
    with pytest.raises(Sealed, match=r"ollama\.com"):
        servers.connection("ollama:gpt-oss:120b-cloud")
    assert servers.connection("ollama:echo:latest")


def test_an_open_gate_lets_it_out_with_a_reason(server: tuple[str, Script]) -> None:
    server[1].models.append(CLOUD)
    servers = servers_at(server[0], gate=Gate(Door(), lambda: False))
    result_of(servers.look())
    connection = servers.connection("ollama:gpt-oss:120b-cloud")
    assert connection and connection.open_for == "Use ollama:gpt-oss:120b-cloud"


def test_endpoints_are_kept_and_their_tokens_are_not_in_the_file(tmp_path: Path) -> None:
    path, tokens = tmp_path / "servers.json", KeptTokens()
    Servers(path, {}, tokens).add("Lab", "localhost:1234", "secret")
    again = Servers(path, {}, tokens)
    assert [server.name for server in again.servers()] == ["Ollama", "Lab"]
    assert "secret" not in path.read_text("utf-8")
    connection = again.connection("endpoint:Lab/some/model")
    assert connection and (connection.address, connection.token) == (
        "http://localhost:1234/v1",
        "secret",
    )


def test_a_removed_endpoint_takes_its_token_along(tmp_path: Path) -> None:
    tokens = KeptTokens()
    servers = Servers(tmp_path / "servers.json", {}, tokens)
    servers.add("Lab", "localhost:1234", "secret")
    servers.remove("Lab")
    assert not tokens.kept["endpoint:Lab"] and len(servers.servers()) == 1
    with pytest.raises(UserError, match="no server called"):
        servers.connection("endpoint:Lab/x")


def test_a_token_in_the_environment_goes_before_a_keyring_that_is_missing(tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    tokens = GivenTokens(environ, KeptTokens(is_missing=True))
    servers = Servers(tmp_path / "servers.json", environ, tokens)
    with pytest.raises(UserError):
        servers.add("Lab", "localhost:1234", "secret")
    again = Servers(tmp_path / "servers.json", environ, tokens)
    with pytest.raises(UserError, match="ASSAY_ENDPOINT_TOKEN_LAB"):
        again.connection("endpoint:Lab/x")
    environ["ASSAY_ENDPOINT_TOKEN_LAB"] = "given"
    connection = again.connection("endpoint:Lab/x")
    assert connection is not None and connection.token == "given"


def test_a_sealed_machine_asks_no_endpoint_beyond_it() -> None:
    gate = Gate(Door(), lambda: True)
    servers = servers_at(f"127.0.0.1:{closed_port()}", gate=gate)
    servers.add("Far", "https://lab.example/v1")
    result_of(servers.look())
    assert "beyond this machine" in servers.states()[1].problem
    with pytest.raises(Sealed):
        servers.connection("endpoint:Far/model")


def test_what_a_server_elsewhere_told_when_it_was_let_out_stays_known() -> None:
    servers = servers_at(f"127.0.0.1:{closed_port()}", gate=Gate(Door(), lambda: True))
    far = servers.add("Far", "https://lab.example/v1")
    tried = ServerState(far, (endpoint_entry("Far", "tiny"),))
    servers.remember(replace(tried, server=replace(far, address="https://other.example/v1")))
    assert servers.find("endpoint:Far/tiny") is None
    servers.remember(tried)
    assert servers.look_at(far) == tried and servers.find("endpoint:Far/tiny")


def test_using_a_model_of_an_endpoint_elsewhere_is_one_act() -> None:
    gate = Gate(Door(), lambda: True)
    servers = servers_at(f"127.0.0.1:{closed_port()}", gate=gate)
    servers.add("Far", "https://lab.example/v1")
    entry = servers.resolve("endpoint:Far/some/model")
    with pytest.raises(Sealed) as asked:
        servers.connection(entry.model)
    gate.allow_once(asked.value.act)
    connection = servers.connection(entry.model)
    assert connection is not None and connection.open_for == "Use endpoint:Far/some/model"


@pytest.mark.parametrize("text", ["{", "[]", '{"endpoints": [1, {"name": "a/b"}]}'])
def test_a_damaged_list_of_endpoints_is_an_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "servers.json"
    path.write_text(text, "utf-8")
    assert len(Servers(path, {}, KeptTokens()).servers()) == 1


def test_the_list_is_plain_json(tmp_path: Path) -> None:
    path = tmp_path / "servers.json"
    Servers(path, {}, KeptTokens()).add("Lab", "localhost:1234")
    listed = json.loads(path.read_text("utf-8"))["endpoints"]
    assert listed == [{"name": "Lab", "address": "http://localhost:1234/v1", "has_token": False}]


def test_without_a_keyring_a_token_is_known_until_the_end(tmp_path: Path) -> None:
    servers = Servers(tmp_path / "servers.json", {}, KeptTokens(is_missing=True))
    with pytest.raises(UserError, match=r"no keyring.*Lab was added"):
        servers.add("Lab", "localhost:1234", "secret")
    connection = servers.connection("endpoint:Lab/x")
    assert connection and connection.token == "secret"
    later = Servers(tmp_path / "servers.json", {}, KeptTokens(is_missing=True))
    with pytest.raises(UserError, match=r"token of Lab cannot be read.*Enter it again"):
        later.connection("endpoint:Lab/x")
    servers.remove("Lab")
    assert len(servers.servers()) == 1


def test_a_token_stays_when_the_address_changes() -> None:
    servers = Servers(None, {}, KeptTokens())
    servers.add("Lab", "localhost:1234", "secret")
    servers.add("Other", "localhost:1")
    servers.add("Lab", "localhost:4321", None)
    assert [server.name for server in servers.servers()] == ["Ollama", "Lab", "Other"]
    connection = servers.connection("endpoint:Lab/x")
    assert connection and (connection.token, connection.address[-7:]) == ("secret", "4321/v1")


def test_a_token_in_the_environment_goes_to_its_own_endpoint_only(tmp_path: Path) -> None:
    environ = {"ASSAY_ENDPOINT_TOKEN_MY_LAB_2": "given", "ASSAY_ENDPOINT_TOKEN": "old"}
    servers = Servers(None, environ, GivenTokens(environ, KeptTokens()))
    servers.add("My lab-2", "localhost:1234", "kept")
    servers.add("Other", "localhost:1235", "another")
    again = GivenTokens(environ, KeptTokens())
    assert again.read("endpoint:My lab-2") == "given" and again.read("endpoint:Other") == ""


def test_an_endpoint_called_like_another_token_does_not_get_that_one() -> None:
    tokens = KeptTokens()
    tokens.write("serving", "of the server for programs")
    servers = Servers(None, {}, tokens)
    servers.add("serving", "https://lab.example", "mine")
    servers.remove("serving")
    assert tokens.kept["serving"] == "of the server for programs"


def test_endpoints_that_another_window_added_stay(tmp_path: Path) -> None:
    path, tokens = tmp_path / "servers.json", KeptTokens()
    one, other = Servers(path, {}, tokens), Servers(path, {}, tokens)
    one.add("Lab", "localhost:1234")
    other.add("Home", "localhost:1235")
    one.remove("Lab")
    assert [server.name for server in Servers(path, {}, tokens).servers()] == ["Ollama", "Home"]


def test_a_token_that_cannot_be_read_does_not_use_up_the_yes(tmp_path: Path) -> None:
    gate, path = Gate(Door(), lambda: True), tmp_path / "servers.json"
    Servers(path, {}, KeptTokens(), gate).add("Far", "https://lab.example", "secret")
    tokens = KeptTokens(is_missing=True)
    servers = Servers(path, {}, tokens, gate)
    gate.allow_once(Act("Use endpoint:Far/x", "lab.example"))
    with pytest.raises(UserError, match="cannot be read"):
        servers.connection("endpoint:Far/x")
    tokens.is_missing = False
    assert servers.connection("endpoint:Far/x")
