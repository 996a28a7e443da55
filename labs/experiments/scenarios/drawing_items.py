"""Drawing some items of a set: whole groups, balanced over the classes."""

from __future__ import annotations

import random
from collections import Counter

from labs.experiments.scenarios.sets import Scenario, ScenarioSet


def draw_items(made: ScenarioSet, count: int, seed: int) -> tuple[Scenario, ...]:
    """About `count` items in the order of the set, never more, as many of each truth as the
    groups allow. Items that are variants of each other come together or not at all."""
    if count >= len(made.items):
        return made.items
    groups: dict[str, list[Scenario]] = {}
    for item in made.items:
        groups.setdefault(item.group, []).append(item)
    waiting = list(groups.values())
    random.Random(f"items {seed}").shuffle(waiting)
    chosen: list[Scenario] = []
    while fitting := [group for group in waiting if len(chosen) + len(group) <= count]:
        counts = Counter(dict.fromkeys(made.classes, 0)) + Counter(i.truth for i in chosen)
        best = min(fitting, key=lambda group: _imbalance(made, counts, group))
        waiting.remove(best)
        chosen += best
    ids = {item.id for item in chosen}
    return tuple(item for item in made.items if item.id in ids)


def _imbalance(made: ScenarioSet, counts: Counter[str], group: list[Scenario]) -> int:
    total = counts + Counter(item.truth for item in group)
    sizes = [total[name] for name in made.classes]
    return max(sizes) - min(sizes)
