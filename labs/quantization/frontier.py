"""Divergence, speed and memory of the compared files as one chart: what speaks for each here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labs.experiments.results import FrontierChart, FrontierPoint
from labs.quantization.comparison import Comparison, Row
from labs.quantization.naming import is_cache, short_labels

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
    """None where no speed was measured. Files that bear their type in name only are left off. A
    smaller attention cache is never beaten: what it saves grows with a chat, and windows are short.
    """
    labels = short_labels([row.costs.label for row in comparison.rows])
    rows = [(label, row) for label, row in zip(labels, comparison.rows, strict=True)]
    left_off = [label for label, row in rows if row.costs.name_remark]
    points = [_point(label, row, row is comparison.rows[0]) for label, row in rows
              if row.costs.write_speed and not row.costs.name_remark
              and (row.measures or row is comparison.rows[0])]  # fmt: skip
    if len(points) < 2:
        return None
    caches = {label for label, row in rows if is_cache(row.costs.label)}
    beaten = [each for each in beaten_of(points) if each.loser not in caches]
    losers = {each.loser: each.winner for each in beaten}
    marked = tuple(_marked(point, losers.get(point.title, "")) for point in points)
    notes = [each.sentence for each in beaten]
    notes += [f"{label} is left off: it bears its type in name only." for label in left_off]
    return FrontierChart(TITLE, marked, _finding(marked, beaten), tuple(notes))


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


def _finding(points: Sequence[FrontierPoint], beaten: Sequence[Beaten]) -> str:
    others = [point for point in points if not point.is_base and not point.beaten_by]
    if not others:
        return " ".join(each.sentence for each in beaten)
    fastest = max(others, key=lambda point: point.speed)
    closest = min(others, key=lambda point: point.kld)
    if fastest is closest:
        told = (f"{fastest.title} is the fastest of the others and the closest to the base, at "
                f"{fastest.speed:.0f} tokens a second and {fastest.kld:.2g} nats.")  # fmt: skip
    else:
        told = (f"{closest.title} is closest to the base ({closest.kld:.2g} nats), "
                f"{fastest.title} writes fastest ({fastest.speed:.0f} tokens a second, "
                f"{fastest.kld:.2g} nats).")  # fmt: skip
    return " ".join([told, *(each.sentence for each in beaten[:1])])
