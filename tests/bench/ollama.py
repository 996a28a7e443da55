"""What the way through the worker adds to a request of an Ollama server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Connection, Generate, LoadSettings, Part, Sampling
from models.long_work import result_of
from tests.bench.line import Bound, Line, interleave
from tests.servers.ollama_model import ScriptedModel
from tests.servers.ollama_server import Script, ollama_server

REQUESTS = 20  # a round; one alone is mostly noise
LENS_TOP = 8  # as the chat asks
REPLY = "".join(f" word{number}" for number in range(10))  # two tokens a word
QUESTION = "What is the capital of France?"


def measure(work: Path) -> tuple[Line, ...]:
    """A server that has its answer at once, asked by the backend and by httpx with the same body,
    both over a connection that stays open."""
    with ollama_server(Script(models=[ScriptedModel("bench:latest", REPLY)])) as (address, script):
        connection, settings = Connection(address), LoadSettings()
        engine = EngineClient("ollama:bench", settings, connection=connection)
        with closing(engine), httpx.Client(base_url=address, trust_env=False) as client:
            result_of(engine.load(CancelToken()))
            engine.open_context("chat", 0)
            parts = (Part(QUESTION, role="user"),)
            request = Generate("chat", parts, Sampling(seed=1), lens_top=LENS_TOP)
            _through(engine, request)
            body = script.bodies("/api/chat")[-1]
            ours, bare = interleave(
                lambda: _each_ms(lambda: _through(engine, request)),
                lambda: _each_ms(lambda: _bare(client, body)),
            )
    bound = Bound("difference", "at most", 5)
    return (Line("A request through the Ollama adapter", "ms", bound, ours, bare, "httpx"),)


def _each_ms(ask: Callable[[], str]) -> float:
    started = time.perf_counter()
    for _ in range(REQUESTS):
        assert ask() == REPLY
    return (time.perf_counter() - started) * 1000 / REQUESTS


def _through(engine: EngineClient, request: Generate) -> str:
    return result_of(engine.generate(request, CancelToken())).text


def _bare(client: httpx.Client, body: dict[str, Any]) -> str:
    """Its stream read and parsed, nothing else."""
    with client.stream("POST", "/api/chat", json=body) as answer:
        chunks = [json.loads(line) for line in answer.iter_lines()]
    return "".join(chunk["message"]["content"] for chunk in chunks)
