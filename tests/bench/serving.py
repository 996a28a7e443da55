"""Speed, first token and fairness through `assay serve`, with clients that stream."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import mean
from typing import Any

from tests.bench.homes import make_home, starter
from tests.bench.line import ROUNDS, Bound, Line
from tests.bench.processes import Talker

N_CTX = 4096
MAX_TOKENS = 200
FEWEST_TOKENS = 60
REST_S = 1.0
CLIENTS, TURNS, SHORT_TOKENS = 8, 3, 24
TOKEN = "the-token-of-the-bench"
TEXT = (
    "Round {n}. Write a long and detailed story about a lighthouse keeper, a storm, a lost ship "
    "and what the sailors found on the island. Describe every person in it."
)


def measure(work: Path) -> tuple[Line, ...]:
    """The bare loop reads as many tokens behind as many cached ones as the server had to, and
    rests before for as long; see the bench of generation."""
    threads = str(max(1, (os.cpu_count() or 2) - 1))
    rounds: list[tuple[dict[str, Any], dict[str, Any]]] = []
    with tempfile.TemporaryDirectory(dir=work) as folder:
        make_home(Path(folder), N_CTX)
        with (
            _serving(Path(folder)) as port,
            Talker("bare_loop", starter(), str(N_CTX), threads) as bare,
        ):
            _ask(port, TEXT.format(n=-1), MAX_TOKENS)
            while len(rounds) < ROUNDS:
                time.sleep(REST_S)
                ours = _ask(port, TEXT.format(n=len(rounds)), MAX_TOKENS)
                theirs = bare.ask(
                    cached=[2000 + n for n in range(ours["cached"])],
                    rest_s=REST_S,
                    prompt=[1000 + n for n in range(ours["read"])],
                    max_tokens=MAX_TOKENS,
                    seed=len(rounds),
                )
                if min(ours["tokens"], theirs["tokens"]) >= FEWEST_TOKENS:
                    rounds.append((ours, theirs))
            crowds = [_crowd(port) for _ in range(ROUNDS)]
    return _speed(rounds), _first_token(rounds), _fairness(crowds)


@contextmanager
def _serving(home: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--model", "starter", "--quiet"]
    environment = os.environ | {"ASSAY_HOME": str(home), "ASSAY_TOKEN": TOKEN}
    process = subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline().rpartition(":")[2].partition("/")[0])
    finally:
        process.terminate()
        process.communicate()


def _ask(port: int, text: str, max_tokens: int) -> dict[str, Any]:
    """Times from before the request is sent to its first and its last text, in seconds."""
    body = {
        "model": "starter", "messages": [{"role": "user", "content": text}], "stream": True,
        "stream_options": {"include_usage": True}, "max_tokens": max_tokens,
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    connection = HTTPConnection("127.0.0.1", port)
    started = time.perf_counter()
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    first_s = last_s = 0.0
    usage: dict[str, Any] = {}
    for line in connection.getresponse():
        if not line.startswith(b"data: {"):
            continue
        chunk = json.loads(line[6:])
        usage = chunk["usage"] or usage
        if any(choice["delta"].get("content") for choice in chunk["choices"]):
            last_s = time.perf_counter() - started
            first_s = first_s or last_s
    connection.close()
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    return {"first_s": first_s, "last_s": last_s, "tokens": usage["completion_tokens"],
            "cached": cached, "read": usage["prompt_tokens"] - cached}  # fmt: skip


def _crowd(port: int) -> list[list[dict[str, Any]]]:
    """Eight clients at once, each with three requests one after the other."""

    def client(number: int) -> list[dict[str, Any]]:
        texts = [f"Client {number}, turn {turn}: tell me a tale." for turn in range(TURNS)]
        return [_ask(port, text, SHORT_TOKENS) for text in texts]

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(client, range(CLIENTS)))


def _speed(rounds: list[tuple[dict[str, Any], dict[str, Any]]]) -> Line:
    ours, bare = zip(*((_tokens_per_s(a), _tokens_per_s(b)) for a, b in rounds), strict=True)
    return Line(
        "Generation through assay serve", "tokens/s", Bound("ratio", "at least", 0.9), ours, bare,
        "a bare llama-cpp-python loop",
    )  # fmt: skip


def _first_token(rounds: list[tuple[dict[str, Any], dict[str, Any]]]) -> Line:
    return Line(
        "First token through assay serve", "ms", Bound("difference", "at most", 25),
        tuple(a["first_s"] * 1000 for a, _ in rounds),
        tuple(b["first_s"] * 1000 for _, b in rounds),
        "a bare llama-cpp-python loop",
    )  # fmt: skip


def _fairness(crowds: list[list[list[dict[str, Any]]]]) -> Line:
    """The mean time of the client that fared worst, beside that of all."""
    totals = [[mean(reply["last_s"] for reply in client) for client in crowd] for crowd in crowds]
    replies = [reply for crowd in crowds for client in crowd for reply in client]
    firsts, lasts = [[reply[name] for reply in replies] for name in ("first_s", "last_s")]
    note = (
        f"{len(replies)} of {len(crowds) * CLIENTS * TURNS} replies; first text after "
        f"{min(firsts):.1f} to {max(firsts):.1f} s, the end after {min(lasts):.1f} to "
        f"{max(lasts):.1f} s; one reply at a time, clients in turns"
    )
    return Line(
        "Eight clients at once: the slowest beside the mean", "×", Bound("value", "at most", 1.5),
        tuple(max(each) / mean(each) for each in totals), note=note,
    )  # fmt: skip


def _tokens_per_s(answer: dict[str, Any]) -> float:
    """Without the first token, whose time belongs to the prompt."""
    seconds: float = answer["last_s"] - answer["first_s"]
    tokens: int = answer["tokens"]
    return (tokens - 1) / seconds
