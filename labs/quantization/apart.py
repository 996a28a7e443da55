"""Compares models that do not fit into memory together: the base reads all windows first and
leaves, then each of the others reads them against what was kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labs.quantization.block import WindowBlock
from labs.quantization.comparison import Compared, Comparison
from labs.quantization.ending import STOPPED, Ending, why_no_speed
from labs.quantization.kept_windows import KeptWindows
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
from labs.quantization.variant import Variant
from labs.quantization.windows import Window, n_scored
from models.cancel import CancelToken
from models.engine.messages import Block
from models.errors import Cancelled, UserError

# Takes the place of the model before; the seat holds until the next one is asked for.
TakeSeat = Callable[[int], Generator[Any, None, Seat]]
# Raises UserError where the second cannot be compared with the base.
PassGate = Callable[[Seat], None]


@dataclass
class _Turns:
    run: Run
    with_speed: bool
    cancel: CancelToken
    problems: list[str] = field(default_factory=list)  # of speed, one a model at most

    def measure_speed(self, at: int) -> Generator[Compared, None, None]:
        """While the model is still there."""
        if self.with_speed:
            n = len(self.run.windows)
            yield Compared(n, n, "")
            seat, readings = self.run.seats[at], self.run.readings[at]
            problem = measure_writing([seat], [readings], self.run.windows[0], self.cancel)
            if problem == STOPPED:
                raise Cancelled
            self.problems += [problem] if problem else []


def compare_apart(
    variants: Sequence[Variant],
    take_seat: TakeSeat,
    pass_gate: PassGate,
    cut_windows: Callable[[Seat], Sequence[Window]],
    cancel: CancelToken,
    *,
    n_asked: int,
    with_speed: bool,
    folder: Path | None = None,
) -> Generator[Any, None, Comparison]:
    """As `compare`, one model after the other. `folder` is where the windows are kept."""
    base = yield from take_seat(0)
    windows = cut_windows(base)
    rows, columns = n_scored(len(windows[0].token_ids)), base.engine.info.n_vocab
    seats, labels = [base], [variant.label for variant in variants]
    turns = _Turns(run_of(seats, windows, labels), with_speed, cancel)
    ending: Ending | None = None
    with ExitStack() as stack:
        block = stack.enter_context(WindowBlock(rows, columns))
        kept = stack.enter_context(KeptWindows(len(windows), rows, columns, folder))
        try:
            yield from _read_base(turns, block, kept)
            for at in range(1, len(variants)):
                seat = yield from take_seat(at)
                pass_gate(seat)
                seats.append(seat)
                yield from _read_other(turns, at, block, kept)
        except (Cancelled, UserError) as error:
            if not any(turns.run.compared):
                raise
            ending = error
        return _made(turns, labels, n_asked, kept.size_bytes, ending)


def _read_base(turns: _Turns, block: Block, kept: KeptWindows) -> Generator[Compared, None, None]:
    run, label = turns.run, turns.run.seats[0].variant.label
    for at, window in enumerate(run.windows):
        yield Compared(at, len(run.windows), label)
        turns.cancel.raise_if_cancelled()
        read_base(run, window, block, turns.cancel)
        kept.keep(at, block)
    yield from turns.measure_speed(0)


def _read_other(
    turns: _Turns, at: int, block: Block, kept: KeptWindows
) -> Generator[Compared, None, None]:
    run, label = turns.run, turns.run.seats[at].variant.label
    for number, window in enumerate(run.windows):
        yield Compared(number, len(run.windows), label)
        turns.cancel.raise_if_cancelled()
        kept.put(number, block)
        compare_other(run, at, window, block, turns.cancel)
        learn_pieces(run, number)
    yield from turns.measure_speed(at)


def _made(
    turns: _Turns, labels: Sequence[str], n_asked: int, kept_bytes: int, ending: Ending | None
) -> Comparison:
    """Where it ended early, of those that have read everything; of the first where none has."""
    n_windows = len(turns.run.windows)
    n_others = max(1, sum(len(each) == n_windows for each in turns.run.compared))
    problem = " ".join(turns.problems)
    if ending and turns.with_speed:
        problem = why_no_speed(ending)
    return comparison_of(
        turns.run.first(n_others), n_asked or n_windows, ending, problem, kept_bytes=kept_bytes,
        left_out=tuple(labels[n_others + 1 :]),
    )  # fmt: skip
