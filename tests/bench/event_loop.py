"""The beat of the window's event loop while a reply streams into a long chat."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.children.beat import percentile
from tests.bench.homes import make_home, starter
from tests.bench.line import ROUNDS, Bound, Line
from tests.bench.processes import Talker

N_CTX = 1024
MAX_TOKENS = 400
FEWEST_BEATS = 300
SECONDS = 10


def measure(work: Path) -> tuple[Line, ...]:
    """Milliseconds between two beats of a 10 ms timer: the 99th and the 99.9th of 100."""
    ours: list[list[float]] = []
    bare: list[list[float]] = []
    with tempfile.TemporaryDirectory(dir=work) as folder:
        chat = make_home(Path(folder), N_CTX)
        with Talker("assay_lab", home=Path(folder)) as app:
            while len(ours) < ROUNDS:
                text = f"Round {len(ours)}. Tell a very long story about a lighthouse."
                answer = app.ask(do="stream", chat=chat, text=text, max_tokens=MAX_TOKENS)
                if len(answer["late_ms"]) < FEWEST_BEATS:
                    continue
                ours.append(answer["late_ms"])
                bare.append(_bare_beats())
    return tuple(_line(ours, bare, share) for share in (0.99, 0.999))


def _line(ours: list[list[float]], bare: list[list[float]], share: float) -> Line:
    return Line(
        f"10 ms beat while streaming into 500 messages, p{share * 100:g}",
        "ms",
        Bound("ratio", "at most", 2.5),
        tuple(percentile(beats, share) for beats in ours),
        tuple(percentile(beats, share) for beats in bare),
        "a bare window beside the same worker",
    )


def _bare_beats() -> list[float]:
    """Beats of a bare window while a worker generates in another process."""
    module = "tests.bench.children."
    worker = [sys.executable, "-m", f"{module}busy_worker", starter(), str(SECONDS + 2)]
    window = [sys.executable, "-m", f"{module}bare_window", str(SECONDS)]
    with subprocess.Popen(
        worker, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as busy:
        assert busy.stdin is not None and busy.stdout is not None
        busy.stdout.readline()
        busy.stdin.write("go\n")
        busy.stdin.flush()
        done = subprocess.run(
            window, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
        )
    beats: list[float] = json.loads(done.stdout)["late_ms"]
    return beats
