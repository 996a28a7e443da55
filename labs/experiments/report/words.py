"""Numbers as they are read: value and unit, what lies around it, and n."""

from __future__ import annotations

from labs.experiments.report.blocks import Figure
from labs.experiments.results import Number, Unit
from labs.experiments.statistics.wording import hundredths, p_text, percent

PRIMARY = " (the outcome that was chosen before the run)"
UNIT_WORDS: dict[Unit, str] = {
    "points": " points", "minutes": " min", "nats": " nats", "number": "", "count": "", "share": "",
}  # fmt: skip


def value_text(number: Number) -> str:
    """“42 %”, “12 points”, or “not defined”."""
    return "not defined" if number.value is None else _amount(number.value, _unit(number))


def around_text(number: Number) -> str:
    """The interval, or what is expected by chance and p; "" where there is neither."""
    parts = []
    if number.low is not None and number.high is not None:
        low, high = (_amount(end, _unit(number)) for end in (number.low, number.high))
        parts.append(f"{low.removesuffix(UNIT_WORDS[_unit(number)])} to {high}")
    if "expected_by_chance" in number.extra:
        chance = _amount(number.extra["expected_by_chance"], "points")
        most = _amount(number.extra["chance_95"], "points")
        parts.append(f"expected by chance {chance}, rarely above {most}")
    if number.p is not None:
        parts.append(f"p {p_text(number.p)}")
    return "; ".join(parts)


def counted_text(number: Number) -> str:
    """What the number rests on, “n = 40” or “n = 20 groups” of items; "" where nothing counts."""
    if not number.n:
        return ""
    return f"n = {number.n} groups" if "clustered" in number.method else f"n = {number.n}"


def cell_text(cell: str | Number) -> str:
    """A cell of a table: value and interval on one line."""
    if isinstance(cell, str):
        return cell
    around = around_text(cell)
    if not around:
        return value_text(cell)
    return f"{value_text(cell)} ({', '.join(filter(None, (around, counted_text(cell))))})"


def figure_of(number: Number, *, is_primary: bool = False) -> Figure:
    around = "; ".join(filter(None, (around_text(number), counted_text(number))))
    label = "95 % interval " if number.low is not None else ""
    return Figure(
        value_text(number),
        number.title + (PRIMARY if is_primary else ""),
        label + around,
        number.sentence or number.reason,
    )


def shortened_hash(text: str) -> str:
    return f"{text[:12]}…" if len(text) > 12 else text


def _unit(number: Number) -> Unit:
    """How far a share moves is told in percentage points."""
    return "points" if "expected_by_chance" in number.extra else number.unit


def _amount(value: float, unit: Unit) -> str:
    """Shares and points are kept as parts of 1."""
    if unit == "share":
        text = percent(value)
    elif unit == "points":
        text = hundredths(value)
    elif unit == "count":
        text = f"{value:.0f}"
    elif unit == "minutes":
        text = f"{value:.1f}"
    else:
        text = f"{value:.2f}"
    if float(text.rstrip(" %")) == 0:
        text = text.replace("-", "")
    return text.replace("-", "−") + UNIT_WORDS[unit]
