"""A benchmark from names to numbers: loads, rounds in which all settings take turns, a record."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace

from labs.benchmark.amounts import amounts, is_chatted, n_readings
from labs.benchmark.bench_seat import Seat, round_of, unmeasured
from labs.benchmark.chatted import COLD_TOKENS, ROOM_TOKENS, TEXT_CHARACTERS, turns
from labs.benchmark.pace import Pace, Sort
from labs.benchmark.results import Benchmark, Kind
from labs.benchmark.wish import Subject, Wish, refuse, refuse_too_large
from labs.telemetry.gathering import Readings, Watch
from labs.telemetry.summary import as_data
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import ContextWish, Lease, Pool, Waiting
from models.engine.sandbox import Sandbox
from models.errors import Cancelled, UserError
from models.fit import fit_together
from models.hardware.memory import MemoryFree

HOLDER = "a benchmark"
NO_GPU = "This build of the engine has no graphics processor to move layers to."
NO_GPU_HINT = "Leave the GPU layers out, or set Assay up again with CUDA or Metal."
SERVED = "A server takes text only, so tokens without one cannot be timed."
EMPTY = "Its replies were empty, so there is nothing to time."
SIMULATED = "A simulated model has no weights to read."


@dataclass(frozen=True)
class Step:
    """`done` of `total` readings; `benchmarks` is what is known so far, `time_left_s` None while
    nothing tells."""

    done: int
    total: int
    detail: str
    benchmarks: tuple[Benchmark, ...] = ()
    time_left_s: float | None = None


@dataclass(frozen=True)
class Loading:
    """A model is being loaded, after `done` of `total` readings of all of them: of its own the bar
    would run to its end, and back."""

    done: int
    total: int
    detail: str
    time_left_s: float | None = None


@dataclass(frozen=True)
class Means:
    """What a benchmark works with. `readings`: whose sensors are watched meanwhile."""

    pool: Pool
    sandbox: Sandbox
    memory: MemoryFree
    readings: Readings | None = None


def run(
    wish: Wish, means: Means, cancel: CancelToken
) -> Generator[Waiting | Loading | Step, None, tuple[Benchmark, ...]]:
    """One benchmark a model, those without a reading last. A model that cannot be loaded, or whose
    process ends, leaves the others to go on; its benchmark is partial, with the problem, and may
    be without any. So is what a stop leaves. Raises UserError or EngineDied where nothing could
    be measured, Cancelled where it was stopped before."""
    refuse(wish)
    started = time.monotonic()
    work = _Work(wish, means, cancel)
    watch = Watch(means.readings) if means.readings else None
    with watch or nullcontext():
        try:
            for group in _groups(wish, means.memory):
                yield from work.measure(group)
        except Cancelled:
            if not work.benchmarks():
                raise
    work.refuse_nothing()
    took_s = time.monotonic() - started
    telemetry = as_data(watch.summary()) if watch else None
    return tuple(
        replace(found, took_s=took_s, telemetry=telemetry)
        for found in (*work.benchmarks(), *work.unmeasured())
    )


Group = Sequence[tuple[Subject, int | None]]  # loaded together; the second is the GPU layers


def _groups(wish: Wish, memory: MemoryFree) -> Iterator[Group]:
    """All at once where they fit, so that what slows the machine for a while slows all."""
    layers: Sequence[int | None] = wish.gpu_layers or (None,)
    loads = [(s.entry, replace(wish.settings_of(s), n_ctx=wish.n_ctx)) for s in wish.subjects]
    if len(layers) == 1 and fit_together(loads, memory):
        yield [(subject, layers[0]) for subject in wish.subjects]
        return
    for subject in wish.subjects:
        for count in layers:
            yield [(subject, count)]


class _Work:
    def __init__(self, wish: Wish, means: Means, cancel: CancelToken) -> None:
        self._problems: dict[str, UserError] = {}  # the first of each model
        self._wish = wish
        self._means = means
        self._cancel = cancel
        self._seats: list[Seat] = []
        loads = [(s, layers) for s in wish.subjects for layers in wish.gpu_layers or (None,)]
        self._total = sum(n_readings(wish, *load) for load in loads)
        self._done = 0
        self._pace = Pace(
            {(s.entry.model, layers): amounts(wish, s, layers) for s, layers in loads},
            {"cold": (TEXT_CHARACTERS // 4, COLD_TOKENS), "warm": (0, wish.n_written)},
        )

    def benchmarks(self) -> tuple[Benchmark, ...]:
        """One for each model that has a reading by now, its settings together."""
        by_model: dict[str, Benchmark] = {}
        for seat in self._seats:
            one, model = seat.benchmark(), seat.subject.entry.model
            if one.has_readings:
                by_model[model] = _joined(by_model[model], one) if model in by_model else one
        return tuple(
            replace(found, is_partial=self._is_short(model), problem=self._message(model))
            for model, found in by_model.items()
        )

    def unmeasured(self) -> tuple[Benchmark, ...]:
        """Those that have none, with the reason where it is not a stop."""
        seen = {seat.subject.entry.model for seat in self._seats if seat.benchmark().has_readings}
        return tuple(
            unmeasured(self._wish, subject, self._why_nothing(subject.entry.model))
            for subject in self._wish.subjects if subject.entry.model not in seen
        )  # fmt: skip

    def refuse_nothing(self) -> None:
        """Raise why there is no reading of any model."""
        if not self.benchmarks():
            why = self._why_nothing(self._wish.subjects[0].entry.model)
            raise next(iter(self._problems.values()), UserError(why))

    def measure(self, group: Group) -> Generator[Waiting | Loading | Step, None, None]:
        with ExitStack() as stack:
            seats = []
            for subject, layers in group:
                with self._trouble(subject, layers):
                    seat = yield from self._take_seat(stack, subject, layers)
                    seats.append(seat)
            bare = [seat for seat in seats if not seat.bare_reason]
            kinds: list[tuple[Kind, int]] = [("read", self._wish.n_read),
                                             ("write", self._wish.n_written)]  # fmt: skip
            for kind, count in kinds:
                if count:
                    yield from self._rounds(bare, kind)
            for seat in seats:
                if seat.chat is not None and not seat.is_out:
                    with self._trouble(seat.subject, seat.layers, seat):
                        yield from self._chat(seat)

    def _is_short(self, model: str) -> bool:
        seats = [seat for seat in self._seats if seat.subject.entry.model == model]
        layers = self._wish.gpu_layers or (None,)
        return len(seats) < len(layers) or not all(seat.is_complete for seat in seats)

    def _message(self, model: str) -> str:
        return self._problems[model].message if model in self._problems else ""

    def _why_nothing(self, model: str) -> str:
        seats = [seat for seat in self._seats if seat.subject.entry.model == model]
        told = [seat.chat_reason or (EMPTY if seat.is_complete else "") for seat in seats]
        return self._message(model) or next(filter(None, told), "")

    @contextmanager
    def _trouble(
        self, subject: Subject, layers: int | None, seat: Seat | None = None
    ) -> Iterator[None]:
        """What befalls one model is noted, and nothing more is expected of it."""
        try:
            yield
        except UserError as error:  # an engine that died as well
            self._problems.setdefault(subject.entry.model, error)
            self._total -= n_readings(self._wish, subject, layers)
            self._pace.drop((subject.entry.model, layers))
            if seat is not None:
                seat.is_out = True
                self._total += seat.n_steps

    def _take_seat(
        self, stack: ExitStack, subject: Subject, layers: int | None
    ) -> Generator[Waiting | Loading, None, Seat]:
        wish, entry = self._wish, subject.entry
        settings = wish.settings_of(subject, layers)
        refuse_too_large(wish, subject, settings, self._means.memory)
        chat = ContextWish("benchmark chat", ROOM_TOKENS + wish.n_written, 1, settings)
        bare = ContextWish("benchmark", wish.n_ctx, 1, settings)
        lease = yield from self._loaded(entry.name, self._means.pool.lease(
            entry.model, settings, context=bare if entry.is_local else chat, exclusive=True,
            holder=HOLDER, cancel=self._cancel,
        ))  # fmt: skip
        stack.enter_context(lease)
        stack.callback(lease.engine.close_context)
        if any(wish.gpu_layers) and lease.engine.info.device == "CPU":
            raise UserError(NO_GPU, NO_GPU_HINT)
        seat = Seat(wish, subject, settings, lease.engine, _why_not_bare(subject), layers)
        if is_chatted(wish, layers):
            with seat.chat_trouble():
                seat.chat = self._means.pool.beside(lease, chat) if entry.is_local else lease.engine
                stack.callback(seat.chat.close_context)
        self._seats.append(seat)
        return seat

    def _loaded(
        self, name: str, work: Generator[Progress | Waiting, None, Lease]
    ) -> Generator[Waiting | Loading, None, Lease]:
        yield self._loading(name)
        with closing(work):
            while True:
                try:
                    event = next(work)
                except StopIteration as end:
                    lease: Lease = end.value
                    return lease
                if isinstance(event, Progress):
                    yield self._loading(name, f", {100 * event.done / max(1, event.total):.0f} %")
                else:
                    yield event

    def _rounds(self, seats: Sequence[Seat], kind: Kind) -> Generator[Step, None, None]:
        """The first round warms up, and does not count."""
        order = [(seat, threads) for seat in seats for threads in seat.threads]
        for number in range(-1, self._wish.repetitions):
            for seat, threads in round_of(order, number):
                if seat.is_out:
                    continue
                yield self._step(f"{seat.name}: {seat.words(kind, threads)}"
                                 + (", warming up" if number < 0 else ""))  # fmt: skip
                self._cancel.raise_if_cancelled()
                with self._trouble(seat.subject, seat.layers, seat):
                    began = time.monotonic()
                    n_tokens = seat.measure(kind, threads, number, self._cancel)
                    self._pace.note(seat.load, kind, n_tokens, time.monotonic() - began)
                    self._done += 1

    def _chat(self, seat: Seat) -> Generator[Step, None, None]:
        wish, engine = self._wish, seat.chat
        assert engine is not None
        told = turns(
            engine, self._means.sandbox, wish.n_chatted, wish.n_written or 1, wish.seed,
            self._cancel,
        )  # fmt: skip
        yield self._step(f"{seat.name}: as chatted")
        with seat.chat_trouble():
            began = time.monotonic()
            for turn in told:
                seat.turns.append(turn)
                self._done += 1
                sort: Sort = "warm" if turn.is_warm else "cold"
                self._pace.note(seat.load, sort, 1, time.monotonic() - began)
                yield self._step(f"{seat.name}: as chatted")
                began = time.monotonic()
        self._done += 2 * wish.n_chatted - len(seat.turns)  # what trouble has left out
        self._pace.drop(seat.load)
        yield self._step(seat.name)

    def _loading(self, name: str, share: str = "") -> Loading:
        detail = f"{name}: loading{share}"
        return Loading(self._done, self._total, detail, self._pace.time_left_s)

    def _step(self, detail: str) -> Step:
        return Step(self._done, self._total, detail, self.benchmarks(), self._pace.time_left_s)


def _why_not_bare(subject: Subject) -> str:
    if subject.entry.is_local:
        return ""
    return SIMULATED if subject.entry.format == "sim" else SERVED


def _joined(one: Benchmark, other: Benchmark) -> Benchmark:
    """The same model with other GPU layers."""
    return replace(one, tests=(*one.tests, *other.tests), chatted=one.chatted or other.chatted,
                   chatted_reason=one.chatted_reason or other.chatted_reason)  # fmt: skip
