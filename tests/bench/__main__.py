"""`python -m tests.bench [WORD …]`: measure every line, or those whose name holds a word."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench import (
    at_rest,
    benchmark,
    comparing,
    endpoint,
    event_loop,
    generation,
    gguf_header,
    gguf_list,
    long_chat,
    many_trials,
    ollama,
    sampling,
    serving,
    start,
    stop,
    tokens,
    trials,
)
from tests.bench.table import save, text

OUT = Path("build/bench")
MEASURES = {
    "first paint": start.measure,
    "generation": generation.measure,
    "event loop": event_loop.measure,
    "long chat": long_chat.measure,
    "many trials": many_trials.measure,
    "stop": stop.measure,
    "rest": at_rest.measure,
    "sampling": sampling.measure,
    "trials": trials.measure,
    "comparing": comparing.measure,
    "benchmark": benchmark.measure,
    "tokens": tokens.measure,
    "endpoint": endpoint.measure,
    "ollama": ollama.measure,
    "serving": serving.measure,
    "gguf header": gguf_header.measure,
    "gguf first rows": gguf_list.first_rows,
    "gguf completion": gguf_list.completion,
    "gguf cached": gguf_list.cached,
}


def main() -> int:
    work = OUT / "work"
    work.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in MEASURES if not sys.argv[1:] or any(w in name for w in sys.argv[1:])]
    lines = []
    for name in wanted:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        lines.extend(MEASURES[name](work.absolute()))
    report = text(lines)
    print(report)
    if len(wanted) == len(MEASURES):
        (OUT / "bench.txt").write_text(report + "\n", encoding="utf-8")
        save(lines, OUT / "bench.json")
    return 0 if all(line.passed for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
