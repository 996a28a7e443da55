"""How an item is told in a list, where its id says nothing to a person."""

from __future__ import annotations

from labs.experiments.scenarios.sets import Scenario, ScenarioSet

MOST_LETTERS = 160  # beginning and end: items that are variants of each other differ in the last


def item_words(made: ScenarioSet, item: Scenario) -> str:
    """Its facts in the set's order, in one line: what it asks about first. Its id where it has
    none."""
    facts = [" ".join(item.facts.get(slot.id, "").split()) for slot in made.slots]
    told = " · ".join(filter(None, facts)) or item.id
    if len(told) <= MOST_LETTERS:
        return told
    half = MOST_LETTERS // 2
    return f"{told[:half].rstrip()} … {told[-half:].lstrip()}"
