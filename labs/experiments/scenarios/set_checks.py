"""What is wrong with a scenario set, said before a run: what refuses it, and what warns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from labs.experiments.scenarios.formats import Format, fact_fault, formats_of, tone_faults
from labs.experiments.scenarios.sets import Scenario, ScenarioSet
from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.power import smallest_difference
from labs.experiments.statistics.wording import percentage_points
from models.errors import UserError

Level = Literal["refuse", "warn"]
HOPED_DIFFERENCE = 0.2  # the effect a set should be able to show, as a difference of two shares
ENOUGH_ITEMS = 64  # that find it
MOST_UNEQUAL = 3  # how many times the smallest group the largest may be


@dataclass(frozen=True)
class Check:
    """One finding. `place` is where to look, such as `items/dose-01-late` or `the set`."""

    level: Level
    place: str
    sentence: str
    hint: str


def check_set(made: ScenarioSet, *, hoped: float = HOPED_DIFFERENCE) -> tuple[Check, ...]:
    """Everything found, what refuses first. `hoped` is the difference that a run should find."""
    found = [*_structure(made)]
    if not any(check.level == "refuse" for check in found):
        found += [*_leaks(made), *_duplicates(made), *_renderings(made)]
        found += [*_untold(made), *_balance(made), *_turned(made)]
        found += [*_notes(made), *_power(made, hoped)]
    return tuple(sorted(found, key=lambda check: check.level != "refuse"))


def require_sound(made: ScenarioSet) -> None:
    """Raises UserError with the first finding that refuses the set, and the count of others."""
    refusals = [check for check in check_set(made) if check.level == "refuse"]
    if refusals:
        first, others = refusals[0], len(refusals) - 1
        more = f" ({others} more.)" if others else ""
        raise UserError(
            f"The set “{made.title}” cannot be used. At {first.place}: {first.sentence}{more}",
            first.hint,
        )


def _structure(made: ScenarioSet) -> Iterator[Check]:
    """What later checks take for granted: names that fit together."""
    for kind, ids in _names(made).items():
        for twice in _repeated(ids):
            yield Check("refuse", f"{kind}/{twice}", f"The name “{twice}” stands twice.",
                        "Give each its own name.")  # fmt: skip
    yield from _questions(made)
    for item in made.items:
        yield from _item(made, item)
    for fault in tone_faults(made):
        yield Check("refuse", "tones", fault, "Every tone states every fact, and no other.")


def _names(made: ScenarioSet) -> dict[str, Sequence[str]]:
    return {
        "items": [item.id for item in made.items],
        "questions": [question.id for question in made.questions],
        "tones": [tone.id for tone in made.tones],
        "slots": [slot.id for slot in made.slots],
        "classes": made.classes,
    }


def _questions(made: ScenarioSet) -> Iterator[Check]:
    for question in made.questions:
        place = f"questions/{question.id}"
        for name in made.classes:
            if not question.labels.get(name, "").strip():
                yield Check("refuse", place, f"No label answers “{name}”.",
                            "Give every class its word.")  # fmt: skip
        for name in question.labels:
            if name not in made.classes:
                yield Check("refuse", place, f"“{name}” is not among the classes of the set.",
                            f"The classes are {', '.join(made.classes)}.")  # fmt: skip
        if question.turned and len(made.classes) != 2:
            yield Check("refuse", place, "A question can be turned round with two classes only.",
                        "Leave the turned question out.")  # fmt: skip
        yield from _labels(place, list(question.labels.values()))


def _labels(place: str, labels: Sequence[str]) -> Iterator[Check]:
    for one, other in permutations([label for label in labels if label.strip()], 2):
        if other.casefold().startswith(one.casefold()):
            yield Check("refuse", place, f"The label “{one}” is the beginning of “{other}”: while "
                        "an answer grows, they cannot be told apart.",
                        "Choose words that begin differently.")  # fmt: skip
    for label in labels:
        if label.casefold() in ("a", "i"):
            yield Check("warn", place, f"The label “{label}” is also a common word: an answer "
                        "that begins with it counts as it.", "Choose a longer word.")  # fmt: skip


def _item(made: ScenarioSet, item: Scenario) -> Iterator[Check]:
    place, slots = f"items/{item.id}", [slot.id for slot in made.slots]
    if item.truth and item.truth not in made.classes:
        yield Check("refuse", place, f"Its truth “{item.truth}” is not among the classes.",
                    f"The classes are {', '.join(made.classes)}.")  # fmt: skip
    for slot in slots:
        if not item.facts.get(slot, "").strip():
            how = "is empty" if slot in item.facts else "is missing"
            yield Check("refuse", place, f"Its fact “{slot}” {how}.", "Write it down.")
    for name in item.facts:
        if name not in slots:
            yield Check("refuse", place, f"Its fact “{name}” is not among the slots of the set.",
                        f"The slots are {', '.join(slots)}.")  # fmt: skip


def _leaks(made: ScenarioSet) -> Iterator[Check]:
    """A label among the facts gives an answer away, or is copied instead of given."""
    labels = dict.fromkeys(word for q in made.questions for word in q.labels.values())
    any_label = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, labels))})(?!\w)", re.IGNORECASE)
    texts = [(f"tones/{tone.id}", tone.text) for tone in made.tones]
    texts += [(f"slots/{slot.id}", slot.label) for slot in made.slots]
    texts += [(f"items/{item.id}", "\n".join(item.facts.values())) for item in made.items]
    for place, text in texts:
        if found := any_label.search(text):
            yield Check("refuse", place, f"It holds “{found[1]}”, which is one of the labels.",
                        "Use another word there, or another label.")  # fmt: skip


def _duplicates(made: ScenarioSet) -> Iterator[Check]:
    first: dict[tuple[tuple[str, str], ...], str] = {}
    for item in made.items:
        facts = tuple(sorted(item.facts.items()))
        if facts in first:
            yield Check("refuse", f"items/{item.id}", f"It has the same facts as {first[facts]}.",
                        "Leave one of them out.")  # fmt: skip
        first.setdefault(facts, item.id)


def _renderings(made: ScenarioSet) -> Iterator[Check]:
    """Every item in every format: it says its facts alone, and no two items read the same."""
    for chosen in (*formats_of(made, "layout"), *formats_of(made, "tone")):
        yield from _in_format(made, chosen)


def _in_format(made: ScenarioSet, chosen: Format) -> Iterator[Check]:
    first: dict[str, Scenario] = {}
    for item in made.items:
        text, place = chosen.write(made, item), f"items/{item.id}"
        if fault := fact_fault(made, item, chosen, text):
            yield Check("refuse", place, f"In the format “{chosen.title}” {fault}.",
                        "Correct the text of the format, or the fact.")  # fmt: skip
        same = first.setdefault(text, item)
        if same is not item and same.facts != item.facts:
            yield Check("refuse", place, f"In the format “{chosen.title}” it reads like {same.id}.",
                        "Correct one of them.")  # fmt: skip


def _untold(made: ScenarioSet) -> Iterator[Check]:
    for item in made.items:
        if not item.truth:
            yield Check("refuse", f"items/{item.id}", "Nobody has said yet which answer is right.",
                        f"Choose one of: {', '.join(made.classes)}.")  # fmt: skip


def _balance(made: ScenarioSet) -> Iterator[Check]:
    counts = Counter(item.truth for item in made.items if item.truth)
    n_by_class = {name: counts[name] for name in made.classes}
    told = ", ".join(f"{n} {name}" for name, n in n_by_class.items())
    if len(counts) == 1:
        yield Check("refuse", "the set", f"Every item has the same truth ({told}): a model that "
                    "always says so would be right.", "Add items of the other truth.")  # fmt: skip
    elif counts and max(n_by_class.values()) - min(n_by_class.values()) > 1:
        yield Check("warn", "the set", f"The truths are not balanced: {told}. A model that always "
                    "says the same gains by it.", "Add items of the rarer truth.")  # fmt: skip
    sizes = Counter(item.group for item in made.items)
    largest, smallest = max(sizes.values()), min(sizes.values())
    if largest > MOST_UNEQUAL * smallest:
        yield Check("warn", "the set", f"The groups hold between {smallest} and {largest} items: "
                    "the large ones decide the result.", "Make them more alike.")  # fmt: skip


def _turned(made: ScenarioSet) -> Iterator[Check]:
    """Yes/no questions of one kind alone cannot tell who knows from who says yes to everything."""
    labels = [q.labels[name].casefold() for q in made.questions[:1] for name in made.classes]
    if labels == ["yes", "no"] and not any(question.turned for question in made.questions):
        yield Check("warn", "questions", "No question is turned round: a habit of saying yes "
                    "cannot be told from knowing.",
                    "Add a question that asks for the opposite.")  # fmt: skip


def _notes(made: ScenarioSet) -> Iterator[Check]:
    without = [item.id for item in made.items if not item.derivation.strip()]
    if without:
        more = f" and {len(without) - 1} more" if len(without) > 1 else ""
        yield Check("warn", f"items/{without[0]}", f"Nothing says why the truth of {without[0]}"
                    f"{more} is right.", "Write a derivation that a reader can check.")  # fmt: skip
    for slot in made.slots:
        if len(made.items) > 1 and len({item.facts[slot.id] for item in made.items}) == 1:
            yield Check("warn", f"slots/{slot.id}", f"“{slot.label}” is the same in all items.",
                        "Vary it, or say it in the question.")  # fmt: skip


def _power(made: ScenarioSet, hoped: float) -> Iterator[Check]:
    smallest = smallest_difference(len(made.items))
    if isinstance(smallest, NotDefined):
        yield Check("warn", "the set", smallest.reason, "Write more items.")
    elif smallest > hoped:
        yield Check("warn", "the set", f"{len(made.items)} items find a difference between two "
                    f"formats of {percentage_points(smallest)} or more; smaller ones are easily "
                    "missed.", "It can be run and reported as it is, with the interval of what it "
                    f"finds. About {ENOUGH_ITEMS} items find "
                    f"{percentage_points(HOPED_DIFFERENCE)}.")  # fmt: skip


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
