"""The speed that memory allows, beside the speed that was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from labs.benchmark.results import Benchmark, Spread, spread_of
from labs.benchmark.traffic import Traffic
from labs.benchmark.words import number_text
from models.engine.phases import TracedRequest

N_STEPS = 48
LEAST_WRITTEN = 16  # tokens of a reply below which its speed is noise
NEAR = 0.25  # replies whose depths differ by less are one dot
HIGH, LOW = 0.8, 0.5  # shares of the limit
IN_BRACKETS = (
    "In brackets: the middle half of the readings; for a share, of those of the memory’s speed."
)


@dataclass(frozen=True)
class Dot:
    """A measured speed at a depth; `share` of the limit there (its MBU)."""

    depth: int
    speed: Spread
    share: float
    source: Literal["benchmark", "chat"]
    threads: int = 0


@dataclass(frozen=True)
class Limit:
    """One file: `line` of (depth, tokens a second at most), and what was measured."""

    traffic: Traffic
    line: tuple[tuple[int, float], ...]
    dots: tuple[Dot, ...] = ()

    @property
    def best(self) -> Dot | None:
        return max(self.dots, key=lambda dot: dot.share, default=None)


def limit_of(
    traffic: Traffic, bytes_per_s: float, n_ctx: int, benchmarks: Sequence[Benchmark] = (),
    requests: Sequence[TracedRequest] = (), model: str = "", fingerprint: str = "",
) -> Limit:  # fmt: skip
    """`benchmarks` and `requests` may be of any model. Those of these weights count: benchmarks by
    the `fingerprint`, or by the path `model` where one of the two is not known."""
    depths = sorted({round(n_ctx * step / N_STEPS) for step in range(N_STEPS + 1)})
    line = tuple((depth, traffic.limit(bytes_per_s, depth)) for depth in depths)
    dots = [
        Dot(depth, speed, speed.median / traffic.limit(bytes_per_s, depth), source, threads)
        for depth, speed, source, threads in (
            *_from_benchmarks(benchmarks, model, fingerprint), *_from_replies(requests, model),
        )
    ]  # fmt: skip
    return Limit(traffic, line, tuple(dots))


_Found = tuple[int, Spread, Literal["benchmark", "chat"], int]


def _from_benchmarks(benchmarks: Sequence[Benchmark], model: str, fingerprint: str) -> list[_Found]:
    """The newest writing of each depth with its fastest number of threads, and as chatted."""
    found: dict[int, _Found] = {}
    chats: list[_Found] = []
    for benchmark in benchmarks:
        measured = benchmark.model
        is_known = bool(measured.fingerprint and fingerprint)
        if measured.fingerprint != fingerprint if is_known else measured.path != model:
            continue
        depths = {test.depth for test in benchmark.tests if test.kind == "write"}
        for depth in depths:
            tests = [t for t in benchmark.tests if t.kind == "write" and t.depth == depth]
            best = max(tests, key=lambda test: test.spread.median if test.spread else 0)
            if best.spread:
                middle = depth + best.n_tokens // 2
                found.setdefault(middle, (middle, best.spread, "benchmark", best.threads))
        if (chat := benchmark.chatted) and chat.write_speed and not chats:
            chats.append((chat.depth, chat.write_speed, "chat", chat.threads))
    return [*found.values(), *chats]


def _from_replies(requests: Sequence[TracedRequest], model: str) -> list[_Found]:
    """Replies of this window, those of like depth together."""
    told = sorted(
        (request.prompt_tokens + request.reply_tokens // 2, request.generation_speed)
        for request in requests
        if request.model == model and request.kind == "reply" and request.outcome == "done"
        and request.reply_tokens >= LEAST_WRITTEN and request.generation_speed
        and not request.clock_moved
    )  # fmt: skip
    groups: list[list[tuple[int, float]]] = []
    for depth, speed in told:
        if groups and depth <= groups[-1][0][0] * (1 + NEAR):
            groups[-1].append((depth, speed or 0.0))
        else:
            groups.append([(depth, speed or 0.0)])
    found: list[_Found] = []
    for group in groups:
        spread = spread_of([speed for _, speed in group])
        if spread:
            found.append((round(sum(d for d, _ in group) / len(group)), spread, "chat", 0))
    return found


def sentences(
    limits: Sequence[Limit], *, is_measured: bool, shares: tuple[float, float] = (1.0, 1.0)
) -> tuple[str, ...]:
    """What the dots say, in words; `is_measured`: the bandwidth is this machine's own. `shares`: by
    how much shares would be lower, and higher, by the faster and the slower quartile of its
    readings."""
    dots = [limit.best for limit in limits if limit.best]
    told = [_reached(limit, shares) for limit in limits if limit.best]
    if not told:
        names = " and ".join(limit.traffic.name for limit in limits[:2])
        told.append(
            f"Nothing has been measured of {names or 'these files'} yet: a benchmark or a longer "
            "reply puts a dot here."
        )
    if dots and (shares[0] < shares[1] or any(dot.speed.n > 1 for dot in dots)):
        told.append(IN_BRACKETS)
    told += _compared(limits)
    if not is_measured:
        told.append(
            "The memory speed is not this machine's own, so shares of the limit say nothing about "
            "it before it is measured."
        )
    return tuple(told)


def _reached(limit: Limit, shares: tuple[float, float]) -> str:
    dot = limit.best
    assert dot is not None
    share = f"{100 * dot.share:.0f} %"
    low, high = (f"{100 * dot.share * factor:.0f}" for factor in shares)
    if low != high:
        share += f" ({low} to {high} %)"
    begin = (
        f"{limit.traffic.name} writes {_speed_text(dot.speed)} after {dot.depth:,} tokens, {share} "
        "of what memory allows"
    )
    if dot.share > 1.05:
        return (
            f"{begin}. More than the limit cannot be: the memory speed was measured or told too "
            "low, or caches hold a part of this small model. Measure it again."
        )
    if dot.share >= HIGH:
        return f"{begin}: memory is what holds it up. Only fewer bytes a token make it faster."
    if dot.share >= LOW:
        return (
            f"{begin}: mostly memory, and for the rest the work of unpacking weights and of "
            "everything that is no reading."
        )
    return (
        f"{begin}: memory is not what holds it up. As a rule it is the sums and the unpacking of "
        "the weights, or another program; more threads may help, a smaller file may not."
    )


def _speed_text(speed: Spread) -> str:
    told = f"{number_text(speed.median)} tokens a second"
    if speed.n == 1:
        return f"{told} (one reading)"
    return f"{told} ({number_text(speed.low)} to {number_text(speed.high)})"


def _compared(limits: Sequence[Limit]) -> list[str]:
    """Why a smaller file is faster, or is not, against the largest that was measured."""
    measured = sorted((each for each in limits if each.best),
                      key=lambda each: -each.traffic.read_bytes)  # fmt: skip
    return [_why(measured[0], other) for other in measured[1:]]


def _why(large: Limit, small: Limit) -> str:
    one, other = large.best, small.best
    assert one is not None and other is not None
    fewer = large.traffic.bytes_at(one.depth) / small.traffic.bytes_at(other.depth)
    faster = other.speed.median / one.speed.median
    begin = (
        f"{small.traffic.name} reads {fewer:.1f} times fewer bytes a token than "
        f"{large.traffic.name} and is {faster:.1f} times as fast"
    )
    if fewer < 1.1:
        return f"{begin}: they hardly differ in what is read."
    if faster >= 0.9 * fewer:
        return f"{begin}: as fewer bytes promise."
    if faster > 1.05:
        return f"{begin}: fewer bytes help, and unpacking them costs a part of it in computing."
    return f"{begin}: what is saved in reading is lost in unpacking its weights."
