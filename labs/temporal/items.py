"""What both families of items share: the table they are generated from, and their pairs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from labs.experiments.scenarios.sets import Question, Scenario, Slot, Tone
from labs.temporal.surfaces import SURFACES, Surface

CLASSES = ("yes", "no")  # yes: it can still be done
MARGINS_MINUTES = (1, 5, 15, 30, 60, 120)  # to both sides
MOST_ATTEMPTS = 100  # to draw other moments where a pair was there before
WORDS = {"yes": "YES", "no": "NO"}
SLOTS = (Slot("plan", "Plan"), Slot("limit", "Limit"), Slot("moment", "Time"))
RULE = Slot("rule", "Rule")
TONES = (
    Tone("plain", "Plain", "The plan is to {plan}. Known is: {limit}, and {moment}."),
    Tone("chatty", "Chatty", "I would like to {plan}. As far as I know {limit}, and {moment}."),
    Tone("formal", "Formal", "It is intended to {plan}. It is on record that {limit}; "
                             "furthermore, {moment}."),
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One cell of the table. Its two items differ in one number and share a cluster; a margin of
    0 is the boundary, and there they differ in the rule."""

    domain: int
    margin: int
    surface: Surface
    round: int

    def name(self, domain: str) -> str:
        return f"{domain}-{self.surface.id}-{self.margin}-{self.round}"

    def chance(self, family: str, domain: str, seed: int, attempt: int) -> random.Random:
        return random.Random(f"{family} {self.name(domain)} {seed} {attempt}")


def cells(domains: int, rounds: int, *, with_boundary: bool) -> Iterator[Cell]:
    """Every domain with every margin once a round; surfaces take turns, and every round they move
    on, so that five rounds hold every combination."""
    margins = (*MARGINS_MINUTES, 0) if with_boundary else MARGINS_MINUTES
    for number in range(rounds):
        for domain in range(domains):
            for place, margin in enumerate(margins):
                turn = (domain + place + number) % len(SURFACES)
                # At noon and midnight a boundary would lie on the very line.
                surface = SURFACES[turn] if margin else SURFACES[(0, 1, 4)[turn % 3]]
                yield Cell(domain, margin, surface, number)


def distinct(
    pair_of: Callable[[Cell, int], tuple[Scenario, ...]], table: Iterable[Cell]
) -> tuple[Scenario, ...]:
    """The items of all cells. `pair_of` draws a pair for a cell and a number of the attempt, and
    draws again where another cell holds the same facts."""
    seen: set[tuple[str, ...]] = set()
    found: list[Scenario] = []
    for cell in table:
        for attempt in range(MOST_ATTEMPTS):
            pair = pair_of(cell, attempt)
            facts = {tuple(item.facts.values()) for item in pair}
            if not facts & seen:
                seen |= facts
                found += pair
                break
    return tuple(found)


def tones(*, with_rule: bool) -> tuple[Tone, ...]:
    end = " The rule: {rule}."
    return tuple(Tone(t.id, t.title, t.text + end) for t in TONES) if with_rule else TONES


def questions(usual: str, turned: str) -> tuple[Question, ...]:
    return Question("can", usual, WORDS), Question("cannot", turned, WORDS, turned=True)


def tags(**levels: str) -> tuple[str, ...]:
    """Levels of factors that belong to an item, as `surface:clock`."""
    return tuple(f"{name}:{level}" for name, level in levels.items())


def tagged(item: Scenario) -> dict[str, str]:
    """The levels that `tags` wrote down, and the domain."""
    found = dict(tag.split(":", 1) for tag in item.tags if ":" in tag)
    return {"domain": item.domain or "other", **found}


def draw_balanced(items: Sequence[Scenario], count: int, seed: int) -> tuple[Scenario, ...]:
    """About `count` items, never more, in whole clusters, with domains, margins and surfaces as
    even as they go; in the order of the set."""
    groups: dict[str, list[Scenario]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    waiting = list(groups.values())
    random.Random(f"items {seed}").shuffle(waiting)
    seen: dict[tuple[str, str], int] = {}
    chosen: set[str] = set()
    while fitting := [group for group in waiting if len(chosen) + len(group) <= count]:
        best = min(fitting, key=lambda group: sum(seen.get(trait, 0) for trait in _traits(group)))
        waiting.remove(best)
        chosen |= {item.id for item in best}
        for trait in _traits(best):
            seen[trait] = seen.get(trait, 0) + 1
    return tuple(item for item in items if item.id in chosen)


def _traits(group: Sequence[Scenario]) -> list[tuple[str, str]]:
    first = group[0]
    margin = abs(first.numbers.get("margin_minutes", 0))
    return [*tagged(first).items(), ("margin", str(margin))]
