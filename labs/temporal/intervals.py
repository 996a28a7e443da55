"""Items about intervals: does a plan clash with something else? Truth by Allen's relations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labs.experiments.scenarios.sets import Scenario, ScenarioSet
from labs.temporal.allen import APART, Interval, relation, shared_minutes
from labs.temporal.items import CLASSES, Cell, Family, questions, tags
from labs.temporal.surfaces import Writer, duration

# The plan, what may be in its way, what is planned.
DOMAINS = {
    "meeting": ("hold the video meeting", "the server maintenance", "the meeting"),
    "printer": ("print the posters", "the repair of the printer", "the printing"),
    "delivery": ("deliver the sofa", "the closure of the street", "the delivery"),
    "bench": ("use the lab bench", "the cleaning of the bench", "the experiment"),
    "pool": ("hold the swimming lesson", "the closing of the pool", "the lesson"),
    "hall": ("rehearse in the hall", "the exam in the hall", "the rehearsal"),
    "charging": ("charge the car", "the power cut", "the charging"),
    "call": ("call the supervisor", "the lecture of the supervisor", "the call"),
}
QUESTIONS = questions(
    "Can the plan be carried out without a clash of times?",
    "Do the two times clash, so that the plan cannot be carried out?",
)
RULES = {
    "yes": "times that only touch, without a common minute, do not clash",
    "no": "times that touch already clash",
}
SHORTEST_MINUTES = 15


@dataclass(frozen=True)
class _Shape:
    """Which of the two has the end that moves, which of the two comes first while they are apart,
    and the length of the one that stands still, against the margin."""

    plan_moves: bool
    plan_first: bool
    longer_by: int  # 1, 0 or −1


SHAPES = tuple(
    _Shape(moves, first, longer)
    for longer in (1, 0, -1) for moves in (True, False) for first in (True, False)
)  # fmt: skip


def _pair(cell: Cell, seed: int, attempt: int, with_rule: bool) -> Iterator[Scenario]:
    domain = list(DOMAINS)[cell.domain]
    rng = cell.chance("intervals", domain, seed, attempt)
    shape = rng.choice([each for each in SHAPES if _still_length(cell.margin, each)])
    still = _still_length(cell.margin, shape)
    reach = max(still, cell.margin) + cell.margin + SHORTEST_MINUTES
    edge = cell.surface.around(rng, reach, max(1, cell.margin))
    say = cell.surface.writer(rng)
    usual_rule = rng.choice(CLASSES)
    for truth in CLASSES:
        gap = cell.margin if truth == "yes" else -cell.margin
        plan, other = _place(shape, edge, gap, still, cell.margin)
        rule = RULES[usual_rule if gap else truth]
        yield _item(cell, domain, plan, other, say, rule if with_rule else "", truth)


def _still_length(margin: int, shape: _Shape) -> int:
    """0 where an interval of that length would be too short to be believed."""
    lengths = {1: margin + 45, 0: margin, -1: margin // 2}
    length = lengths[shape.longer_by]
    return length if length >= SHORTEST_MINUTES else 0


def _place(
    shape: _Shape, edge: int, gap: int, still: int, margin: int
) -> tuple[Interval, Interval]:
    """The plan and the other. One interval stands still and has an end at `edge`; the nearer end
    of the one that moves lies `gap` minutes away from it, or reaches as far into it."""
    length = (
        margin + SHORTEST_MINUTES
    )  # of the moving one beyond the edge, so that it is never empty
    still_first = shape.plan_first != shape.plan_moves
    if still_first:
        fixed, moving = Interval(edge - still, edge), Interval(edge + gap, edge + length)
    else:
        fixed, moving = Interval(edge, edge + still), Interval(edge - length, edge - gap)
    return (moving, fixed) if shape.plan_moves else (fixed, moving)


def _item(
    cell: Cell, domain: str, plan: Interval, other: Interval, say: Writer, rule: str, truth: str
) -> Scenario:
    wish, obstacle, planned = DOMAINS[domain]
    found = relation(plan, other)
    facts = {
        "plan": wish,
        "limit": f"{obstacle} begins {say(other.start, 0)} and ends {say(other.end, 0)}",
        "moment": f"{planned} begins {say(plan.start, 1)} and ends {say(plan.end, 1)}",
    }
    return Scenario(
        id=f"{cell.name(domain)}-{'free' if truth == 'yes' else 'clash'}",
        facts=facts | ({"rule": rule} if rule else {}),
        truth=truth,
        derivation=_derivation(plan, other, rule),
        cluster=cell.name(domain),
        domain=domain,
        tags=tags(surface=cell.surface.id, relation=found),
        numbers={"margin_minutes": float(-_depth(plan, other))},
    )


def _depth(plan: Interval, other: Interval) -> int:
    """How far the nearer end would have to move until the two only touch; negative is a gap."""
    return min(plan.end - other.start, other.end - plan.start)


def _derivation(plan: Interval, other: Interval, rule: str) -> str:
    found, shared = relation(plan, other), shared_minutes(plan, other)
    where = (
        f"On one clock, in minutes, the plan takes {plan.start} to {plan.end} and the other "
        f"{other.start} to {other.end}; Allen's relation of the plan to the other is “{found}”"
    )
    if shared == 0:
        return f"{where}, and {rule}."
    if found in APART:
        return f"{where}, {duration(-shared)} apart: no clash."
    return f"{where}, {duration(shared)} in common: a clash."


INTERVALS = Family(
    "intervals", "Intervals", "Do two times clash? Four moments, and Allen's relations.", QUESTIONS,
    len(DOMAINS), _pair,
)  # fmt: skip


def intervals(rounds: int, seed: int, *, with_boundary: bool = False) -> ScenarioSet:
    """96 items a round, as many with a clash as without.

    A pair differs in one end of one interval, so ten of the thirteen relations occur; “meets” and
    “met-by” come with the boundary, and “equals” has no partner that differs in one number.
    """
    return INTERVALS.made(rounds, seed, with_boundary=with_boundary)
