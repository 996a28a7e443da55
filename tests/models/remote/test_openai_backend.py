"""The backend of OpenAI-compatible servers against a server of the tests' own."""

from __future__ import annotations

import base64
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from models.engine.messages import (
    Capabilities,
    Connection,
    Delta,
    Embed,
    Generate,
    Generated,
    GenerateMany,
    Label,
    Load,
    ModelInfo,
    OpenContext,
    Part,
    Row,
    RowResult,
    Sampling,
)
from models.engine.worker import Flag
from models.errors import Cancelled, UserError
from models.remote.openai_backend import OpenAiBackend
from tests.servers.broken_openai import CUT, HOLD, Behaviour, broken_openai, delta, words

HELLO = (Part("Hello", role="user"),)


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour()


@pytest.fixture
def server(behaviour: Behaviour) -> Iterator[str]:
    with broken_openai(behaviour) as address:
        yield address


def load(address: str, model: str = "tiny", token: str = "") -> tuple[OpenAiBackend, ModelInfo]:
    backend = OpenAiBackend()
    request = Load(f"endpoint:lab/{model}", connection=Connection(address, token))
    info = backend.load(request, lambda event: None, Flag())
    backend.open_context(OpenContext("chat", 0))
    return backend, info


def can(address: str) -> Capabilities:
    return load(address)[1].capabilities


def ask(backend: OpenAiBackend, flag: Flag | None = None, **options: Any) -> tuple[str, Generated]:
    """What was shown, and the outcome."""
    shown: list[str] = []

    def show(event: Any) -> None:
        assert isinstance(event, Delta)
        shown.append(event.text)

    options = {"prompt": HELLO, **options}
    done = backend.generate(Generate("chat", **options), show, flag or Flag())
    return "".join(shown), done


def test_a_reply_streams_with_what_the_server_counted(server: str) -> None:
    shown, done = ask(load(server)[0])
    assert shown == done.text == "Hello" and done.stop_reason == "end"
    assert (done.prompt_tokens, done.cached_tokens, done.reply_tokens) == (9, 4, 2)


@pytest.mark.parametrize("listed", [5, "words", {"id": "tiny"}])
def test_a_server_with_an_odd_list_is_used_all_the_same(
    server: str, behaviour: Behaviour, listed: object
) -> None:
    behaviour.listed = listed
    assert ask(load(server)[0])[0] == "Hello"


@pytest.mark.parametrize(
    "number", [float("inf"), float("nan"), 10**400], ids=["inf", "nan", "huge"]
)
def test_vectors_of_what_is_no_number_are_none(
    server: str, behaviour: Behaviour, number: float
) -> None:
    behaviour.vector = (number, 1.0)
    assert "no vector" in can(server).reasons["embeddings"]


def test_messages_go_with_their_roles_and_the_seed_is_known(
    server: str, behaviour: Behaviour
) -> None:
    parts = (Part("Be kind.", role="system"), Part("Hi", role="user"), Part("!", role="user"))
    _, done = ask(load(server)[0], prompt=parts)
    sent = behaviour.bodies[-1]
    assert sent["messages"] == [
        {"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi!"},
    ]  # fmt: skip
    assert sent["seed"] == done.seed >= 0 and "stop" not in sent


def test_thoughts_stand_in_their_tags_before_the_answer(server: str, behaviour: Behaviour) -> None:
    backend, _ = load(server)
    behaviour.stream = [delta(reasoning_content="Hm"), delta(reasoning="."), *words("Yes")]
    assert ask(backend)[0] == "<think>\nHm.\n</think>\n\nYes"


def test_a_stop_word_over_two_chunks_is_found_here(server: str, behaviour: Behaviour) -> None:
    backend, _ = load(server)
    behaviour.stream = words("One", " EN", "D two")
    shown, done = ask(backend, stop=(" END",))
    assert shown == done.text == "One" and done.stop_reason == "stop"


@pytest.mark.parametrize(
    ("finish", "max_tokens", "reason"),
    [("length", 1, "length"), ("length", -1, "context_full"), ("stop", 1, "end")],
)
def test_the_end_has_its_reason(
    server: str, behaviour: Behaviour, finish: str, max_tokens: int, reason: str
) -> None:
    backend, _ = load(server)
    behaviour.stream = [delta("x"), delta(finish=finish), "data: [DONE]\n\n"]
    assert ask(backend, max_tokens=max_tokens)[1].stop_reason == reason


def test_a_server_that_cannot_stream_answers_in_one_piece(
    server: str, behaviour: Behaviour
) -> None:
    behaviour.cannot_stream = True
    assert ask(load(server)[0], sampling=Sampling(seed=5))[0] == "said with 5"


def test_what_the_server_cut_off_a_prompt_is_told(server: str) -> None:
    _, done = ask(load(server)[0], prompt=(Part("word " * 300, role="user"),))
    assert "lab read 9 tokens" in done.notes[-1] and "cut off" in done.notes[-1]


def test_a_text_has_a_vector_of_unit_length(server: str, behaviour: Behaviour) -> None:
    behaviour.vector = (3.0, 4.0)
    backend, info = load(server)
    found = backend.embed(Embed(((Part("one"),), (Part("two"),))), Flag()).embeddings
    assert info.capabilities.embeddings and [each.n_tokens for each in found] == [4, 4]
    assert struct.unpack("<2f", base64.b64decode(found[1].values)) == pytest.approx((0.6, 0.8))


# ---- what goes wrong ----


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (401, '{"error": {"message": "Invalid API key"}}', "wants a token.*Invalid API key"),
        (403, "", "wants a token"),
        (404, '{"error": {"message": "No such model."}}', "could not do it: No such model"),
        (400, '{"error": {"message": "maximum context length is 8"}}', "context length is 8"),
        (422, '{"detail": [{"msg": "bad body"}]}', "bad body"),
        (429, '{"error": "slow down"}', "too much to do"),
        (500, "out of memory", "out of memory"),
        (503, '{"error": {"message": "Loading model"}}', "Loading model"),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_server(
    server: str, behaviour: Behaviour, status: int, said: str, told: str
) -> None:
    backend, _ = load(server)
    behaviour.statuses.append((status, said))
    with pytest.raises(UserError, match=told) as raised:
        ask(backend)
    assert str(raised.value).startswith("lab ") and "Traceback" not in str(raised.value)
    assert ask(backend)[0] == "Hello"


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ([CUT], "broke off in the middle"),
        ([], "ended its answer in the middle"),
        ([{"error": {"message": "CUDA out of memory"}}], "CUDA out of memory"),
        (["data: <html>\n\n"], "no reply"),
    ],
)
def test_a_stream_that_breaks_keeps_what_had_come(
    server: str, behaviour: Behaviour, rest: list[Any], told: str
) -> None:
    backend, _ = load(server)
    behaviour.stream = [delta("Hel"), *rest]
    shown: list[str] = []
    with pytest.raises(UserError, match=told):
        backend.generate(Generate("chat", HELLO), lambda e: shown.append(e.text), Flag())
    assert shown == ["Hel"]


def test_the_reason_for_a_silent_stream_is_asked_for(server: str, behaviour: Behaviour) -> None:
    backend, _ = load(server)
    behaviour.silence = "The prompt is too long."
    with pytest.raises(UserError, match="prompt is too long"):
        ask(backend)
    assert [body["stream"] for body in behaviour.bodies[-2:]] == [True, False]
    assert behaviour.bodies[-1]["max_tokens"] == 1


@pytest.mark.parametrize("before", [[], [delta("Hel")]], ids=["before the first byte", "later"])
def test_stop_ends_a_wait_at_once_and_the_server_is_left(
    server: str, behaviour: Behaviour, before: list[Any]
) -> None:
    backend, _ = load(server)
    behaviour.stream = [*before, HOLD, *[delta("x" * 4096)] * 200]
    flag = Flag()
    stopping = threading.Thread(target=lambda: (behaviour.holding.wait(), flag.cancel()))
    stopping.start()
    shown, done = ask(backend, flag)
    stopping.join()
    assert done.stop_reason == "cancelled" and shown == done.text == "".join(["Hel"][: len(before)])
    behaviour.released.set()
    assert behaviour.left.wait(10)
    behaviour.stream = ()
    assert ask(backend)[0] == "Hello"


def test_stop_ends_loading_too(server: str, behaviour: Behaviour) -> None:
    behaviour.stream = [HOLD]
    flag = Flag()
    stopping = threading.Thread(target=lambda: (behaviour.holding.wait(), flag.cancel()))
    stopping.start()
    with pytest.raises(Cancelled):
        OpenAiBackend().load(
            Load("endpoint:lab/tiny", connection=Connection(server)), lambda event: None, flag
        )
    stopping.join()


def test_a_server_that_does_not_run_is_a_sentence() -> None:
    with broken_openai(Behaviour()) as address:
        pass
    with pytest.raises(UserError, match=r"lab at 127.0.0.1:[0-9]+ does not answer"):
        load(address)


def test_a_model_that_is_not_listed_is_not_taken_for_another(server: str) -> None:
    with pytest.raises(UserError, match=r"no model “tinny”.*endpoint:lab/tiny"):
        load(server, "tinny")


def test_a_wrong_token_is_told_and_the_right_one_opens(server: str, behaviour: Behaviour) -> None:
    behaviour.token = "secret"
    with pytest.raises(UserError, match="refused the token"):
        load(server, token="guess")
    with pytest.raises(UserError, match="wants a token"):
        load(server)
    assert ask(load(server, token="secret")[0])[0] == "Hello"


# ---- what it can do ----


def test_what_a_server_only_ignores_is_off_with_its_reason(server: str) -> None:
    found = can(server)
    lacking = {"token_logprobs", "grammar", "json_schema", "embeddings"}
    assert found.seed and found.own_template
    assert lacking | {"prompt_logits", "exact_tokenizer"} == set(found.reasons)
    assert all(reason.endswith(".") for reason in found.reasons.values())


def test_a_seed_that_is_taken_and_ignored_is_no_seed(server: str, behaviour: Behaviour) -> None:
    behaviour.ignores_seed = True
    assert not can(server).seed


@pytest.mark.parametrize("refused", ["logprobs", "stream_options", "max_tokens"])
def test_what_a_server_refuses_is_not_sent_again(
    server: str, behaviour: Behaviour, refused: str
) -> None:
    behaviour.refuses = (refused,)
    backend, info = load(server)
    assert ask(backend, max_tokens=5, lens_top=3)[0] == "Hello"
    assert not info.capabilities.token_logprobs
    assert refused != "max_tokens" or behaviour.bodies[-1]["max_completion_tokens"] == 5


@pytest.mark.parametrize("refused", ["seed", "grammar"])
def test_what_a_server_refuses_it_cannot_do(
    server: str, behaviour: Behaviour, refused: str
) -> None:
    behaviour.refuses = (refused,)
    assert not getattr(can(server), refused)


@pytest.mark.parametrize("form", ["json_schema", "json_object"])
def test_the_schema_itself_goes_in_the_form_that_the_server_holds_to(
    server: str, behaviour: Behaviour, form: str
) -> None:
    behaviour.forms = (form,)
    backend, info = load(server)
    assert info.capabilities.json_schema
    ask(backend, json_schema='{"type": "boolean"}')
    sent = behaviour.bodies[-1]["response_format"]
    assert sent["type"] == form
    assert sent.get("json_schema", sent)["schema"] == {"type": "boolean"}
    with pytest.raises(UserError, match="not valid JSON"):
        ask(backend, json_schema="{")


def test_an_unknown_server_is_sent_the_samplers_that_it_looks_at(
    server: str, behaviour: Behaviour
) -> None:
    behaviour.reads = ("top_k",)
    backend, _ = load(server)
    sampling = Sampling(top_k=7, min_p=0.2, repeat_penalty=1.0)
    _, done = ask(backend, sampling=sampling)
    assert behaviour.bodies[-1]["top_k"] == 7 and "min_p" not in behaviour.bodies[-1]
    assert done.notes == ("Min-p had no effect: this server does not take it.",)


def test_a_llama_server_is_known_by_its_page_and_takes_all_samplers(
    server: str, behaviour: Behaviour
) -> None:
    behaviour.pages["/props"] = {
        "default_generation_settings": {"n_ctx": 2048}, "build_info": "b6710-abc"
    }  # fmt: skip
    behaviour.listed = ({"id": "tiny", "meta": {"n_ctx_train": 8192, "n_params": 7}},)
    backend, info = load(server)
    assert (info.backend_build, info.n_ctx_train, info.n_params) == (
        "llama-server b6710-abc", 8192, 7,
    )  # fmt: skip
    assert backend.open_context(OpenContext("more", 9000)).n_ctx == 2048
    _, done = ask(backend, sampling=Sampling(dry_multiplier=0.8), thinking="off")
    sent = behaviour.bodies[-1]
    assert not done.notes and sent["dry_base"] == 1.75 and sent["typical_p"] == 1.0
    assert sent["chat_template_kwargs"] == {"enable_thinking": False, "thinking": False}


@pytest.mark.parametrize(
    ("listed", "pages", "build", "n_ctx"),
    [
        ({"owned_by": "vllm", "max_model_len": 4096}, {"/version": {"version": "0.12"}},
         "vLLM 0.12", 4096),
        ({}, {"/api/v0/models": {"data": [
            {"id": "tiny", "max_context_length": 9000, "loaded_context_length": 5000}]}},
         "LM Studio", 5000),
        ({"context_length": 1234}, {}, "OpenAI-compatible server", 1234),
    ],
)  # fmt: skip
def test_other_servers_are_known_by_what_they_tell(
    server: str, behaviour: Behaviour, listed: dict[str, Any], pages: Any, build: str, n_ctx: int
) -> None:
    behaviour.listed = ({"id": "tiny", **listed},)
    behaviour.pages = pages
    backend, info = load(server)
    assert info.backend_build == build
    assert backend.open_context(OpenContext("chat", 0)).n_ctx == n_ctx


def test_a_model_without_a_chat_goes_on_from_a_text(server: str, behaviour: Behaviour) -> None:
    behaviour.has_chat = False
    backend, info = load(server)
    assert not info.capabilities.own_template
    parts = (Part("User: ", origin="template"), Part("Hi"), Part("\n\nAssistant:"))
    assert ask(backend, prompt=parts)[0] == "Hello"
    assert behaviour.bodies[-1]["prompt"] == "User: Hi\n\nAssistant:"


def test_a_begun_reply_is_refused_where_the_server_would_begin_another(server: str) -> None:
    with pytest.raises(UserError, match="cannot go on from a reply"):
        ask(load(server)[0], prompt=(*HELLO, Part("I am", origin="assistant")))


# ---- many prompts ----


def rows(backend: OpenAiBackend, *asked: Row, flag: Flag | None = None) -> tuple[Any, Any]:
    found: list[RowResult] = []
    done = backend.generate_many(GenerateMany("chat", asked), found.append, flag or Flag())
    return found, done


def test_a_row_ends_early_and_its_server_is_left(server: str, behaviour: Behaviour) -> None:
    backend, _ = load(server)
    behaviour.stream = [delta("No"), delta(", never."), HOLD, *[delta("x" * 4096)] * 200]
    found, done = rows(backend, Row(HELLO, max_tokens=9, until=(r"No\b.",), seed=3))
    assert found[0].text == "No, never." and found[0].stop_reason == "decided"
    assert done.finished_rows == 1
    behaviour.released.set()
    assert behaviour.left.wait(10) and behaviour.bodies[-1]["seed"] == 3


LONG = (Part("word " * 200, role="user"),)


def test_a_row_that_was_not_read_whole_is_no_result(server: str) -> None:
    with pytest.raises(UserError, match="lab read 9 tokens of a prompt of 1,000 letters"):
        rows(load(server)[0], Row(LONG, max_tokens=4))


def test_what_is_far_beyond_a_known_context_is_not_sent(server: str, behaviour: Behaviour) -> None:
    behaviour.listed = ({"id": "tiny", "max_model_len": 100},)
    backend, _ = load(server)
    n_asked = len(behaviour.bodies)
    for refused in (lambda: ask(backend, prompt=LONG), lambda: rows(backend, Row(LONG))):
        with pytest.raises(UserError, match="but the context holds 100"):
            refused()
    assert len(behaviour.bodies) == n_asked


def test_labels_are_refused_and_not_guessed(server: str) -> None:
    with pytest.raises(UserError, match="cannot score labels"):
        rows(load(server)[0], Row(HELLO, labels=(Label("yes", ("Yes",)),), max_tokens=4))


def test_what_a_failed_row_leaves_is_told_with_the_rows_before(
    server: str, behaviour: Behaviour
) -> None:
    backend, _ = load(server)
    found: list[RowResult] = []

    def take(row: RowResult) -> None:
        found.append(row)
        behaviour.statuses.append((500, "out of memory"))

    asked = GenerateMany("chat", (Row(HELLO, max_tokens=4), Row(HELLO, max_tokens=4)))
    with pytest.raises(UserError, match="out of memory"):
        backend.generate_many(asked, take, Flag())
    assert [row.text for row in found] == ["Hello"]
