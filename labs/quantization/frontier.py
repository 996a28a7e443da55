"""Divergence, speed and memory of the compared files as one chart: what speaks for each here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labs.experiments.charts import FrontierChart, FrontierPoint
from labs.quantization.comparison import Comparison, Row
from labs.quantization.distances import Distance, by_distance, closest
from labs.quantization.naming import is_cache, short_labels
from labs.quantization.speed import Spread
from labs.quantization.table import spread_text

TITLE = "Divergence, speed and memory on this machine"
SAME_MEMORY = 0.02  # loads of one file differ by so much


@dataclass(frozen=True)
class Beaten:
    """`loser` is at least as bad as `winner` in all three; `words` say in what."""

    loser: str
    winner: str
    words: str

    @property
    def sentence(self) -> str:
        return f"{self.loser} {self.words} than {self.winner}: nothing speaks for it here."


def frontier(comparison: Comparison) -> FrontierChart | None:
    """None where no speed was measured. Files that bear their type in name only are left off, and
    those that did not always give a number. A smaller attention cache is never beaten: what it
    saves grows with a chat, and windows are short.
    """
    labels = short_labels([row.costs.label for row in comparison.rows])
    rows = list(zip(labels, comparison.rows, strict=True))
    left_off = {label: why for label, row in rows if (why := _why_left_off(row))}
    points = [_point(label, row, row is comparison.rows[0]) for label, row in rows
              if row.costs.write_speed and label not in left_off
              and (row.measures or row is comparison.rows[0])]  # fmt: skip
    if len(points) < 2:
        return None
    caches = {label for label, row in rows if is_cache(row.costs.label)}
    beaten = [each for each in beaten_of(points) if each.loser not in caches]
    losers = {each.loser: each.winner for each in beaten}
    marked = tuple(_marked(point, losers.get(point.title, "")) for point in points)
    notes = [each.sentence for each in beaten]
    notes += [f"{label} is left off: it {why}." for label, why in left_off.items()]
    return FrontierChart(TITLE, marked, _finding(comparison, beaten), tuple(notes))


def _why_left_off(row: Row) -> str:
    if row.costs.name_remark:
        return "bears its type in name only"
    if row.measures and row.measures.n_not_finite:
        return f"gave no finite number at {row.measures.n_not_finite:,} tokens"
    return ""


def beaten_of(points: Sequence[FrontierPoint]) -> tuple[Beaten, ...]:
    """Files that another one beats: no worse in any of the three, and better beyond the errors in
    divergence or speed. Of several winners the closest to the base is named."""
    found = []
    for loser in points:
        winners = [point for point in points if point is not loser and _beats(point, loser)]
        if winners and not loser.is_base:
            best = min(winners, key=lambda point: point.kld)
            found.append(Beaten(loser.title, best.title, _in_what(best, loser)))
    return tuple(found)


def _beats(winner: FrontierPoint, loser: FrontierPoint) -> bool:
    no_worse = (
        winner.kld <= loser.kld
        and winner.speed >= loser.speed
        and winner.memory_bytes <= loser.memory_bytes * (1 + SAME_MEMORY)
    )
    return no_worse and (_is_farther(loser, winner) or _is_slower(loser, winner))


def _is_farther(loser: FrontierPoint, winner: FrontierPoint) -> bool:
    """The 95 % intervals do not touch."""
    return loser.kld_low > winner.kld_high


def _is_slower(loser: FrontierPoint, winner: FrontierPoint) -> bool:
    """Apart by more than both spread."""
    return loser.speed + loser.speed_sd < winner.speed - winner.speed_sd


def _is_larger(loser: FrontierPoint, winner: FrontierPoint) -> bool:
    return loser.memory_bytes > (1 + SAME_MEMORY) * winner.memory_bytes


def _in_what(winner: FrontierPoint, loser: FrontierPoint) -> str:
    """ "is slower, further off and larger in memory"."""
    words = [word for word, is_so in (
        ("slower", _is_slower(loser, winner)),
        ("further off", _is_farther(loser, winner)),
        ("larger in memory", _is_larger(loser, winner)),
    ) if is_so]  # fmt: skip
    joined = " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
    return f"is {joined}"


def _point(label: str, row: Row, is_base: bool) -> FrontierPoint:
    speed, found = row.costs.write_speed, row.measures
    assert speed is not None
    kld = found.kld if found else None
    value = kld.value if kld else 0.0
    return FrontierPoint(
        label,
        value,
        max(0.0, kld.low) if kld and kld.low is not None else value,
        kld.high if kld and kld.high is not None else value,
        speed.mean,
        speed.sd or 0.0,
        row.costs.memory_bytes,
        is_base,
    )


def _marked(point: FrontierPoint, winner: str) -> FrontierPoint:
    return FrontierPoint(**{**vars(point), "beaten_by": winner})


def _finding(comparison: Comparison, beaten: Sequence[Beaten]) -> str:
    """The closest and the fastest of all others, also of those that are beaten or not drawn."""
    near, fast = closest(comparison), _fastest(comparison)
    assert near is not None and fast  # of what is drawn
    is_clear = near.is_clear and len(fast) == 1
    told, first = spread_text(fast[0][0], "tokens a second"), near.first
    if len(comparison.rows) == 2:
        said = f"{first.label} writes {told}, {first.nats:.2g} nats from the base."
    elif is_clear and fast[0][1] == first:
        said = (f"{first.label} is the fastest of the others and the closest to the base, at "
                f"{told} and {first.nats:.2g} nats.")  # fmt: skip
    else:
        said = f"{near.words}{',' if is_clear else '.'} {_fast_words(fast)}."
    return " ".join([said, *(each.sentence for each in beaten[:1])])


def _fastest(comparison: Comparison) -> list[tuple[Spread, Distance]]:
    """The fastest, and those whose readings spread as far as they are slower."""
    speeds = [(speed, each) for each in by_distance(comparison)
              if (speed := comparison.rows[each.at].costs.write_speed)]  # fmt: skip
    speeds.sort(key=lambda each: (-each[0].mean, each[1].nats))
    return [
        each for at, each in enumerate(speeds) if not at or not _is_apart(each[0], speeds[0][0])
    ]


def _fast_words(fast: Sequence[tuple[Spread, Distance]]) -> str:
    if len(fast) > 1:
        those = ", ".join(f"{each.label} with {spread_text(speed)}" for speed, each in fast)
        return f"Which writes fastest is within noise: {those} tokens a second"
    ((speed, each),) = fast
    told = spread_text(speed, "tokens a second")
    return f"{each.label} writes fastest ({told}, {each.nats:.2g} nats)"


def _is_apart(slower: Spread, faster: Spread) -> bool:
    """By more than both spread; two single readings may lie anywhere."""
    spreads = [each.sd for each in (slower, faster) if each.sd is not None]
    return bool(spreads) and slower.mean + sum(spreads) < faster.mean
