"""A chat with a model that a server runs: the transcript says what the server did not read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from labs.chat.conversation import ChatOptions
from labs.chat.identity import ModelIdentity
from labs.chat.prefix import Prefix
from labs.chat.record_lines import record_lines
from labs.chat.store import ChatStore
from models.engine.messages import Connection, LoadSettings
from models.engine.pool import Pool
from models.errors import UserError
from models.long_work import result_of
from tests.servers.ollama_server import Script, ollama_server


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Any, Script]]:
    """An engine of Ollama's, and the script of its server."""
    with (
        ollama_server() as (address, script),
        closing(Pool(connect=lambda _: Connection(address))) as pool,
        result_of(pool.lease("ollama:echo", LoadSettings())) as lease,
    ):
        yield lease.engine, script


def test_the_transcript_says_what_the_server_cut_off(ask: Any, served: tuple[Any, Script]) -> None:
    engine, script = served
    script.reads_at_most = 30
    _, message = ask(engine, "Repeat: " + "word " * 200)
    script.reads_at_most = 0
    (note,) = message.provenance.notes
    assert note.startswith("Ollama read 30 tokens") and message.provenance.prompt_tokens == 30
    assert ("Notes", note) in record_lines(message.provenance)


def test_what_was_sent_is_kept_and_the_version_of_the_model(
    ask: Any, served: tuple[Any, Script], store: ChatStore
) -> None:
    identity = ModelIdentity("ollama:echo:latest", manifest_sha256="a" * 64)
    options = ChatOptions(system_prompt="Be brief.")
    _, message = ask(served[0], "Repeat: yes", options=options, identity=identity)
    assert [t.text for t in store.sent(message.id)] == ["Be", " brief.", "Repeat:", " yes"]
    assert message.provenance.manifest_sha256 == "a" * 64 and not message.provenance.notes


def test_a_reply_goes_on_from_another_word(
    ask: Any, served: tuple[Any, Script], store: ChatStore
) -> None:
    engine, script = served
    _, first = ask(engine, "Repeat: one two three")
    other = store.tokens(first.id)[1].top[1]
    prefix = Prefix(first.id, position=1, token_id=other.token_id)
    asked = store.message(first.parent_id)
    message = result_of(ask.answer(engine, asked, prefix=prefix))
    assert script.bodies("/api/chat")[-1]["messages"][-1]["content"] == "one or"
    assert message.text.startswith("one or")


def test_a_grammar_is_refused_in_a_sentence(ask: Any, served: tuple[Any, Script]) -> None:
    with pytest.raises(UserError, match="grammar"):
        ask(served[0], "Yes or no?", options=ChatOptions(grammar='root ::= "yes"'))
