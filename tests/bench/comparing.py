"""Comparing two files window by window, beside the bare forward passes it needs."""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from pathlib import Path

from labs.quantization.reading import Seat, seat_of
from labs.quantization.texts import bundled_texts
from labs.quantization.together import compare
from labs.quantization.variant import Variant
from labs.quantization.windows import Window, cut
from models.cancel import CancelToken
from models.engine.llama_open_contexts import threads_for
from models.engine.messages import LoadSettings, Part
from models.engine.pool import ContextWish, Pool
from models.library.library import Library
from models.long_work import result_of
from models.quantize.quantize import Wish, quantize
from models.starter import starter_path
from tests.bench.line import ROUNDS, Bound, Line, interleave
from tests.bench.processes import Talker

N_WINDOWS, SIZE = 20, 512
BOUND = Bound("ratio", "at most", 1.15)
NAME = "Comparing two files, 20 windows of 512"


def measure(work: Path) -> tuple[Line, ...]:
    """Four windows a round, in turns with the bare passes over the same; five rounds are 20."""
    starter = starter_path()
    if starter is None:
        return (Line(NAME, "s", BOUND, missing="the starter is not prepared"),)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        other = _quantized(starter, Path(folder))
        return (_measure(starter, other, Path(folder)),)


def _quantized(starter: Path, folder: Path) -> Path:
    (entry,) = Library(folder / "index").add(starter)
    wish = Wish(entry, folder / "other-Q4_0.gguf", "Q4_0", allow_requantize=True)
    return result_of(quantize(wish, CancelToken())).path


def _measure(starter: Path, other: Path, folder: Path) -> Line:
    settings, library = LoadSettings(), Library(folder / "index")
    words = (str(starter), str(other), str(threads_for(settings)))
    with closing(Pool(fits=lambda *_: True)) as pool, Talker("bare_windows", *words) as bare:
        seats = [_seat(pool, library, path, settings) for path in (starter, other)]
        windows = _windows(seats[0])
        rounds = [windows[at::ROUNDS] for at in range(ROUNDS)]
        bare.ask(windows=[rounds[0][0].token_ids])  # warm both up
        result_of(compare(seats, rounds[0][:1], CancelToken(), with_speed=False))
        ours_of, bare_of = iter(rounds), iter(rounds)
        ours, baseline = interleave(
            lambda: _compare(seats, next(ours_of)),
            lambda: bare.ask(windows=[w.token_ids for w in next(bare_of)])["seconds"],
        )
    return Line(NAME, "s", BOUND, ours, baseline, "bare forward passes of both",
                "four windows a round, five rounds")  # fmt: skip


def _seat(pool: Pool, library: Library, path: Path, settings: LoadSettings) -> Seat:
    (entry,) = library.add(path)
    context = ContextWish("comparison", SIZE, 1, settings)
    lease = result_of(pool.lease(entry.model, settings, context=context, exclusive=True))
    return seat_of(Variant(entry, settings), lease.engine)


def _windows(seat: Seat) -> tuple[Window, ...]:
    engine = seat.engine
    return cut(
        bundled_texts(),
        lambda text: [token.token_id for token in engine.tokenize((Part(text),)).tokens],
        engine.describe_vocabulary(),
        N_WINDOWS,
        SIZE,
    )


def _compare(seats: list[Seat], windows: tuple[Window, ...]) -> float:
    started = time.perf_counter()
    result_of(compare(seats, windows, CancelToken(), with_speed=False))
    return time.perf_counter() - started
