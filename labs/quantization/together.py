"""Compares models window by window: the base says how likely every token was, the others how far
they are from that. No file of logits is written, and nothing is rounded on the way."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from labs.quantization.block import WindowBlock
from labs.quantization.comparison import Compared, Comparison
from labs.quantization.ending import Ending, why_no_speed
from labs.quantization.reading import (
    Run,
    Seat,
    compare_other,
    comparison_of,
    learn_pieces,
    measure_writing,
    read_base,
    run_of,
)
from labs.quantization.windows import Window, n_scored
from models.cancel import CancelToken
from models.engine.messages import Block
from models.errors import Cancelled, UserError


def compare(
    seats: Sequence[Seat],
    windows: Sequence[Window],
    cancel: CancelToken,
    *,
    n_asked: int = 0,
    with_speed: bool = True,
) -> Generator[Compared, None, Comparison]:
    """The first of `seats` is the base. Stopped, or ended by a fault, in the middle it returns
    what is there, marked as partial. Raises Cancelled, EngineDied or UserError where that comes
    before all have read the first window."""
    run = run_of(seats, windows, [seat.variant.label for seat in seats])
    ending: Ending | None = None
    with WindowBlock(n_scored(len(windows[0].token_ids)), seats[0].engine.info.n_vocab) as block:
        try:
            yield from _compare_all(run, block, cancel)
        except (Cancelled, UserError) as error:
            if not run.n_done:
                raise
            ending = error
    problem = why_no_speed(ending) if ending and with_speed else ""
    if with_speed and not ending:
        yield Compared(len(windows), len(windows), "")
        problem = measure_writing(seats, run.readings, windows[0], cancel)
    return comparison_of(run, n_asked or len(windows), ending, problem)


def _compare_all(run: Run, block: Block, cancel: CancelToken) -> Generator[Compared, None, None]:
    total = len(run.windows)
    for done, window in enumerate(run.windows):
        for at, seat in enumerate(run.seats):
            yield Compared(done, total, seat.variant.label)
            cancel.raise_if_cancelled()
            if at:
                compare_other(run, at, window, block, cancel)
            else:
                read_base(run, window, block, cancel)
        learn_pieces(run, done)
