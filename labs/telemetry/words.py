"""A summary in words: rows for a report, and what it means for times."""

from __future__ import annotations

from collections.abc import Iterator

from labs.telemetry.summary import EnergyTotal, Extent, Summary
from models.amounts import size_text

SWAPPED_BYTES = 64 * 2**20  # less is the system tidying up
LEAST_ONLY = ("free",)
MOST_ONLY = ("memory", "workers", "temperature")


def rows_of(summary: Summary) -> tuple[tuple[str, str], ...]:
    """Each sensor with what it said, or the reason why it said nothing."""
    return (
        ("Watched", f"{duration_text(summary.took_s)}, {summary.n_readings:,} readings"),
        *((extent.title, _extent(key, extent)) for key, extent in summary.extents.items()),
        *((f"Energy of {each.title}", _energy(each)) for each in summary.energy.values()),
        ("Swapped", _swapped(summary)),
        ("On battery", _part(summary.on_battery_s, summary.took_s)),
        ("Held back", _throttled(summary)),
    )


def short_text(summary: Summary) -> str:
    """One sentence on the busiest of it."""
    shown = (("cpu", "processor"), ("memory", "memory"), ("workers", "models’ processes"))
    told = [f"{name} {_extent(key, summary.extents[key])}" for key, name in shown
            if key in summary.extents]  # fmt: skip
    return f"The machine meanwhile: {'; '.join(told) or 'not watched'}."


def caveats_of(summary: Summary) -> Iterator[tuple[str, str]]:
    """What makes times longer than they would be, each with the kind of event it belongs to."""
    if max(summary.swapped_in_bytes, summary.swapped_out_bytes) >= SWAPPED_BYTES:
        yield "swap", f"Memory ran short: {_swapped(summary)}. Times are longer than they would be."
    if summary.on_battery_s:
        part = _part(summary.on_battery_s, summary.took_s)
        yield "battery", f"The machine ran on battery ({part}): times may be longer."
    if summary.throttled_s:
        held = f"The machine was held back ({_throttled(summary)})"
        yield "throttling", f"{held}: times are longer than they would be."


def amount_text(value: float, unit: str) -> str:
    if unit == "bytes":
        return size_text(round(value))
    digits = 1 if unit == "W" and value < 100 else 0
    return f"{value:,.{digits}f} {unit}"


def duration_text(seconds: float) -> str:
    """ "12 s", "4 min 5 s", "2 h 3 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def energy_text(joules: float) -> str:
    """Joules as they stand, and from a kilojoule on in thousands."""
    for unit, factor in (("MJ", 1e6), ("kJ", 1e3)):
        if abs(joules) >= factor:
            return f"{joules / factor:,.3g} {unit}"
    return f"{joules:.3g} J"


def _extent(key: str, extent: Extent) -> str:
    if extent.mean is None or extent.most is None or extent.least is None:
        return extent.reason
    if key in LEAST_ONLY:
        return f"{amount_text(extent.least, extent.unit)} at least"
    most = f"{amount_text(extent.most, extent.unit)} at most"
    if key in MOST_ONLY or key.endswith(MOST_ONLY):
        return most
    return f"{amount_text(extent.mean, extent.unit)} on average, {most}"


def _energy(total: EnergyTotal) -> str:
    if not total.counted_s:
        return total.reason or "Too few readings."
    return f"{energy_text(total.joules)} in {duration_text(total.counted_s)}"


def _swapped(summary: Summary) -> str:
    moved = (summary.swapped_out_bytes, summary.swapped_in_bytes)
    if not any(moved):
        return summary.swap_reason or "nothing"
    return f"{size_text(round(moved[0]))} to the disk, {size_text(round(moved[1]))} back"


def _part(seconds: float, of_s: float) -> str:
    if not seconds:
        return "no"
    if seconds >= of_s:
        return "all the time"
    return f"{duration_text(seconds)} of {duration_text(of_s)}"


def _throttled(summary: Summary) -> str:
    if not summary.throttled_s:
        return summary.throttle_reason or "no"
    causes = ", ".join(summary.throttle_causes)
    return f"{_part(summary.throttled_s, summary.took_s)}, by {causes}"
