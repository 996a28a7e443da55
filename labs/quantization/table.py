"""A comparison as a table of plain text: a row a measure, a column a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations, pairwise
from math import floor, isfinite, log10

from labs.quantization.comparison import Comparison, Row
from labs.quantization.figure import Figure
from labs.quantization.measures import Measures
from labs.quantization.naming import file_of, short_labels
from labs.quantization.speed import Spread
from models.amounts import size_text

_GAP, MOST_COLUMNS = 3, 5
NO_ERROR = 1e-6  # of the value: the rounding of 32 bits
SMALLEST_PLAIN = 1e-4  # below, a row of zeros says less than a power of ten
ROUNDING_NATS = 3.3e-7  # the starter as Q8_0 against itself, 20 windows of 512
SHARED_MEMORY = (
    "A file and its smaller attention caches run in one process, and its memory is told for each "
    "of them: it shows no saving. What a smaller cache saves grows with the length of a chat."
)
FULL_TYPES = frozenset({"F32", "F16", "BF16", "F64"})


def table_of(comparison: Comparison) -> str:
    """Many models are told in several tables below each other, each with the base."""
    base, *others = comparison.rows
    _, *names = short_labels([row.costs.label for row in comparison.rows])
    starts = range(0, len(others), MOST_COLUMNS)
    return "\n\n".join(
        _block(base, others[at : at + MOST_COLUMNS], names[at : at + MOST_COLUMNS])
        for at in starts
    )  # fmt: skip


def _block(base: Row, others: Sequence[Row], names: Sequence[str]) -> str:
    heads = ["", f"{base.costs.label} (base)", *names]
    lines = [heads, *_cost_lines((base, *others)), *_measure_lines(others)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    return "\n".join(
        (" " * _GAP).join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        .rstrip()
        for line in lines
    )  # fmt: skip


def notes_of(comparison: Comparison) -> tuple[str, ...]:
    """Sentences that belong under the table."""
    base, *others = comparison.rows
    told = [_extent(comparison)]
    if early := ended_early(comparison):
        told.insert(0, early)
    if comparison.left_out:
        told.append(f"Not read to the end: {', '.join(comparison.left_out)}.")
    if comparison.kept_bytes:
        told.append(_kept(comparison.kept_bytes))
    if comparison.speed_problem:
        told.append(_no_speed(comparison))
    told += [
        f"{row.costs.label}: {warning}"
        for row in others if row.measures for warning in row.measures.warnings
    ]  # fmt: skip
    told += _reasons(others)
    told += [f"{row.costs.label}: no window gave finite numbers." for row in others
             if row.measures is None]  # fmt: skip
    remarks = {file_of(row.costs.label): row.costs.name_remark for row in comparison.rows}
    told += [f"{name} is {remark}" for name, remark in remarks.items() if remark]
    if _shares_memory(comparison):
        told.append(SHARED_MEMORY)
    lossy = [s.type for s in base.costs.mix.shares if s.type not in FULL_TYPES]
    if lossy and any("@" not in row.costs.label for row in others):
        told.append(
            f"The base is quantized itself ({', '.join(lossy)}): what it lost is not seen, which "
            "flatters the others."
        )
    return tuple(told)


def ended_early(comparison: Comparison) -> str:
    """Where a stop or a fault came before everything was read; "" where none did."""
    made = comparison
    if not (made.is_partial or made.ended_by):
        return ""
    where = f"after {made.n_windows} of {made.n_asked} windows." if made.is_partial else ""
    if made.ended_by:
        return f"Partial: {f'ended {where} ' if where else ''}{made.ended_by}"
    return f"Partial: stopped {where}"


def _no_speed(comparison: Comparison) -> str:
    some = any(row.costs.write_speed for row in comparison.rows)
    told = "Speed is partial" if some else "How fast each writes was not measured"
    return f"{told}: {comparison.speed_problem}"


def _shares_memory(comparison: Comparison) -> bool:
    """Whether two rows tell the peak of one process: a file's caches are further contexts on its
    weights. Of models read apart only those that follow each other run in one; on a device of its
    own memory is no peak, and the later row may have less."""
    rows = comparison.rows
    pairs = pairwise(rows) if comparison.kept_bytes else combinations(rows, 2)
    return any(
        file_of(one.costs.label) == file_of(other.costs.label)
        and other.costs.memory_bytes >= one.costs.memory_bytes
        for one, other in pairs
    )


def _kept(size_bytes: int) -> str:
    return (
        "The models did not fit into memory together. So the base was read first, and what it said "
        f"was kept on disk meanwhile, rounded to 16 bits ({size_text(size_bytes)}); then the "
        "others were read, one after the other. The rounding alone reads as a mean divergence of "
        f"about {ROUNDING_NATS:.7f} nats (the starter as Q8_0 against itself). Speeds were not "
        "measured in turns, so what slowed the machine for a while may have slowed one of them."
    )


def _reasons(others: Sequence[Row]) -> list[str]:
    """Why an interval is not there, each once: most hold for every model."""
    found = [row.measures.kld_99 for row in others if row.measures]
    reasons = dict.fromkeys(figure.reason for figure in found if figure.reason)
    return [f"No interval for KL divergence, 99 %: {reason}" for reason in reasons]


def _extent(comparison: Comparison) -> str:
    size, n = comparison.window_tokens, comparison.n_windows
    is_all = n < comparison.n_asked and not comparison.is_partial
    fewer = ", all that the text holds" if is_all else ""
    if n == 1:
        return (
            f"1 window of {size} tokens{fewer}; its second half is scored. One window does not "
            "show how far others would differ, so there are no errors; ± of speeds is the standard "
            "deviation."
        )
    return (
        f"{n} windows of {size} tokens{fewer}; the second half of each is scored. ± is one "
        "standard error with windows as independent units, for speeds the standard deviation."
    )


def _cost_lines(rows: Sequence[Row]) -> list[list[str]]:
    costs = [row.costs for row in rows]
    return [
        ["Size", *(size_text(each.size_bytes) for each in costs)],
        ["Bits a weight", *(f"{each.mix.bits_per_weight:.2f}" for each in costs)],
        ["Load time", *(f"{each.load_s:.2f} s" for each in costs)],
        ["Memory", *(size_text(each.memory_bytes) for each in costs)],
        ["Reads", *(spread_text(each.read_speed, "tokens/s") for each in costs)],
        ["Writes", *(spread_text(each.write_speed, "tokens/s") for each in costs)],
        ["First token", *(spread_text(each.first_token_s, "s") for each in costs)],
    ]


def spread_text(spread: Spread | None, unit: str = "") -> str:
    """ "–" where nothing was measured."""
    return "–" if spread is None else f"{_with_error(spread.mean, spread.sd)} {unit}".strip()


def _measure_lines(others: Sequence[Row]) -> list[list[str]]:
    base = next((row.measures.perplexity_base for row in others if row.measures), None)
    found = [row.measures for row in others]

    def each(name: str, show: Callable[[Measures], str], base: str = "") -> list[str]:
        return [name, base, *("–" if m is None else show(m) for m in found)]

    kinds = next((list(m.kld_by_kind) for m in found if m), [])
    return [
        each("KL divergence, mean", lambda m: figure_text(m.kld, "nats")),
        each("  guidance", lambda m: m.band),
        *(each(f"  {kind}", partial(_kind, kind)) for kind in kinds if len(kinds) > 1),
        each("KL divergence, 99 %", lambda m: interval_text(m.kld_99, "nats")),
        each("Perplexity", lambda m: figure_text(m.perplexity), figure_text(base) if base else ""),
        each("  ratio to the base", lambda m: figure_text(m.perplexity_ratio)),
        each("RMS Δp", lambda m: figure_text(m.rms_delta_p, percent=True)),
        each("Same likeliest token", lambda m: figure_text(m.same_top, percent=True)),
    ]


def _kind(kind: str, measures: Measures) -> str:
    figure = measures.kld_by_kind.get(kind)
    return "–" if figure is None else figure_text(figure)


def figure_text(figure: Figure, unit: str = "", *, percent: bool = False) -> str:
    scale, unit = (100, "%") if percent else (1, unit)
    error = None if figure.se is None else scale * figure.se
    return f"{_with_error(scale * figure.value, error)} {unit}".strip()


def interval_text(figure: Figure, unit: str = "", *, percent: bool = False) -> str:
    """ "0.129 nats (0.121 to 0.137)"; the value alone where there is no interval."""
    scale, unit = (100, "%") if percent else (1, unit)
    value = scale * figure.value
    ends = [scale * end for end in (figure.low, figure.high) if end is not None]
    if len(ends) < 2:
        return f"{_number(value, 3)} {unit}".strip()
    if not isfinite(value) or abs(value) < SMALLEST_PLAIN:
        told, *around = (_number(value, 3), *(_number(end, 2) for end in ends))
    else:
        decimals = max(0, 2 - floor(log10(abs(value))))
        told, *around = (f"{each:.{decimals}f}" for each in (value, *ends))
    return f"{told} {unit}".strip() + f" ({' to '.join(around)})"


def _with_error(value: float, error: float | None) -> str:
    """Two figures of the error and three of the value at least: "0.2324 ± 0.0083", "279 ± 104"."""
    if not error or not value or not isfinite(error):
        return _number(value)
    if error < NO_ERROR * abs(value):
        return f"{_number(value)} ± 0"
    if abs(value) < SMALLEST_PLAIN:
        return f"{value:.3g} ± {error:.2g}"
    decimals = max(0, 1 - floor(log10(error)), 2 - floor(log10(abs(value))))
    return f"{value:.{decimals}f} ± {error:.{decimals}f}"


def _number(value: float, figures: int = 4) -> str:
    if not isfinite(value):
        return "too large"
    return "0" if value == 0 else f"{value:.{figures}g}"
