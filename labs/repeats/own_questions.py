"""Sets of questions with a short answer, the one that ships and those of a user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from labs.experiments.scenarios.sets import ScenarioSet
from labs.repeats.reading import ACCEPTED, RIGHT, WRONG, normalised, spellings_of
from models.errors import UserError

QUESTION = "question"
SHOWN = "Write it like the set that ships: every item has the facts “question” and “accepted”."


def holds_questions(made: ScenarioSet) -> bool:
    """Whether it is meant for repeated answers at all."""
    return {QUESTION, ACCEPTED} <= {slot.id for slot in made.slots}


def require_questions(made: ScenarioSet) -> None:
    """Raises UserError with the first thing that keeps the set from being asked."""
    if not holds_questions(made) or made.classes != (RIGHT, WRONG):
        raise UserError(
            f"The set “{made.title}” holds no questions with a short answer.",
            f"{SHOWN} Its classes are right and wrong.",
        )
    for item in made.items:
        if not item.facts.get(QUESTION, "").strip():
            raise _fault(made, item.id, "it asks nothing.", SHOWN)
        if not any(spellings_of(item.facts.get(ACCEPTED, ""))):
            raise _fault(made, item.id, "no accepted answer has a letter or a digit.",
                         "Part several spellings by semicolons.")  # fmt: skip
    if twice := _repeated(item.id for item in made.items):
        raise _fault(made, twice, "this name stands twice.", "Give each its own name.")
    if twice := _repeated(normalised(item.facts[QUESTION]) for item in made.items):
        raise _fault(made, "items", f"“{twice}” is asked twice.", "Leave one of them out.")


def _fault(made: ScenarioSet, place: str, sentence: str, hint: str) -> UserError:
    return UserError(f"The set “{made.title}” cannot be used. At {place}: {sentence}", hint)


def _repeated(names: Iterable[str]) -> str:
    return next((name for name, count in Counter(names).items() if count > 1), "")
