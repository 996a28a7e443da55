"""Benchmarks and limits as charts."""

from __future__ import annotations

from collections.abc import Sequence

from labs.benchmark.limit import Limit
from labs.benchmark.results import Benchmark, Chatted, Kind, Test
from labs.benchmark.side_by_side import names_of
from labs.benchmark.words import number_text, setting
from labs.experiments.charts import LimitChart, LimitPoint, LimitSeries, ReadingsChart, ReadingsRow

BUSY = "other programs kept the processor busy"
VERBS: dict[Kind, str] = {"read": "Reading a prompt", "write": "Writing a reply"}


def readings_chart(benchmarks: Sequence[Benchmark], kind: Kind) -> ReadingsChart | None:
    """All settings of all models, fastest readings to the right; None where none was measured."""
    named = list(zip(names_of(benchmarks), benchmarks, strict=True))
    tests = [(name, test) for name, each in named for test in each.tests
             if test.kind == kind and test.spread]  # fmt: skip
    rows = [_row(name, test, tests) for name, test in tests]
    chatted = [(name if len(named) > 1 else "", each.chatted) for name, each in named]
    rows += [row for each in chatted if kind == "write" and (row := _chatted_row(*each))]
    if not rows:
        return None
    best = max(rows, key=lambda row: row.median)
    counts = sorted({test.n_tokens for _, test in tests})
    size = f", {counts[0]:,} tokens" if len(counts) == 1 else ""
    return ReadingsChart(
        f"{VERBS[kind]}{size}",
        "tokens a second",
        tuple(rows),
        f"{VERBS[kind]}: the fastest median is {number_text(best.median)} tokens a second, "
        f"{best.title}.",
        BUSY + (" (not watched as chatted)" if kind == "write" and len(rows) > len(tests) else ""),
    )


def _row(name: str, test: Test, tests: Sequence[tuple[str, Test]]) -> ReadingsRow:
    """Named by what differs between the rows."""
    several = len({other for other, _ in tests}) > 1
    layers = len({other.gpu_layers for _, other in tests}) > 1
    settings = {setting(other, with_layers=layers) for _, other in tests}
    parts = [name] if several else []
    if not several or len(settings) > 1:
        parts.append(setting(test, with_layers=layers))
    if len({other.depth for _, other in tests}) > 1:
        parts.append(f"{test.depth:,} tokens deep")
    spread = test.spread
    assert spread is not None
    return ReadingsRow(
        ", ".join(parts),
        tuple(each.tokens_per_s for each in test.repetitions),
        tuple(each.is_busy for each in test.repetitions),
        spread.median, spread.low, spread.high,
    )  # fmt: skip


def _chatted_row(name: str, chatted: Chatted | None) -> ReadingsRow | None:
    spread = chatted.write_speed if chatted else None
    if chatted is None or spread is None:
        return None
    values = tuple(turn.tokens_per_s for turn in chatted.turns if turn.tokens_per_s)
    title = f"{name}, as chatted" if name else "as chatted"
    return ReadingsRow(title, values, (False,) * len(values), spread.median, spread.low,
                       spread.high)  # fmt: skip


def limit_chart(limits: Sequence[Limit], memory_words: str, finding: str) -> LimitChart:
    """`memory_words` say whose memory speed the lines stand on."""
    has_spread = any(dot.speed.n > 1 for each in limits for dot in each.dots)
    whiskers = " Whiskers: the middle half of the readings." if has_spread else ""
    return LimitChart(
        "The fastest that memory allows, and what was measured",
        tuple(LimitSeries(each.traffic.name, tuple((float(x), y) for x, y in each.line),
                          _points(each)) for each in limits),
        finding,
        f"Line: {memory_words}, divided by the bytes that one token needs.{whiskers}",
    )  # fmt: skip


def _points(limit: Limit) -> tuple[LimitPoint, ...]:
    return tuple(
        LimitPoint(dot.depth, dot.speed.median, dot.speed.low, dot.speed.high, dot.speed.n,
                   dot.source)
        for dot in limit.dots
    )  # fmt: skip
