"""The numbers of a benchmark as text, and the sentences that explain them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from statistics import median

from labs.benchmark.results import Benchmark, Chatted, Spread, Test, spread_of
from models.amounts import size_text

SAME = 0.05  # a difference below this is not worth a reason
MOST_DECIMALS = 4
NONE = "–"
THEIRS = " Other programs were busy meanwhile, so part of it may be theirs."
COLUMNS = ("What", "Setting", "Median", "Middle half", "Range", "Mean ± sd", "n")


def number_text(value: float) -> str:
    """Three figures, or more where the number before the point has more; four decimals at most."""
    if not value:
        return "0"
    decimals = max(0, 2 - floor(log10(abs(value))))
    return f"{value:,.{min(decimals, MOST_DECIMALS)}f}"


def spread_text(spread: Spread) -> str:
    """ "95.1 ± 7.7", with two figures of the spread at least."""
    if spread.sd is None or not spread.sd:
        return number_text(spread.mean)
    decimals = min(max(0, 1 - floor(log10(spread.sd))), MOST_DECIMALS)
    return f"{spread.mean:,.{decimals}f} ± {spread.sd:,.{decimals}f}"


def what(test: Test) -> str:
    """ "Reads 512 tokens (pp512)"."""
    verb = "Reads" if test.kind == "read" else "Writes"
    deep = f", {test.depth:,} tokens deep" if test.depth else ""
    return f"{verb} {test.n_tokens:,} tokens{deep} ({test.name})"


def threads_text(threads: int) -> str:
    """ "own choice" where the library does not say."""
    if not threads:
        return "own choice"
    return f"{threads} thread{'s' if threads != 1 else ''}"


def setting(test: Test, *, with_layers: bool) -> str:
    threads = threads_text(test.threads)
    layers = "all" if test.gpu_layers < 0 else str(test.gpu_layers)
    return f"{threads}, {layers} GPU layers" if with_layers else threads


@dataclass(frozen=True)
class Line:
    """One row of a table: what, with which setting, and its readings in the order in which they
    were taken; `busy` says of each whether other programs kept the processor busy, () if nobody
    looked. `name` is what its benchmark goes by among several."""

    model: str
    what: str
    setting: str
    values: tuple[float, ...]
    unit: str
    busy: tuple[bool, ...] = ()
    name: str = ""

    @property
    def spread(self) -> Spread:
        found = spread_of(self.values)
        assert found is not None  # a line has readings
        return found

    @property
    def in_order(self) -> str:
        """ "24.0 (busy), 19.5 tokens/s"."""
        marks = self.busy or (False,) * len(self.values)
        told = (f"{number_text(value)}{' (busy)' if is_busy else ''}"
                for value, is_busy in zip(self.values, marks, strict=True))  # fmt: skip
        return f"{', '.join(told)} {self.unit}"

    @property
    def cells(self) -> tuple[str, ...]:
        """Under COLUMNS; one reading has neither a middle half nor a range."""
        spread, unit = self.spread, self.unit
        busy = f" ({sum(self.busy)} busy)" if any(self.busy) else ""
        lowest, highest = min(self.values), max(self.values)
        return (
            self.what,
            self.setting,
            f"{number_text(spread.median)} {unit}",
            f"{number_text(spread.low)} to {number_text(spread.high)}" if spread.n > 1 else NONE,
            f"{number_text(lowest)} to {number_text(highest)}" if spread.n > 1 else NONE,
            spread_text(spread),
            f"{spread.n}{busy}",
        )


def lines_of(benchmark: Benchmark) -> tuple[Line, ...]:
    """Bare speeds, then those as chatted; speeds in tokens a second, first tokens in seconds."""
    layers = len({test.gpu_layers for test in benchmark.tests}) > 1
    bare = (
        Line(benchmark.model.name, what(test), setting(test, with_layers=layers),
             tuple(each.tokens_per_s for each in test.repetitions), "tokens/s",
             tuple(each.is_busy for each in test.repetitions))
        for test in benchmark.tests if test.repetitions
    )  # fmt: skip
    return (*bare, *_chatted_lines(benchmark))


def _chatted_lines(benchmark: Benchmark) -> list[Line]:
    chatted = benchmark.chatted
    if chatted is None:
        return []
    firsts = [(turn.is_warm, turn.first_token_s) for turn in chatted.turns if turn.first_token_s]
    found = (
        ("As chatted: writes", [t.tokens_per_s for t in chatted.turns if t.tokens_per_s],
         "tokens/s"),
        ("First token, new text", [s for warm, s in firsts if not warm], "s"),
        ("First token, known text", [s for warm, s in firsts if warm], "s"),
    )  # fmt: skip
    is_simulated = benchmark.model.format == "sim"
    threads = NONE if is_simulated else threads_text(chatted.threads)
    return [
        Line(benchmark.model.name, name, threads, tuple(values), unit)
        for name, values, unit in found if values
    ]  # fmt: skip


def notes(benchmark: Benchmark) -> tuple[str, ...]:
    """Sentences that belong under the table, what limits it first."""
    told = []
    if benchmark.is_partial:
        told.append(partial_sentence(benchmark))
    if sentence := busy_sentence(benchmark):
        told.append(sentence)
    if benchmark.bare_reason:
        told.append(f"Measured as chatted only: {benchmark.bare_reason}")
    if benchmark.chatted_reason:
        told.append(f"Not measured as chatted: {benchmark.chatted_reason}")
    if sentence := chatted_sentence(benchmark):
        told.append(sentence)
    if benchmark.tests:
        told.append(conditions(benchmark))
    if benchmark.backend == "mlx" and benchmark.tests:
        told.append(
            "MLX: each token is worked out before the next one goes in; mlx_lm.benchmark overlaps "
            "them and tells of a little more."
        )
    return tuple(told)


def partial_sentence(benchmark: Benchmark) -> str:
    why = benchmark.problem or "It was stopped."
    if not benchmark.has_readings:
        return f"Not measured: {why if benchmark.problem else 'it was stopped before.'}"
    return f"Partial: {why} What had been measured is here."


def busy_sentence(benchmark: Benchmark) -> str:
    """How often others had the processor, and how much of it; "" where they had not."""
    busy = [
        each.others_cores for test in benchmark.tests for each in test.repetitions
        if each.is_busy and each.others_cores is not None
    ]  # fmt: skip
    if not busy:
        return ""
    return (
        f"During {len(busy)} of {benchmark.n_done} repetitions other programs kept the processor "
        f"busy, {median(busy):.1f} cores of it in the median (Assay’s own window counts too); they "
        "are marked, and count in the figures."
    )


def chatted_sentence(benchmark: Benchmark) -> str:
    """Why chatting is not as fast as the bare figure, "" where one of them is missing."""
    chatted, bare = benchmark.chatted, _comparable(benchmark)
    if chatted is None or bare is None or not chatted.write_speed or not bare.spread:
        return ""
    ratio = chatted.write_speed.median / bare.spread.median
    speeds = (
        f"Chatting it writes {number_text(chatted.write_speed.median)} tokens a second, bare "
        f"{number_text(bare.spread.median)}"
    )
    if abs(ratio - 1) < SAME:
        return (
            f"{speeds}: no difference that matters. Sampling, streaming and what is told of each "
            "token cost little here."
        )
    if ratio > 1 and bare.depth > chatted.depth:
        return (
            f"{speeds}: chatting, each token looks back on about {chatted.depth:,} tokens instead "
            f"of {bare.depth + bare.n_tokens // 2:,}, so the two cannot be compared."
        )
    if ratio > 1:
        return (
            f"{speeds}: chatting does more, so that it was faster is chance or a machine that was "
            "slower at times. Measure again."
        )
    less = f"{speeds}, {1 - ratio:.0%} less".replace("%", " %")
    if _overlap(chatted.write_speed, bare.spread):
        return (
            f"{less}; but the readings overlap, so part of it may be chance. Where it is not, "
            f"{_reasons(chatted, bare)}."
        )
    n_busy = sum(each.is_busy for each in bare.repetitions)
    theirs = THEIRS if 2 * n_busy >= len(bare.repetitions) else ""
    return f"{less}: {_reasons(chatted, bare)}.{theirs}"


def _comparable(benchmark: Benchmark) -> Test | None:
    """Bare writing with the threads that chatted."""
    threads = benchmark.chatted.threads if benchmark.chatted else 0
    found = [test for test in benchmark.tests if test.kind == "write" and test.threads == threads]
    return found[0] if found else None


def _reasons(chatted: Chatted, bare: Test) -> str:
    why = "choosing each token, telling its alternatives and streaming its text take time"
    if chatted.depth > bare.depth + bare.n_tokens:
        return (
            f"{why}, and each token looks back on about {chatted.depth:,} tokens of the "
            f"conversation instead of {bare.depth + bare.n_tokens // 2:,}"
        )
    return why


def _overlap(one: Spread, other: Spread) -> bool:
    """Whether the middle halves have values in common."""
    return one.low <= other.high and other.low <= one.high


def conditions(benchmark: Benchmark) -> str:
    """What the bare figures were measured with."""
    settings = benchmark.settings
    flash = "" if benchmark.backend == "mlx" else (
        f", flash attention {'on' if benchmark.flash_attention else 'off'}"
    )  # fmt: skip
    cache = {settings.type_k, settings.type_v}
    return (
        f"Random tokens, one repetition to warm up before those counted, batches of "
        f"{settings.n_batch}{flash}, attention cache in {' and '.join(sorted(cache))}. ± is the "
        "standard deviation of single repetitions."
    )


def heading(benchmark: Benchmark) -> str:
    """ "SmolLM2-135M-Instruct-Q8_0, 144.8 MB, Q8_0, llama.cpp on CPU"."""
    model = benchmark.model
    size = [size_text(model.size_bytes)] if model.size_bytes else []
    quantization = [model.quantization] if model.quantization else []
    device = f" on {benchmark.device}" if model.format in ("gguf", "mlx") else ""
    backend = [f"{benchmark.backend}{device}"] if benchmark.backend else []
    return ", ".join([model.name, *size, *quantization, *backend])


def table(benchmark: Benchmark) -> str:
    """Columns of plain text, "" without a reading."""
    if not benchmark.has_readings:
        return ""
    lines: Sequence[tuple[str, ...]] = [COLUMNS, *(line.cells for line in lines_of(benchmark))]
    widths = [max(len(line[at]) for line in lines) for at in range(len(COLUMNS))]
    return "\n".join(
        "   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
