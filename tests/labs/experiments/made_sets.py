"""Small scenario sets that tests bend."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from labs.experiments.scenarios.sets import Question, Scenario, ScenarioSet, Slot, Tone

YES_NO = {"yes": "YES", "no": "NO"}


def made_item(number: int, *, is_open: bool, **changes: Any) -> Scenario:
    """A deadline of `number` o'clock, met or missed by an hour."""
    now = number - 1 if is_open else number + 1
    made = Scenario(
        f"i{number}-{'open' if is_open else 'closed'}",
        {"due": f"{number:02d}:00", "now": f"{now:02d}:30"},
        "yes" if is_open else "no",
        f"{now:02d}:30 is {'before' if is_open else 'after'} {number:02d}:00.",
        f"i{number}",
    )
    return replace(made, **changes)


def made_set(**changes: Any) -> ScenarioSet:
    """A sound set of sixteen items in pairs, with a turned question and two tones."""
    made = ScenarioSet(
        "deadlines",
        1,
        "Deadlines",
        ("yes", "no"),
        (Slot("due", "Due at"), Slot("now", "Time now")),
        (
            Question("may", "Is there still time?", YES_NO),
            Question("late", "Is it too late?", YES_NO, turned=True),
        ),
        (
            Tone("plain", "Plain", "It is due at {due}. It is {now} now."),
            Tone("terse", "Terse", "{due}, now {now}."),
        ),
        tuple(
            made_item(number, is_open=is_open)
            for number in range(3, 11)
            for is_open in (True, False)
        ),
    )
    return replace(made, **changes)
