"""What the models of a comparison have read so far, and what it says of them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from labs.quantization.comparison import Comparison, Costs, Row
from labs.quantization.ending import STOPPED, Ending, ended_by, named
from labs.quantization.family import Member, member_of
from labs.quantization.measures import WindowNumbers, measures
from labs.quantization.moved import OtherTold, Told, ToldWindow, ids_in
from labs.quantization.speed import Readings, spread_of, write
from labs.quantization.variant import Variant
from labs.quantization.windows import Window, first_scored
from models.cancel import CancelToken
from models.engine.messages import (
    Block,
    CompareWindow,
    Part,
    ReadWindow,
    WindowCompared,
    WindowRead,
)
from models.engine.pool import PooledEngine
from models.errors import Cancelled, EngineDied


@dataclass(frozen=True)
class Seat:
    """A variant, the engine that runs it, and what its file is made of: looked at before, since
    the file may be gone in the end."""

    variant: Variant
    engine: PooledEngine
    made_of: Member


def seat_of(variant: Variant, engine: PooledEngine) -> Seat:
    """Raises UserError when the file cannot be read."""
    return Seat(variant, engine, member_of(variant.entry))


@dataclass
class Run:
    """What has been read so far; `seats` keep what their engines said of themselves. `pieces`: the
    texts of the tokens told of, asked for on the way, since an engine may be gone in the end."""

    seats: Sequence[Seat]
    windows: Sequence[Window]
    readings: Sequence[Readings]
    compared: Sequence[list[WindowCompared]]
    read: list[WindowRead] = field(default_factory=list)
    pieces: dict[int, str] = field(default_factory=dict)

    @property
    def n_done(self) -> int:
        """Windows that every model has read: only over these do rows compare."""
        return min(len(each) for each in self.compared)

    def numbers(self, at: int) -> list[WindowNumbers]:
        """Of seat `at` and the base, as far as all have read."""
        pairs = zip(self.windows, self.read, self.compared[at - 1], strict=False)
        return [
            WindowNumbers(window.kind, base.nll, own.nll, own.kld, base.top_ids, own.top_ids)
            for window, base, own in list(pairs)[: self.n_done]
        ]

    def first(self, n_others: int) -> Run:
        """The base and those that came first after it."""
        n = n_others + 1
        return Run(self.seats[:n], self.windows, self.readings[:n], self.compared[:n_others],
                   self.read, self.pieces)  # fmt: skip


def run_of(seats: Sequence[Seat], windows: Sequence[Window], labels: Sequence[str]) -> Run:
    """`labels` of all that are going to have a seat."""
    readings = [Readings(label) for label in labels]
    return Run(seats, windows, readings, [[] for _ in labels[1:]])


# ---- window by window --------------------------------------------------------------------------


def read_base(run: Run, window: Window, block: Block, cancel: CancelToken) -> None:
    """The next window. Raises Cancelled, EngineDied and UserError with the name of the model, as
    `compare_other` does."""
    seat, ids = run.seats[0], window.token_ids
    request = ReadWindow("", ids, first_scored(len(ids)), block)
    with named(seat.variant.label):
        read = seat.engine.read_window(request, cancel)
    run.readings[0].read.append(len(ids) / read.read_s)
    run.read.append(read)


def compare_other(run: Run, at: int, window: Window, block: Block, cancel: CancelToken) -> None:
    seat, ids = run.seats[at], window.token_ids
    request = CompareWindow("", ids, first_scored(len(ids)), block)
    with named(seat.variant.label):
        told = seat.engine.compare_window(request, cancel)
    run.readings[at].read.append(len(ids) / told.read_s)
    run.compared[at - 1].append(told)


def learn_pieces(run: Run, number: int) -> None:
    """The texts of what was told in window `number`, from the last model that lives: all have the
    same tokens."""
    others = [each[number] for each in run.compared if len(each) > number]
    told = ids_in((_told_window(run.windows[number], run.read[number], others),))
    if new := tuple(token_id for token_id in told if token_id not in run.pieces):
        for seat in reversed(run.seats):
            try:
                tokens = seat.engine.tokenize((Part(token_ids=new),)).tokens
            except EngineDied:  # told where it is asked for numbers
                continue
            run.pieces |= {token.token_id: token.text for token in tokens}
            return


def measure_writing(
    seats: Sequence[Seat], readings: Sequence[Readings], window: Window, cancel: CancelToken
) -> str:
    """Why it was not finished, "" where it was: the windows that were read are worth keeping."""
    try:
        return write([seat.engine for seat in seats], readings, window.token_ids, cancel)
    except Cancelled:
        return STOPPED


# ---- in the end --------------------------------------------------------------------------------


def comparison_of(
    run: Run, n_asked: int, ending: Ending | None, speed_problem: str, **more: Any
) -> Comparison:
    """`ending`: what ended it, None where all was read; `more` as Comparison has it."""
    return Comparison(
        tuple(_rows_of(run)), run.n_done, n_asked, len(run.windows[0].token_ids),
        is_partial=run.n_done < len(run.windows),
        is_stopped=isinstance(ending, Cancelled) or speed_problem == STOPPED,
        ended_by=ended_by(ending), speed_problem=speed_problem, told=told_of(run), **more,
    )  # fmt: skip


def told_of(run: Run) -> Told:
    """What was said of every token of the windows that all have read."""
    told = zip(run.windows, run.read, *run.compared, strict=False)
    windows = tuple(_told_window(window, base, others) for window, base, *others in told)
    known = ids_in(windows)
    return Told(windows, {each: run.pieces[each] for each in known if each in run.pieces})


def _told_window(window: Window, base: WindowRead, others: Sequence[WindowCompared]) -> ToldWindow:
    first = first_scored(len(window.token_ids))
    told = tuple(OtherTold(each.nll, each.kld, each.top_ids, each.moved) for each in others)
    return ToldWindow(window.kind, window.token_ids, first, base.nll, base.top_ids, told)


def _rows_of(run: Run) -> Generator[Row, None, None]:
    for at, (seat, readings) in enumerate(zip(run.seats, run.readings, strict=True)):
        found = measures(run.numbers(at)) if at else None
        peaks = [read.peak_bytes for read in (run.compared[at - 1] if at else run.read)]
        yield Row(_costs(seat, readings, peaks), found)


def _costs(seat: Seat, readings: Readings, peaks: Sequence[int]) -> Costs:
    return Costs(
        label=seat.variant.label,
        size_bytes=seat.variant.entry.size_bytes,
        mix=seat.made_of.mix,
        load_s=seat.engine.info.load_s,
        memory_bytes=memory_of(seat, peaks),
        read_speed=readings.read_speed,
        write_speed=spread_of(readings.written),
        first_token_s=spread_of(readings.first_token_s),
        name_remark=seat.made_of.remark,
    )


def memory_of(seat: Seat, peaks: Sequence[int]) -> int:
    """The most its process has held up to the end of reading, where that is all of its memory; on
    a device of its own the peak of the load and what the context takes."""
    info = seat.engine.info
    if info.device == "CPU" and any(peaks):
        return max(peaks)
    return info.peak_memory_bytes + seat.engine.context.memory_bytes
