"""Compares models that do not fit into memory together: the base reads all windows first and
leaves, then each of the others reads them against what was kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labs.quantization.block import WindowBlock
from labs.quantization.comparison import (
    STOPPED,
    Compared,
    Comparison,
    Run,
    Seat,
    measure_writing,
    rows_of,
    told_of,
)
from labs.quantization.kept_windows import KeptWindows
from labs.quantization.speed import Readings
from labs.quantization.variant import Variant
from labs.quantization.windows import Window, first_scored, n_scored
from models.cancel import CancelToken
from models.engine.messages import Block, CompareWindow, ReadWindow
from models.errors import Cancelled

# Takes the place of the model before; the seat holds until the next one is asked for.
TakeSeat = Callable[[int], Generator[Any, None, Seat]]
# Raises UserError where the second cannot be compared with the base.
PassGate = Callable[[Seat], None]


@dataclass
class _Turns:
    run: Run
    n_asked: int
    with_speed: bool
    cancel: CancelToken
    problems: list[str] = field(default_factory=list)  # of speed, one a model at most
    pieces: Mapping[int, str] = field(default_factory=dict)  # texts of the tokens told so far

    def first(self, n_others: int) -> Run:
        """The base and those that came first after it."""
        run = self.run
        return Run(run.seats[: n_others + 1], run.windows, run.readings[: n_others + 1], run.read,
                   run.compared[:n_others])  # fmt: skip

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
    seats = [base]
    run = Run(seats, windows, [Readings([], [], []) for _ in variants], [],
              [[] for _ in variants[1:]])  # fmt: skip
    turns = _Turns(run, n_asked, with_speed, cancel)
    stopped = False
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
        except Cancelled:
            if not any(run.compared):
                raise
            stopped = True
        return _made(turns, variants, kept.size_bytes, stopped)


def _read_base(turns: _Turns, block: Block, kept: KeptWindows) -> Generator[Compared, None, None]:
    run, seat = turns.run, turns.run.seats[0]
    for at, window in enumerate(run.windows):
        yield Compared(at, len(run.windows), seat.variant.label)
        turns.cancel.raise_if_cancelled()
        ids = window.token_ids
        read = seat.engine.read_window(ReadWindow("", ids, first_scored(len(ids)), block),
                                       turns.cancel)  # fmt: skip
        kept.keep(at, block)
        run.readings[0].read.append(len(ids) / read.read_s)
        run.read.append(read)
    yield from turns.measure_speed(0)


def _read_other(
    turns: _Turns, at: int, block: Block, kept: KeptWindows
) -> Generator[Compared, None, None]:
    run, seat = turns.run, turns.run.seats[at]
    for number, window in enumerate(run.windows):
        yield Compared(number, len(run.windows), seat.variant.label)
        turns.cancel.raise_if_cancelled()
        kept.put(number, block)
        ids = window.token_ids
        request = CompareWindow("", ids, first_scored(len(ids)), block)
        told = seat.engine.compare_window(request, turns.cancel)
        run.readings[at].read.append(len(ids) / told.read_s)
        run.compared[at - 1].append(told)
    turns.pieces = told_of(turns.first(at), seat.engine).pieces
    yield from turns.measure_speed(at)


def _made(turns: _Turns, variants: Sequence[Variant], kept_bytes: int, stopped: bool) -> Comparison:
    """After a stop, of those that have read everything; of the first one where none has."""
    n_windows = len(turns.run.windows)
    n_others = max(1, sum(len(each) == n_windows for each in turns.run.compared))
    run, last = turns.first(n_others), turns.run.seats[-1]
    problem = STOPPED if stopped and turns.with_speed else next(iter(turns.problems), "")
    return Comparison(
        tuple(rows_of(run)), run.n_done, turns.n_asked or n_windows,
        len(run.windows[0].token_ids), is_partial=run.n_done < n_windows, is_stopped=stopped,
        speed_problem=problem, told=told_of(run, last.engine, turns.pieces), kept_bytes=kept_bytes,
        left_out=tuple(each.label for each in variants[n_others + 1 :]),
    )  # fmt: skip
