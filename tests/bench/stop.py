"""Stop while a prompt of 3,000 tokens is being read."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from tests.bench.homes import make_home
from tests.bench.line import Bound, Line, repeat
from tests.bench.processes import Talker

WORDS = "The keeper climbed the stairs and lit the lamp before the storm came. "  # 15 tokens


def measure(work: Path) -> tuple[Line, ...]:
    """From the click to a page that is ready for the next message."""
    number = itertools.count()
    with tempfile.TemporaryDirectory(dir=work) as folder:
        make_home(Path(folder), n_ctx=4096)
        with Talker("assay_lab", home=Path(folder)) as app:

            def stop() -> float:
                text = f"Round {next(number)}. " + WORDS * 200
                answer = app.ask(do="stop_in_prompt", text=text)
                assert answer["tokens"] == 0, "the prompt was read before Stop was pressed"
                stopped_s: float = answer["stopped_s"]
                return stopped_s * 1000

            values = repeat(stop)
    bound = Bound("value", "at most", 300)
    return (Line("Stop during a prompt of 3,000 tokens", "ms", bound, values),)
