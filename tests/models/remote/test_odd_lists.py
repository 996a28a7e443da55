"""Lists of models that no server should send: they are left out, and nothing breaks."""

from __future__ import annotations

import pytest

from models.library.entry import ModelEntry
from models.long_work import result_of
from models.remote.servers import Servers
from tests.servers.broken_openai import Behaviour, broken_openai
from tests.servers.kept_tokens import KeptTokens
from tests.servers.ollama_server import Script, ollama_server


def look(ollama: str, *others: str) -> tuple[ModelEntry, ...]:
    servers = Servers(None, {"OLLAMA_HOST": ollama}, KeptTokens())
    for address in others:
        servers.add("lab", address)
    return result_of(servers.look())


@pytest.mark.parametrize(
    "said",
    [
        '{"models": 5}',
        '{"models": [{"name": "a", "remote_host": "http://[half"}]}',
        '{"models": [{"name": "a", "details": {"parameter_size": "%sB"}}]}' % ("9" * 400),
        '{"models": [{"name": "a", "size": 1%s}]}' % ("0" * 400),
        "[" * 100_000,
        '{"version": %s}' % ("1" * 5000),
    ],
)
def test_an_odd_answer_of_ollama_is_no_bug(said: str) -> None:
    with ollama_server(Script(garbage=said)) as (address, _):
        entries = look(address)
    assert all((each.n_params, each.size_bytes) == (0, 0) for each in entries)


@pytest.mark.parametrize("listed", [5, "words", {"id": "tiny"}, [5, {"id": 5}]])
def test_an_odd_list_of_a_server_is_no_bug(listed: object) -> None:
    with broken_openai(Behaviour(listed=listed)) as address:
        assert look("127.0.0.1:9", address) == ()
