"""What the way through the worker adds to a request of an OpenAI-compatible server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Connection, Generate, LoadSettings, Part, Sampling
from models.long_work import result_of
from models.remote.openai_kinds import Dialect
from models.remote.openai_request import reply_body
from tests.bench.line import Bound, Line, interleave
from tests.servers.broken_openai import Behaviour, broken_openai, words

REQUESTS = 20  # a round; one alone is mostly noise
REPLY = [f" word{number}" for number in range(20)]
QUESTION = "What is the capital of France?"


def measure(work: Path) -> tuple[Line, ...]:
    """A server that has its answer at once, asked by the backend and by http.client."""
    behaviour = Behaviour()
    with broken_openai(behaviour) as address:
        model = "endpoint:bench/tiny"
        with closing(EngineClient(model, LoadSettings(), connection=Connection(address))) as engine:
            result_of(engine.load(CancelToken()))
            engine.open_context("chat", 0)
            behaviour.stream = words(*REPLY)
            request = Generate("chat", (Part(QUESTION, role="user"),), Sampling(seed=1))
            ours, bare = interleave(
                lambda: _each_ms(lambda: _through(engine, request)),
                lambda: _each_ms(lambda: _bare(address)),
            )
    bound = Bound("difference", "at most", 5)
    return (Line("A request through the endpoint adapter", "ms", bound, ours, bare, "http.client"),)


def _each_ms(ask: Callable[[], str]) -> float:
    started = time.perf_counter()
    for _ in range(REQUESTS):
        assert ask() == "".join(REPLY)
    return (time.perf_counter() - started) * 1000 / REQUESTS


def _through(engine: EngineClient, request: Generate) -> str:
    return result_of(engine.generate(request, CancelToken())).text


def _bare(address: str) -> str:
    """The same body, its stream read and parsed, nothing else."""
    parts = urlsplit(address)
    messages = [{"role": "user", "content": QUESTION}]
    body = reply_body("tiny", messages, Dialect(), sampling=Sampling(seed=1))
    said = []
    with closing(HTTPConnection(parts.netloc)) as connection:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", f"{parts.path}/chat/completions", json.dumps(body), headers)
        for line in connection.getresponse():
            if line.startswith(b"data: {"):
                choices = json.loads(line[6:])["choices"]
                said += [choice["delta"].get("content", "") for choice in choices]
    return "".join(said)
