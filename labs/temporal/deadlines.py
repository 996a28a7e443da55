"""Items about deadlines: something ends at one moment, something is done at another."""

from __future__ import annotations

from collections.abc import Iterator

from labs.experiments.scenarios.sets import Scenario, ScenarioSet
from labs.temporal.items import CLASSES, Cell, Family, questions, tags
from labs.temporal.surfaces import duration

# The plan, what ends, what is done; a moment follows on the last two.
DOMAINS = {
    "pharmacy": ("collect a prescription", "the pharmacy closes", "the customer arrives there"),
    "parking": ("leave the car park without a fine", "the parking ticket runs out",
                "the driver leaves the car park"),
    "train": ("take the last train", "the train leaves", "the traveller reaches the platform"),
    "library": ("return a book without a fee", "the loan of the book ends",
                "the reader returns the book"),
    "oven": ("take the bread out before it burns", "the bread begins to burn",
             "the cook opens the oven"),
    "meeting": ("take part in the vote", "the vote in the meeting ends",
                "the member joins the meeting"),
    "ticket": ("buy a concert ticket in advance", "the advance sale ends",
               "the buyer places the order"),
    "bakery": ("order a cake for the next day", "the bakery stops taking orders",
               "the customer calls the bakery"),
}  # fmt: skip
QUESTIONS = questions(
    "Can the plan still be carried out in time?", "Is it already too late for the plan?"
)
RULES = {
    "yes": "the very same minute still counts as in time",
    "no": "the very same minute already counts as too late",
}


def _pair(cell: Cell, seed: int, attempt: int, with_rule: bool) -> Iterator[Scenario]:
    """In time and too late, the limit the same."""
    domain = list(DOMAINS)[cell.domain]
    plan, ends, done = DOMAINS[domain]
    rng = cell.chance("deadlines", domain, seed, attempt)
    limit = cell.surface.around(rng, cell.margin, cell.margin)
    say = cell.surface.writer(rng)
    usual_rule = rng.choice(CLASSES)
    for truth in CLASSES:
        margin = cell.margin if truth == "yes" else -cell.margin
        moment = limit - margin
        facts = {
            "plan": plan,
            "limit": f"{ends} {say(limit, 0)}",
            "moment": f"{done} {say(moment, 1)}",
        }
        if with_rule:
            facts["rule"] = RULES[usual_rule if margin else truth]
        yield Scenario(
            id=f"{cell.name(domain)}-{'in-time' if truth == 'yes' else 'late'}",
            facts=facts,
            truth=truth,
            derivation=_derivation(limit, moment, facts),
            cluster=cell.name(domain),
            domain=domain,
            tags=tags(surface=cell.surface.id),
            numbers={"margin_minutes": float(margin)},
        )


def _derivation(limit: int, moment: int, facts: dict[str, str]) -> str:
    margin = limit - moment
    if margin == 0:
        return f"Both fall on the same minute, and {facts['rule']}."
    side = "before" if margin > 0 else "after"
    end = "in time" if margin > 0 else "too late"
    return (
        f"On one clock, in minutes: {limit} - {moment} = {margin}; what is done comes "
        f"{duration(abs(margin))} {side} the limit, so it is {end}."
    )


DEADLINES = Family(
    "deadlines", "Deadlines", "Is there still time? Two moments, and one comparison.", QUESTIONS,
    len(DOMAINS), _pair,
)  # fmt: skip


def deadlines(rounds: int, seed: int, *, with_boundary: bool = False) -> ScenarioSet:
    """Eight domains × twelve margins = 96 items a round, as many in time as too late."""
    return DEADLINES.made(rounds, seed, with_boundary=with_boundary)
