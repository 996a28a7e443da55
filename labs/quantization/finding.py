"""What a comparison found, in one or two sentences."""

from __future__ import annotations

from labs.quantization.comparison import Comparison, Row
from labs.quantization.distances import closest, farthest
from labs.quantization.frontier import frontier
from labs.quantization.naming import short_labels
from labs.quantization.speed import Spread
from labs.quantization.table import figure_text


def finding_of(comparison: Comparison) -> str:
    """One other model by its own numbers; of several, which is closest, fastest, or beaten."""
    labels = short_labels([row.costs.label for row in comparison.rows])
    base, *others = zip(labels, comparison.rows, strict=True)
    chart = frontier(comparison)
    if len(others) > 1:
        return chart.finding if chart is not None else _of_many(comparison)
    return " ".join(_of_one(label, row, base) for label, row in others)


def _of_many(comparison: Comparison) -> str:
    """Where no speed tells more: the closest and the farthest."""
    ends = [end for end in (closest(comparison), farthest(comparison)) if end is not None]
    if not ends:
        return "None of them gave finite numbers everywhere."
    if set(ends[0].labels) == set(ends[1].labels):  # one alone, or nothing tells them apart
        return f"{ends[0].words}."
    return " ".join(f"{end.words}." for end in ends)


def by_kind(comparison: Comparison) -> tuple[str, ...]:
    """A sentence a model on the kinds of text, where there are several: what is measured on one
    kind alone may flatter a file."""
    labels = short_labels([row.costs.label for row in comparison.rows])
    told = []
    for label, row in list(zip(labels, comparison.rows, strict=True))[1:]:
        kinds = row.measures.kld_by_kind if row.measures else {}
        if len(kinds) > 1:
            parts = ", ".join(f"{kind} {figure_text(figure)}" for kind, figure in kinds.items())
            told.append(f"{label} by kind of text, mean divergence in nats: {parts}.")
    return tuple(told)


def _of_one(label: str, row: Row, base: tuple[str, Row]) -> str:
    found = row.measures
    if found is None:
        return f"{label} gave no finite numbers."
    told = (
        f"{label} diverges from {base[0]} by {figure_text(found.kld, 'nats')}, and finds the same "
        f"token likeliest at {figure_text(found.same_top, percent=True)} of all places."
    )
    gains = _gains(row, base[1])
    return f"{told} It {gains}." if gains else told


def _gains(row: Row, base: Row) -> str:
    own, other = row.costs, base.costs
    told = [f"is {own.size_bytes / other.size_bytes:.0%} of the size".replace("%", " %")]
    if own.write_speed and other.write_speed:
        told.append(_pace(own.write_speed, other.write_speed))
    return " and ".join(told) if own.size_bytes != other.size_bytes else "".join(told[1:])


def _pace(own: Spread, base: Spread) -> str:
    """As many times as fast, where that is more than single readings spread."""
    if abs(own.mean - base.mean) <= (own.sd or 0.0) + (base.sd or 0.0):
        return "writes about as fast, within what single readings spread"
    return f"writes {own.mean / base.mean:.1f} × as fast"
