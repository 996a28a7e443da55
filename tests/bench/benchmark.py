"""`assay bench` beside the bare calls that llama-bench makes: what our process adds to a figure.

`python -m tests.bench.speed_oracle` does the same with llama-bench's own functions.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.llama_open_contexts import threads_for
from models.engine.messages import LoadSettings, TimeTokens
from models.long_work import result_of
from models.starter import starter_path
from tests.bench.line import Bound, Line, interleave
from tests.bench.processes import Talker

TESTS = {"pp512": (512, 0), "tg128": (0, 128)}
BOUND = Bound("ratio", "at most", 1.05)


def measure(_work: Path) -> tuple[Line, ...]:
    """Seconds of one repetition, in turns."""
    names = {name: f"Benchmark {name}" for name in TESTS}
    starter = starter_path()
    if starter is None:
        missing = "the starter is not prepared"
        return tuple(Line(name, "s", BOUND, missing=missing) for name in names.values())
    settings = LoadSettings()
    words = (str(starter), "512", str(threads_for(settings)))
    with (
        closing(EngineClient(str(starter), settings)) as engine,
        Talker("bare_bench", *words) as bare,
    ):
        result_of(engine.load(CancelToken()))
        engine.open_context("bench", 512)
        return tuple(_line(names[name], engine, bare, *counts) for name, counts in TESTS.items())


def _line(name: str, engine: EngineClient, bare: Talker, n_read: int, n_written: int) -> Line:
    def our_seconds() -> float:
        return engine.time_tokens(TimeTokens("bench", n_read, n_written), CancelToken()).seconds

    def bare_seconds() -> float:
        return float(bare.ask(n_read=n_read, n_written=n_written)["seconds"])

    our_seconds()  # warm both up
    bare_seconds()
    ours, baseline = interleave(our_seconds, bare_seconds)
    return Line(name, "s", BOUND, ours, baseline, "bare calls of llama.cpp")
