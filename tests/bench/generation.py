"""Speed and first token through the whole app, beside a bare loop on the same file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.homes import make_home, starter
from tests.bench.line import ROUNDS, Bound, Line
from tests.bench.processes import Talker

N_CTX = 4096
MAX_TOKENS = 200
FEWEST_TOKENS = 60
FIRST_ROUNDS, FIRST_TOKENS = 31, 8
REST_S = 1.0  # how long the app settles before it sends
TEXT = (
    "Round {n}. Write a long and detailed story about a lighthouse keeper, a storm, a lost ship "
    "and what the sailors found on the island. Describe every person in it."
)
Rounds = list[tuple[dict[str, Any], dict[str, Any]]]


def measure(work: Path) -> tuple[Line, ...]:
    """The lens is on in the app, as it always is. The bare loop reads as many prompt tokens as the
    app had to read, behind as many as the app had in its cache: 40 tokens at position 26 take
    llama.cpp 165 ms here, at position 0 only 141 ms. It rests before for as long as the app does
    between two messages: after a second of rest the same tokens take 3 ms longer.

    First tokens come from many short replies of their own: reading one and the same prompt takes
    llama.cpp 20 ms more or less from round to round, which five rounds do not average away."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        make_home(Path(folder), N_CTX)
        threads = max(1, (os.cpu_count() or 2) - 1)
        with (
            Talker("assay_lab", home=Path(folder)) as app,
            Talker("bare_loop", starter(), str(N_CTX), str(threads)) as bare,
        ):
            _app_round(app, -1, MAX_TOKENS)  # the first starts what later ones find ready
            long = _rounds(app, bare, ROUNDS, MAX_TOKENS, FEWEST_TOKENS)
            short = _rounds(app, bare, FIRST_ROUNDS, FIRST_TOKENS, 1)
    return _speed(long), _first_token(short)


def _rounds(app: Talker, bare: Talker, count: int, max_tokens: int, fewest: int) -> Rounds:
    """Answers of both in turns; a pair in which one wrote fewer than `fewest` tokens is left."""
    rounds: Rounds = []
    while len(rounds) < count:
        ours = _app_round(app, len(rounds), max_tokens)
        read = ours["prompt_tokens"] - ours["cached_tokens"]
        theirs = bare.ask(
            cached=[2000 + n for n in range(ours["cached_tokens"])],
            rest_s=REST_S,
            prompt=[1000 + n for n in range(read)],
            max_tokens=max_tokens,
            seed=len(rounds),
        )
        if min(ours["tokens"], theirs["tokens"]) >= fewest:
            rounds.append((ours, theirs))
    return rounds


def _app_round(app: Talker, number: int, max_tokens: int) -> dict[str, Any]:
    return app.ask(do="stream", chat=None, text=TEXT.format(n=number), max_tokens=max_tokens)


def _speed(rounds: Rounds) -> Line:
    ours, bare = zip(*((_tokens_per_s(a), _tokens_per_s(b)) for a, b in rounds), strict=True)
    forbidden = sorted({name for a, _ in rounds for name in a["imported"]})
    return Line(
        "Generation through the whole app",
        "tokens/s",
        Bound("ratio", "at least", 0.95),
        ours,
        bare,
        "a bare llama-cpp-python loop",
        missing=f"in the window's process: {', '.join(forbidden)}" if forbidden else "",
    )


def _first_token(rounds: Rounds) -> Line:
    return Line(
        "First token, from Send to the page",
        "ms",
        Bound("difference", "at most", 15),
        tuple(a["first_s"] * 1000 for a, _ in rounds),
        tuple(b["first_s"] * 1000 for _, b in rounds),
        "a bare llama-cpp-python loop",
    )


def _tokens_per_s(answer: dict[str, Any]) -> float:
    """Without the first token, whose time belongs to the prompt."""
    seconds: float = answer["last_s"] - answer["first_s"]
    tokens: int = answer["tokens"]
    return (tokens - 1) / seconds
