"""What is said of a set while it is written: its checks, and what it can show. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from labs.experiments.scenarios.set_checks import Check
from labs.experiments.scenarios.set_editing import checks_of
from labs.experiments.scenarios.sets import ScenarioSet
from labs.experiments.statistics.planning import preview


@dataclass(frozen=True)
class Looked:
    """`made` is the set these are about."""

    made: ScenarioSet
    checks: tuple[Check, ...]
    shows: tuple[str, ...]

    @property
    def refusals(self) -> int:
        return sum(check.level == "refuse" for check in self.checks)


def look(made: ScenarioSet, n_formats: int) -> Generator[str, None, Looked]:
    yield "Checking the set"
    checks = checks_of(made)
    yield "Working out what it can show"
    return Looked(made, checks, _shows(made, n_formats))


def _shows(made: ScenarioSet, n_formats: int) -> tuple[str, ...]:
    n_items, n_groups = len(made.items), len({item.group for item in made.items})
    if not n_items:
        return ("Without items nothing.",)
    sentences = preview(n_items, n_formats).sentences
    if n_groups == n_items:
        return sentences
    return (*sentences, (
        f"The {n_items} items come in {n_groups} clusters. Where the items of a cluster are "
        f"answered alike, they show no more than {n_groups} items would."
    ))  # fmt: skip
