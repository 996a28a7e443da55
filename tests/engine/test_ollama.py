"""Contract of the Ollama backend: a real worker against a server that answers as documented."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import (
    Connection,
    Delta,
    Generate,
    Generated,
    GenerateMany,
    LoadSettings,
    Part,
    Row,
    Sampling,
)
from models.errors import UserError
from models.long_work import result_of
from tests.long_work import watch
from tests.servers.ollama_model import ScriptedModel, stored_model
from tests.servers.ollama_server import ECHO, Script, ollama_server

THINKER = ScriptedModel(
    "thinker:latest", "Four.", thinks="Two and two.", capabilities=("completion", "thinking")
)
EMBEDDER = ScriptedModel("embedder:latest", capabilities=("embedding",))
CLOUD = ScriptedModel("far:1t-cloud", listed={"remote_host": "https://ollama.com:443"})


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, Script]]:
    with ollama_server() as server:
        yield server


@pytest.fixture
def script(running: tuple[str, Script]) -> Script:
    """The server as it is at first; what a test changes is undone before the next."""
    running[1].released.set()
    fresh = Script(models=[ECHO, THINKER, EMBEDDER, CLOUD])
    for name, value in vars(fresh).items():
        setattr(running[1], name, value)
    return running[1]


@pytest.fixture(scope="module")
def loaded(running: tuple[str, Script]) -> Iterator[EngineClient]:
    with closing(loaded_engine("ollama:echo", running[0])) as client:
        yield client


@pytest.fixture
def engine(loaded: EngineClient, script: Script) -> EngineClient:
    return loaded


def loaded_engine(model: str, address: str, open_for: str = "") -> EngineClient:
    connection = Connection(address, open_for=open_for)
    client = EngineClient(model, LoadSettings(), connection=connection)
    try:
        result_of(client.load(CancelToken()))
    except BaseException:
        client.close()
        raise
    client.open_context("chat", 2048)
    return client


def asked(text: str, **options: Any) -> Generate:
    system = Part("Be brief.", origin="system", role="system")
    return Generate("chat", (system, Part(text, role="user")), **options)


def ask(client: EngineClient, text: str, **options: Any) -> Generated:
    return result_of(client.generate(asked(text, **options), CancelToken()))


def chat_body(script: Script) -> dict[str, Any]:
    return script.bodies("/api/chat")[-1]


def test_messages_and_every_setting_are_sent(engine: EngineClient, script: Script) -> None:
    sampling = Sampling(temperature=0.5, top_k=7, typ_p=0.9, seed=5, repeat_penalty=1.3)
    ask(engine, "Repeat: one", sampling=sampling, max_tokens=9)
    body = chat_body(script)
    assert [m["role"] for m in body["messages"]] == ["system", "user"]
    options = body["options"]
    assert (options["num_ctx"], options["num_predict"], options["seed"]) == (2048, 9, 5)
    assert (options["typical_p"], options["repeat_penalty"]) == (0.9, 1.3)


def test_what_ollama_has_no_setting_for_is_named(engine: EngineClient) -> None:
    done = ask(engine, "Repeat: one", sampling=Sampling(dry_multiplier=0.8, xtc_probability=0.5))
    assert done.notes == ("Ollama has no setting for XTC and DRY; the reply was drawn without.",)


def test_the_figures_of_the_server_are_kept(engine: EngineClient) -> None:
    done = ask(engine, "Repeat: one two three")
    assert (done.text, done.stop_reason, done.reply_tokens) == ("one two three", "end", 3)
    assert (done.prompt_s, done.generation_s) == (0.002, 0.005)
    assert done.prompt_tokens == 2 + 4 + 5 + 4 and not done.notes


def test_a_short_reading_is_told(engine: EngineClient, script: Script) -> None:
    script.reads_at_most = 20
    done = ask(engine, "Repeat: " + "word " * 300)
    (note,) = done.notes
    assert note.startswith("Ollama read 20 tokens of a prompt of 1,517 letters")


def test_a_row_that_was_not_read_whole_is_no_result(engine: EngineClient, script: Script) -> None:
    script.reads_at_most = 20
    rows = (Row((Part("Repeat: " + "word " * 300, role="user"),), max_tokens=9),)
    with pytest.raises(UserError, match="Ollama read 20 tokens of a prompt"):
        watch(engine.generate_many(GenerateMany("chat", rows), CancelToken()))


def test_a_row_that_may_have_no_answer_is_not_asked(engine: EngineClient, script: Script) -> None:
    asked = len(script.bodies("/api/chat"))
    rows = (Row((Part("Repeat: one", role="user"),), max_tokens=0),)
    (found,), _ = watch(engine.generate_many(GenerateMany("chat", rows), CancelToken()))
    assert (found.text, found.stop_reason) == ("", "length")
    assert len(script.bodies("/api/chat")) == asked


def test_an_old_version_counts_only_what_was_not_in_its_cache(
    running: tuple[str, Script], script: Script
) -> None:
    script.version, script.reads_at_most = "0.3.9", 20
    with closing(loaded_engine("ollama:echo", running[0])) as old:
        assert not ask(old, "Repeat: " + "word " * 300).notes
        assert old.info
        can = old.info.capabilities
        assert not can.token_logprobs and "0.12.11" in can.reasons["token_logprobs"]
        assert not can.json_schema and "0.5.0" in can.reasons["json_schema"]
        ask(old, "Repeat: one", lens_top=4)
    assert "logprobs" not in chat_body(script)


def test_thoughts_come_between_tags(running: tuple[str, Script], script: Script) -> None:
    with closing(loaded_engine("ollama:thinker", running[0])) as thinker:
        text = ask(thinker, "2 + 2?", thinking="on").text
        assert text == "<think>\nTwo and two.\n</think>\n\nFour."
        assert ask(thinker, "2 + 2?", thinking="off").text == "Four."
    assert [body["think"] for body in script.bodies("/api/chat")] == [True, False]


def test_a_model_without_thoughts_is_not_asked_for_any(
    engine: EngineClient, script: Script
) -> None:
    done = ask(engine, "Repeat: one", thinking="on")
    assert "think" not in chat_body(script) and "no switch for thinking" in done.notes[0]


def test_alternatives_of_each_token_are_told(engine: EngineClient) -> None:
    events, _ = watch(engine.generate(asked("Repeat: one two", lens_top=3), CancelToken()))
    tokens = [t for event in events if isinstance(event, Delta) for t in event.tokens]
    assert [token.text for token in tokens] == ["one", " two"]
    assert [a.text for a in tokens[1].top] == [" two", " or", " and"]
    assert len({a.token_id for a in tokens[1].top}) == 3 and tokens[1].logprob == -0.25


def test_a_reply_goes_on_from_its_beginning(engine: EngineClient, script: Script) -> None:
    parts = (Part("Count.", role="user"), Part("One, ", origin="assistant"))
    result_of(engine.generate(Generate("chat", parts), CancelToken()))
    assert chat_body(script)["messages"][-1] == {"role": "assistant", "content": "One, "}


def test_a_stream_that_is_cut_keeps_the_text_that_came(
    engine: EngineClient, script: Script
) -> None:
    script.cut_after = 2
    work = engine.generate(asked("Repeat: one two three"), CancelToken())
    said: list[Any] = []
    with pytest.raises(UserError, match="broke off in the middle"):
        for event in work:
            said.append(event)
    assert "".join(event.text for event in said if isinstance(event, Delta)) == "one two"
    script.cut_after = None
    assert ask(engine, "Repeat: again").text == "again"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"ends_early_after": 1}, "broke off in the middle of an answer"),
        ({"error_after": 1}, "broke off with an error: llama runner process has terminated"),
        ({"garbage": "<html>"}, "not of its language"),
        ({"garbage": "[1]"}, "not of its language"),
        ({"garbage": '{"model": 3}'}, "not of its language"),
        ({"models": []}, "model 'echo:latest' not found"),
        ({"redirects_to": "http://lab.example"}, "could not do it"),
        ({"token": "wanted"}, "refused the token"),
        ({"endless_at": "/api/chat"}, "not of its language"),
    ],
)
def test_a_fault_of_the_server_is_a_sentence(
    engine: EngineClient, script: Script, fault: dict[str, Any], sentence: str
) -> None:
    for name, value in fault.items():
        setattr(script, name, value)
    with pytest.raises(UserError, match=sentence):
        ask(engine, "Repeat: one two three")


def test_stop_comes_through_before_the_first_byte(engine: EngineClient, script: Script) -> None:
    cancel = CancelToken()
    script.waits = True
    work = engine.generate(asked("Repeat: one"), cancel)
    next(work)  # the prompt has been sent off
    assert script.asked.wait(20)
    cancel.cancel()
    done = result_of(work)
    assert (done.stop_reason, done.text, done.killed) == ("cancelled", "", False)
    script.waits = False
    assert ask(engine, "Repeat: again").text == "again"


def test_a_model_that_ollama_does_not_have_is_named(
    running: tuple[str, Script], script: Script
) -> None:
    with pytest.raises(UserError, match="has no model “nobody”"):
        loaded_engine("ollama:nobody", running[0])


def test_a_description_without_an_end_is_not_read(
    running: tuple[str, Script], script: Script
) -> None:
    script.endless_at = "/api/show"
    with pytest.raises(UserError, match="not of its language"):
        loaded_engine("ollama:echo", running[0])


def test_no_server_says_how_to_start_it(script: Script) -> None:
    with pytest.raises(UserError, match="ollama serve"):
        loaded_engine("ollama:echo", "http://127.0.0.1:9")


def test_a_worker_goes_nowhere_else_by_itself(running: tuple[str, Script], script: Script) -> None:
    with pytest.raises(UserError, match=r"runs at ollama\.com.*sealed"):
        loaded_engine("ollama:far:1t-cloud", running[0])
    with closing(loaded_engine("ollama:far:1t-cloud", running[0], "Use it")) as far:
        assert far.info and far.info.device == "ollama.com"


def test_rows_are_answered_in_order_and_none_is_scored(
    engine: EngineClient, script: Script
) -> None:
    rows = tuple(Row((Part(f"Repeat: {i} yes no", role="user"),), max_tokens=9) for i in range(2))
    found, done = watch(engine.generate_many(GenerateMany("chat", rows), CancelToken()))
    assert [row.text for row in found] == ["0 yes no", "1 yes no"] and done.finished_rows == 2
    assert not found[0].labels and found[0].reply_tokens == 3
    assert chat_body(script)["options"]["temperature"] == 0.0


def test_texts_become_vectors_of_unit_length(running: tuple[str, Script], script: Script) -> None:
    with closing(loaded_engine("ollama:embedder", running[0])) as embedder:
        assert embedder.info and embedder.info.capabilities.embeddings
        answer = embedder.embed(((Part("sea"),), (Part("a longer text"),)), CancelToken())
        script.endless_at = "/api/embed"
        with pytest.raises(UserError, match="not of its language"):
            embedder.embed(((Part("sea"),),), CancelToken())
    assert [each["options"]["num_ctx"] for each in script.bodies("/api/embed")] == [4096] * 3
    vectors = [np.frombuffer(base64.b64decode(each.values), "<f4") for each in answer.embeddings]
    assert [np.linalg.norm(vector) for vector in vectors] == pytest.approx([1, 1])


def test_counts_are_estimates_and_say_so(engine: EngineClient) -> None:
    counted = engine.tokenize((Part("four letters each", role="user"),))
    assert counted.estimated and counted.count == 5 + 6 and not counted.tokens
    with pytest.raises(UserError, match="known to its server only"):
        engine.detokenize([1])


@pytest.mark.model
def test_weights_on_this_disk_give_the_exact_tokenizer(
    running: tuple[str, Script],
    script: Script,
    real: EngineClient,
    starter: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path))
    script.models.append(stored_model(tmp_path, starter))
    with closing(loaded_engine("ollama:stored", running[0])) as stored:
        text = "Straße and <|im_end|>"
        counted = stored.tokenize((Part(text, role="user"),))
        ours = real.tokenize((Part(text),)).tokens
        assert [t.token_id for t in counted.tokens] == [t.token_id for t in ours]
        assert stored.detokenize([t.token_id for t in ours]) == text
        script.reads_at_most = 100
        assert "read 100 tokens of this prompt" in ask(stored, "Repeat: " + "sea " * 200).notes[0]
        with pytest.raises(UserError, match="the context holds 2,048"):
            ask(stored, "sea " * 2100)
