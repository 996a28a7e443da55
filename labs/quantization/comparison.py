"""Compares models window by window: the base says how likely every token was, the others how far
they are from that. No file of logits is written, and nothing is rounded on the way."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from labs.quantization.block import WindowBlock
from labs.quantization.measures import Measures, WindowNumbers, measures
from labs.quantization.moved import OtherTold, Told, ToldWindow, ids_in
from labs.quantization.speed import Readings, Spread, spread_of, write
from labs.quantization.variant import Variant
from labs.quantization.windows import Window, first_scored, n_scored
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
from models.errors import Cancelled, UserError
from models.library.entry import ModelEntry
from models.library.gguf_header import read_header
from models.library.type_mix import TypeMix, type_mix
from models.library.weights import weights_of
from models.quantize.plan import name_remark

STOPPED = "it was stopped."


@dataclass(frozen=True)
class Seat:
    """A variant and the engine that runs it."""

    variant: Variant
    engine: PooledEngine


@dataclass(frozen=True)
class Compared:
    """`done` of `total` windows are compared; `label` is the model that is asked now, "" where
    all are and speed is measured."""

    done: int
    total: int
    label: str


@dataclass(frozen=True)
class Costs:
    """What a model takes. `read_speed` is of whole windows, half of whose predictions are told:
    lower than llama-bench's of a prompt, where one is. `memory_bytes`: see `memory_of`."""

    label: str
    size_bytes: int
    mix: TypeMix
    load_s: float
    memory_bytes: int
    read_speed: Spread | None
    write_speed: Spread | None
    first_token_s: Spread | None
    name_remark: str = ""  # where the file bears its type in name only


@dataclass(frozen=True)
class Row:
    """One model: its costs, and its distance from the base (None for the base itself and where
    no number was finite)."""

    costs: Costs
    measures: Measures | None = None


@dataclass(frozen=True)
class Comparison:
    """`rows` begin with the base. `is_partial`: it was stopped before all windows were read;
    `is_stopped`: then, or while speeds were measured. `speed_problem` says why speeds are not all
    there, "" where they are or nobody asked for them. `told`: what was said of each token.
    `kept_bytes`: what the base's log-probabilities took on disk, rounded to 16 bits, where the
    models did not fit into memory together; 0 where they did. `left_out`: labels of those that a
    stop came before."""

    rows: tuple[Row, ...]
    n_windows: int
    n_asked: int
    window_tokens: int
    is_partial: bool = False
    is_stopped: bool = False
    speed_problem: str = ""
    told: Told = field(default_factory=Told)
    kept_bytes: int = 0
    left_out: tuple[str, ...] = ()

    @property
    def speed_is_partial(self) -> bool:
        return bool(self.speed_problem)


@dataclass
class Run:
    """What has been read so far; `seats` keep what their engines said of themselves."""

    seats: Sequence[Seat]
    windows: Sequence[Window]
    readings: list[Readings]
    read: list[WindowRead] = field(default_factory=list)
    compared: list[list[WindowCompared]] = field(default_factory=list)

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


def compare(
    seats: Sequence[Seat],
    windows: Sequence[Window],
    cancel: CancelToken,
    *,
    n_asked: int = 0,
    with_speed: bool = True,
) -> Generator[Compared, None, Comparison]:
    """The first of `seats` is the base. Stopped in the middle it returns what is there, marked as
    partial. Raises Cancelled when stopped before all have read the first window, EngineDied."""
    run = Run(seats, windows, [Readings([], [], []) for _ in seats], [], [[] for _ in seats[1:]])
    size = len(windows[0].token_ids)
    columns = seats[0].engine.info.n_vocab
    stopped = False
    with WindowBlock(n_scored(size), columns) as block:
        try:
            yield from _compare_all(run, block, cancel)
        except Cancelled:
            if not run.n_done:
                raise
            stopped = True
    told, problem = told_of(run, seats[0].engine), ""
    if with_speed and not stopped:
        yield Compared(len(windows), len(windows), "")
        problem = measure_writing(seats, run.readings, windows[0], cancel)
    elif with_speed:
        problem = STOPPED
    return Comparison(
        tuple(rows_of(run)), run.n_done, n_asked or len(windows), size, is_partial=stopped,
        is_stopped=stopped or problem == STOPPED, speed_problem=problem, told=told,
    )  # fmt: skip


def _compare_all(run: Run, block: Block, cancel: CancelToken) -> Generator[Compared, None, None]:
    total = len(run.windows)
    for done, window in enumerate(run.windows):
        ids, first = window.token_ids, first_scored(len(window.token_ids))
        yield Compared(done, total, run.seats[0].variant.label)
        cancel.raise_if_cancelled()
        base = run.seats[0].engine.read_window(ReadWindow("", ids, first, block), cancel)
        run.readings[0].read.append(len(ids) / base.read_s)
        run.read.append(base)
        for at, seat in enumerate(run.seats[1:], 1):
            yield Compared(done, total, seat.variant.label)
            cancel.raise_if_cancelled()
            _compare_one(run, at, window, block, cancel)


def _compare_one(run: Run, at: int, window: Window, block: Block, cancel: CancelToken) -> None:
    ids, first = window.token_ids, first_scored(len(window.token_ids))
    request = CompareWindow("", ids, first, block)
    told = run.seats[at].engine.compare_window(request, cancel)
    run.readings[at].read.append(len(ids) / told.read_s)
    run.compared[at - 1].append(told)


def told_of(
    run: Run, engine: PooledEngine, known: Mapping[int, str] = MappingProxyType({})
) -> Told:
    """What was said of every token, and their texts; those that are `known` where the engine is
    no more."""
    told = zip(run.windows, run.read, *run.compared, strict=False)
    windows = tuple(
        ToldWindow(
            window.kind, window.token_ids, first_scored(len(window.token_ids)), base.nll,
            base.top_ids, tuple(OtherTold(o.nll, o.kld, o.top_ids, o.moved) for o in others),
        )
        for window, base, *others in told
    )  # fmt: skip
    ids = ids_in(windows)
    try:
        tokens = engine.tokenize((Part(token_ids=ids),)).tokens
    except UserError:
        return Told(windows, known)
    return Told(windows, {token.token_id: token.text for token in tokens})


def measure_writing(
    seats: Sequence[Seat], readings: Sequence[Readings], window: Window, cancel: CancelToken
) -> str:
    """Why it was not finished, "" where it was: the windows that were read are worth keeping."""
    try:
        write([seat.engine for seat in seats], readings, window.token_ids, cancel)
    except Cancelled:
        return STOPPED
    except UserError as error:  # an engine that died as well
        return error.message
    return ""


def rows_of(run: Run) -> Generator[Row, None, None]:
    for at, (seat, readings) in enumerate(zip(run.seats, run.readings, strict=True)):
        found = measures(run.numbers(at)) if at else None
        peaks = [read.peak_bytes for read in (run.compared[at - 1] if at else run.read)]
        yield Row(_costs(seat, readings, peaks), found)


def memory_of(seat: Seat, peaks: Sequence[int]) -> int:
    """The most its process has held up to the end of reading, where that is all of its memory; on
    a device of its own the peak of the load and what the context takes."""
    info = seat.engine.info
    if info.device == "CPU" and any(peaks):
        return max(peaks)
    return info.peak_memory_bytes + seat.engine.context.memory_bytes


def _costs(seat: Seat, readings: Readings, peaks: Sequence[int]) -> Costs:
    entry, info = seat.variant.entry, seat.engine.info
    return Costs(
        label=seat.variant.label,
        size_bytes=entry.size_bytes,
        mix=type_mix(weights_of(entry)),
        load_s=info.load_s,
        memory_bytes=memory_of(seat, peaks),
        read_speed=readings.read_speed,
        write_speed=spread_of(readings.written),
        first_token_s=spread_of(readings.first_token_s),
        name_remark=_name_remark(entry),
    )


def _name_remark(entry: ModelEntry) -> str:
    if entry.format != "gguf":
        return ""
    return name_remark(entry.quantization, [read_header(path) for path in entry.files])
