"""Who is let in, how much they may send, and what happens when many come at once."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import openai
import pytest

from models.cancel import CancelToken
from models.engine.messages import LoadSettings
from models.engine.pool import Pool
from models.errors import Cancelled, UserError
from models.library.library import Library
from models.long_work import result_of
from models.network import Act, Door, Gate
from models.remote.servers import Servers
from models.serving.access import Access, given_token, new_token
from models.serving.failures import ApiError
from models.serving.fair_queue import FairQueue
from models.serving.fields import Fields
from models.serving.lane import Lane
from models.serving.served_models import ServedModels
from models.serving.server import Server, serving
from models.serving.wishes import read_wishes
from tests.servers.kept_tokens import KeptTokens
from tests.serving.conftest import TOKEN, House, client_for, say

PAGE = "https://page.example"
Serve = Callable[..., Server]


def get(server: Server, path: str = "/v1/models", **headers: str) -> httpx.Response:
    told = {"Authorization": f"Bearer {TOKEN}", **headers}
    return httpx.get(f"http://127.0.0.1:{server.port}{path}", headers=told)


@pytest.mark.parametrize(
    "header", [b"", b"Bearer", b"Bearer wrong", f"Bearer {TOKEN}x".encode(), b"Bearer \xfc\xfc"]
)
def test_a_wrong_token_is_refused(server: Server, header: bytes) -> None:
    url = f"http://127.0.0.1:{server.port}/v1/models"
    answer = httpx.get(url, headers={b"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "authentication_error"


def test_the_client_reads_the_refusal(server: Server) -> None:
    with (
        client_for(server, "not-the-token") as stranger,
        pytest.raises(openai.AuthenticationError, match="token is missing or wrong"),
    ):
        stranger.models.list()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1"]
)
def test_another_host_is_refused_even_with_the_token(server: Server, host: str) -> None:
    answer = get(server, Host=host.format(port=server.port))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_host")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_the_names_of_this_machine_are_let_in(server: Server, name: str) -> None:
    assert get(server, Host=f"{name}:{server.port}").status_code == 200


def test_web_pages_are_refused_unless_one_is_named(server: Server, serve: Serve) -> None:
    assert get(server, Origin=PAGE).status_code == 403
    opened = serve(access=Access(TOKEN, (PAGE,)))
    answer = get(opened, Origin=PAGE)
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert get(opened, Origin="https://other.example").status_code == 403


def test_a_page_that_is_named_may_ask_first(serve: Serve) -> None:
    opened = serve(access=Access(TOKEN, (PAGE,)))
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "authorization,content-type"}  # fmt: skip
    url = f"http://127.0.0.1:{opened.port}/v1/chat/completions"
    assert httpx.options(url, headers=asked).status_code == 200
    assert (
        "access-control-allow-origin"
        not in httpx.options(url, headers={**asked, "Origin": "https://other.example"}).headers
    )


def test_a_body_that_is_too_large_is_refused(serve: Serve) -> None:
    small = serve(most_body_bytes=1000)
    with client_for(small) as client, pytest.raises(openai.APIStatusError) as error:
        client.chat.completions.create(model="sim:echo", messages=say("x" * 2000))
    assert (error.value.status_code, "larger than" in str(error.value)) == (413, True)


def test_a_body_of_unknown_length_is_bounded_too(serve: Serve) -> None:
    url = f"http://127.0.0.1:{serve(most_body_bytes=1000).port}/v1/completions"
    pieces = (b"x" * 300 for _ in range(10))
    answer = httpx.post(url, content=pieces, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"a": NaN}', b"[" * 100_000])
def test_a_body_that_is_no_object_is_a_sentence(server: Server, body: bytes) -> None:
    url = f"http://127.0.0.1:{server.port}/v1/completions"
    answer = httpx.post(url, content=body, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, "body of the request" in answer.text) == (400, True)


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/tokenize", 405)])
def test_unknown_addresses_and_methods_are_errors_in_the_same_shape(
    server: Server, path: str, status: int
) -> None:
    answer = get(server, path)
    assert (answer.status_code, bool(answer.json()["error"]["message"])) == (status, True)


def test_a_full_queue_says_when_to_come_back(serve: Serve) -> None:
    small = serve(most_waiting=1)
    with client_for(small) as client, ThreadPoolExecutor(1) as others:
        running = client.chat.completions.create(model="sim:slow", messages=say("go"), stream=True)
        next(iter(running))
        waiting = others.submit(ask, small, "sim:echo")
        until(small, lambda: small.status().waiting == 1)
        with pytest.raises(openai.RateLimitError) as full:
            client.chat.completions.create(model="sim:echo", messages=say("me too"))
        assert int(full.value.response.headers["Retry-After"]) >= 1
        running.close()
        assert waiting.result() == "hi"


def test_generation_stops_when_the_client_leaves(server: Server) -> None:
    done = server.status().served
    with client_for(server) as client:
        stream = client.chat.completions.create(model="sim:long", messages=say("go"), stream=True)
        next(iter(stream))
        stream.close()
    until(server, lambda: server.status().served > done)
    assert ask(server, "sim:echo") == "hi"


def test_a_client_that_leaves_without_a_stream_stops_it_too(server: Server) -> None:
    done = server.status().served
    with client_for(server) as client, pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.3).chat.completions.create(
            model="sim:silent", messages=say("go")
        )
    until(server, lambda: server.status().served > done)
    assert ask(server, "sim:echo") == "hi"


def test_a_client_that_leaves_while_it_waits_leaves_the_queue(serve: Serve) -> None:
    server = serve()
    with client_for(server) as first, client_for(server) as second:
        running = first.chat.completions.create(model="sim:slow", messages=say("go"), stream=True)
        next(iter(running))
        with pytest.raises(openai.APITimeoutError):
            second.with_options(timeout=0.3).chat.completions.create(
                model="sim:echo", messages=say("hi")
            )
        until(server, lambda: server.status().waiting == 0)
        assert server.status().running == 1
        running.close()


def test_eight_clients_at_once_are_all_served(server: Server) -> None:
    with ThreadPoolExecutor(8) as people:
        replies = people.map(lambda n: ask(server, "sim:echo", f"number {n}"), range(8))
        assert list(replies) == [f"number {n}" for n in range(8)]


def test_a_request_that_waits_for_a_run_is_told_so(house: House) -> None:
    times = itertools.count(step=6)
    models = ServedModels(house.library, house.pool, monotonic=lambda: next(times))
    run = house.pool.lease("sim:echo", LoadSettings(), exclusive=True, holder="the brittleness run")
    with result_of(run), pytest.raises(ApiError, match="waits for the brittleness run") as held:
        result_of(models.lease("sim:echo", CancelToken()))
    assert (held.value.status, held.value.headers["Retry-After"]) == (503, "30")


@pytest.mark.parametrize(
    ("body", "client"),
    [
        ({}, "127.0.0.1:5000"),
        ({"user": "ann"}, "user ann"),
        ({"safety_identifier": "bob"}, "user bob"),
    ],
)
def test_a_user_named_in_the_request_counts_as_a_client(body: Any, client: str) -> None:
    assert read_wishes(Fields(body), "127.0.0.1:5000", -1, None).client == client


def test_clients_take_turns_and_each_keeps_its_order() -> None:
    queue: FairQueue[str] = FairQueue(6)
    for item in ("a1", "a2", "a3", "b1", "b2", "c1"):
        assert queue.put(item[0], item)
    assert not queue.put("d", "d1")
    assert [queue.take() for _ in range(3)] == ["a1", "b1", "c1"]
    assert queue.discard("a2") and not queue.discard("a2")
    assert [queue.take(), queue.take()] == ["a3", "b2"]


def test_a_stop_ends_running_and_waiting_requests(house: House) -> None:
    server = house.serve()
    with ThreadPoolExecutor(2) as people:
        asked = [people.submit(ask, server, "sim:long") for _ in range(2)]
        until(server, lambda: server.status().running == 1 and server.status().waiting == 1)
        server.stop()
        for each in asked:
            assert isinstance(each.exception(), openai.APIError)
    assert not server.is_running


def test_a_taken_port_is_a_sentence_with_a_free_one(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        models = ServedModels(house.library, house.pool)
        with pytest.raises(UserError, match=f"Port {port} is taken.* Port [0-9]+ is free"):
            Server(models, house.sandbox, Access(TOKEN), port=port).start()


def test_a_made_token_is_long_and_another_each_time() -> None:
    assert len({new_token() for _ in range(20)}) == 20
    assert len(new_token()) > 30


def test_the_token_comes_from_the_file_before_the_variable(tmp_path: Any) -> None:
    file = tmp_path / "token"
    file.write_text("from-a-file-of-mine\n")
    assert given_token(file, {"ASSAY_TOKEN": "from-the-environment"}) == "from-a-file-of-mine"
    assert given_token(None, {"ASSAY_TOKEN": "from-the-environment"}) == "from-the-environment"
    assert given_token(None, {}) == ""


@pytest.mark.parametrize("text", ["", "short", "two words in one line", "füßefüßefüßefüße"])
def test_a_useless_token_is_refused(tmp_path: Any, text: str) -> None:
    file = tmp_path / "token"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="token"):
        given_token(file, {})


def ask(server: Server, model: str, text: str = "hi") -> str:
    with client_for(server) as client:
        done = client.chat.completions.create(model=model, messages=say(text))
        return str(done.choices[0].message.content)


def until(server: Server, is_so: Callable[[], bool]) -> None:
    """Wait for a change of the server that makes it so."""
    changed = threading.Event()
    server.subscribe(changed.set)
    while not is_so():
        assert changed.wait(30)
        changed.clear()


def test_a_program_may_not_use_what_the_user_let_out_for_one_act(tmp_path: Any) -> None:
    far = "endpoint:Far/tiny"
    gate = Gate(Door(), lambda: True)
    servers = Servers(None, {}, KeptTokens(), gate)
    servers.add("Far", "https://lab.example/v1")
    gate.allow_once(Act(f"Use {far}", "lab.example"))
    pool = Pool(connect=servers.connection)
    models = ServedModels(Library(tmp_path / "i", servers=servers), pool, servers=servers)
    with pytest.raises(ApiError, match="asked by a program at Assay's server") as refused:
        next(models.lease(far, CancelToken()))
    assert (refused.value.status, refused.value.code) == (403, "sealed")
    assert servers.connection(far)  # the user's yes is still there


def endless(cancel: CancelToken) -> Generator[None, None, None]:
    """Nearly: a lane that forgets to stop it shows."""
    yield from itertools.repeat(None, 10_000)


async def close_at_once() -> None:
    lane = Lane("of a test", 1, lambda: None)
    ticket = lane.submit("ann", endless)
    await asyncio.to_thread(lane.close)
    with pytest.raises(Cancelled):
        await ticket.result()


def test_a_lane_that_is_closed_as_a_request_begins_stops_it() -> None:
    for _ in range(20):
        asyncio.run(close_at_once())


def test_a_server_that_ends_by_itself_is_told(house: House) -> None:
    server = Server(ServedModels(house.library, house.pool), house.sandbox, Access(TOKEN), port=0)
    work = serving(server, CancelToken())
    next(work)
    server.stop()
    with pytest.raises(UserError, match="has ended by itself"):
        list(work)
