"""`python -m tests.bench.speed_oracle SOURCES MODEL [THREADS] [DEPTH]`: llama-bench beside ours.

SOURCES is llama.cpp's tree of the installed version, as it lies in `vendor/llama.cpp` of the source
package of llama-cpp-python. The tool's own test functions (see cut_out.py) take turns with our
worker, a repetition each. Optional: it needs a C++ compiler and the sources.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from statistics import mean, median, stdev

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import LoadSettings, TimeTokens
from models.long_work import result_of
from tests.bench.cut_out import built, cut_out
from tests.bench.line import ROUNDS, interleave

FUNCTIONS = (
    r"\nstatic bool test_prompt\(.*?\n}\n",
    r"\nstatic bool test_gen\(.*?\n}\n",
)
TESTS = {"pp512": (512, 0), "tg128": (0, 128)}
FLASH = {"auto": -1, "off": 0, "on": 1}


class LlamaBench:
    """The tool's own functions in a process that answers line by line."""

    def __init__(self, tool: str, model: str, n_ctx: int, threads: int, flash: str) -> None:
        words = [tool, model, str(n_ctx), str(threads), str(FLASH[flash])]
        self._process = subprocess.Popen(
            words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._seconds()

    def ask(self, n_prompt: int, n_generated: int, depth: int) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{n_prompt} {n_generated} {depth}\n")
        self._process.stdin.flush()
        return self._seconds()

    def _seconds(self) -> float:
        assert self._process.stdout is not None
        return float(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


def main() -> int:
    sources, model, *rest = sys.argv[1:]
    threads = int(rest[0]) if rest else 1
    depth = int(rest[1]) if rest[1:] else 0
    n_ctx = 512 + depth
    settings = LoadSettings(threads=threads)
    with tempfile.TemporaryDirectory() as folder:
        tool = build(Path(sources), Path(folder))
        with (
            closing(EngineClient(model, settings)) as ours,
            closing(LlamaBench(tool, model, n_ctx, threads, settings.flash_attention)) as theirs,
        ):
            result_of(ours.load(CancelToken()))
            ours.open_context("bench", n_ctx)
            for name, (n_prompt, n_generated) in TESTS.items():
                _compare(name, ours, theirs, n_prompt, n_generated, depth)
    return 0


def _compare(
    name: str, ours: EngineClient, theirs: LlamaBench, n_prompt: int, n_generated: int, depth: int
) -> None:
    def our_seconds() -> float:
        request = TimeTokens("bench", n_prompt, n_generated, depth)
        return ours.time_tokens(request, CancelToken()).seconds

    def their_seconds() -> float:
        return theirs.ask(n_prompt, n_generated, depth)

    our_seconds()  # warm both up
    their_seconds()
    mine, tool = interleave(our_seconds, their_seconds, 2 * ROUNDS)
    count = n_prompt + n_generated
    ratio = median(b / a for a, b in zip(mine, tool, strict=True))
    print(f"{name} at depth {depth}: ours {_speed(mine, count)}, llama-bench "
          f"{_speed(tool, count)} tokens/s; ours / llama-bench {ratio:.3f}")  # fmt: skip


def _speed(seconds: tuple[float, ...], count: int) -> str:
    found = [count / each for each in seconds]
    return f"{mean(found):.1f} ± {stdev(found):.1f} (median {median(found):.1f})"


def build(sources: Path, folder: Path) -> str:
    source = sources / "tools" / "llama-bench" / "llama-bench.cpp"
    return built("llama_bench.cpp", cut_out(source, FUNCTIONS), sources, folder)


if __name__ == "__main__":
    sys.exit(main())
