"""Changes to a scenario set while it is being written: each returns a new set, whole or not yet."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from labs.experiments.scenarios.asking import message
from labs.experiments.scenarios.formats import Format, render
from labs.experiments.scenarios.set_checks import Check, check_set
from labs.experiments.scenarios.sets import Question, Scenario, ScenarioSet, Slot, Tone
from models.errors import UserError

Row = TypeVar("Row")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9_-]{1,32}")
_SLOT_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SET_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")


def new_set() -> ScenarioSet:
    """The beginnings of a set with two classes, two facts and one question."""
    return ScenarioSet(
        "my-set", 1, "New set", ("yes", "no"),
        (Slot("first", "First fact"), Slot("second", "Second fact")),
        (Question("may", "", {"yes": "YES", "no": "NO"}),), (), (),
    )  # fmt: skip


def copy_of(made: ScenarioSet) -> ScenarioSet:
    """A set of one's own. What was measured on the original is not known of the copy."""
    name = f"{made.id[:58]}-copy"
    return replace(made, id=name, version=1, title=f"{made.title}, my copy", measured="")


def free_name(stem: str, taken: Collection[str]) -> str:
    """`stem`, or with the first number that is not taken."""
    numbered = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    return next(name for name in (stem, *numbered) if name not in taken)


def slug(title: str, otherwise: str = "set") -> str:
    """A title as the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:60] or otherwise


def changed(rows: Sequence[Row], place: int, **changes: Any) -> tuple[Row, ...]:
    """The row at `place` with other values."""
    return tuple(
        replace(row, **changes) if n == place else row  # type: ignore[type-var]
        for n, row in enumerate(rows)
    )


def without(rows: Sequence[Row], places: Iterable[int]) -> tuple[Row, ...]:
    gone = set(places)
    return tuple(row for n, row in enumerate(rows) if n not in gone)


# ---- items -------------------------------------------------------------------------------------


def add_item(made: ScenarioSet) -> ScenarioSet:
    """An empty item at the end, of the class that is rarer so far."""
    counts = [sum(item.truth == name for item in made.items) for name in made.classes]
    truth = made.classes[counts.index(min(counts))] if counts else ""
    name = free_name(f"item-{len(made.items) + 1}", {item.id for item in made.items})
    facts = {slot.id: "" for slot in made.slots}
    return replace(made, items=(*made.items, Scenario(name, facts, truth, "")))


def pair_item(made: ScenarioSet, place: int) -> ScenarioSet:
    """A twin right after the item, in the same cluster: one fact is left to change. Its
    derivation and numbers are left out, as they would no longer be true."""
    item = made.items[place]
    cluster = item.group
    name = free_name(f"{item.id[:58]}-b", {each.id for each in made.items})
    twin = replace(item, id=name, cluster=cluster, derivation="", numbers={})
    rows = changed(made.items, place, cluster=cluster)
    return replace(made, items=(*rows[: place + 1], twin, *rows[place + 1 :]))


def set_fact(made: ScenarioSet, place: int, slot: str, value: str) -> ScenarioSet:
    facts = {**made.items[place].facts, slot: value}
    return replace(made, items=changed(made.items, place, facts=facts))


def tags_text(tags: Sequence[str]) -> str:
    """Tags as they are typed: `read_tags` reads them back."""
    return ", ".join(tags)


def read_tags(text: str) -> tuple[str, ...]:
    """Each once, without the blanks around it."""
    return tuple(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))


def numbers_text(numbers: Mapping[str, float]) -> str:
    """Numbers as they are typed, such as `margin_minutes = 30; hours = 0.5`: `read_numbers` reads
    them back, each the same to the last digit."""
    return "; ".join(
        f"{name} = {repr(float(value)).removesuffix('.0')}" for name, value in numbers.items()
    )


def read_numbers(text: str) -> dict[str, float]:
    """Raises UserError for what is no list of named numbers."""
    found: dict[str, float] = {}
    for part in filter(str.strip, text.split(";")):
        name, _, value = (each.strip() for each in part.partition("="))
        number = float(value) if _NUMBER.fullmatch(value) else math.nan
        if not name or not math.isfinite(number):
            raise UserError(
                f"“{part.strip()}” cannot be read as a number with its name; nothing was changed.",
                "Write it as margin_minutes = 30; with a semicolon before the next one.",
            )
        if name in found:
            raise UserError(f"The number “{name}” stands twice; nothing was changed.",
                            "Give each its own name.")  # fmt: skip
        found[name] = number
    return found


# ---- classes and facts -------------------------------------------------------------------------


def add_class(made: ScenarioSet) -> ScenarioSet:
    name = free_name("other", made.classes)
    questions = tuple(
        replace(q, labels={**q.labels, name: name.upper()}) for q in made.questions
    )  # fmt: skip
    return replace(made, classes=(*made.classes, name), questions=questions)


def rename_class(made: ScenarioSet, place: int, name: str) -> ScenarioSet:
    """Labels and truths go with it."""
    old = made.classes[place]
    classes = tuple(name if n == place else each for n, each in enumerate(made.classes))
    questions = tuple(replace(q, labels=_renamed(q.labels, old, name)) for q in made.questions)
    items = tuple(replace(i, truth=name) if i.truth == old else i for i in made.items)
    return replace(made, classes=classes, questions=questions, items=items)


def remove_class(made: ScenarioSet, place: int) -> ScenarioSet:
    """Items of this class keep their truth and are refused until they have another."""
    name = made.classes[place]
    questions = tuple(
        replace(q, labels={k: v for k, v in q.labels.items() if k != name}) for q in made.questions
    )
    return replace(made, classes=without(made.classes, [place]), questions=questions)


def add_slot(made: ScenarioSet) -> ScenarioSet:
    name = free_name("fact", {slot.id for slot in made.slots}).replace("-", "_")
    items = tuple(replace(item, facts={**item.facts, name: ""}) for item in made.items)
    return replace(made, slots=(*made.slots, Slot(name, "New fact")), items=items)


def rename_slot(made: ScenarioSet, place: int, name: str) -> ScenarioSet:
    """Items and the `{slot}` of every tone go with it."""
    old = made.slots[place].id
    items = tuple(replace(item, facts=_renamed(item.facts, old, name)) for item in made.items)
    tones = tuple(
        replace(tone, text=tone.text.replace("{" + old + "}", "{" + name + "}"))
        for tone in made.tones
    )
    return replace(made, slots=changed(made.slots, place, id=name), items=items, tones=tones)


def remove_slot(made: ScenarioSet, place: int) -> ScenarioSet:
    name = made.slots[place].id
    items = tuple(
        replace(i, facts={k: v for k, v in i.facts.items() if k != name}) for i in made.items
    )
    return replace(made, slots=without(made.slots, [place]), items=items)


def _renamed(values: Any, old: str, new: str) -> dict[str, str]:
    return {(new if key == old else key): value for key, value in values.items()}


# ---- questions and tones -----------------------------------------------------------------------


def add_question(made: ScenarioSet) -> ScenarioSet:
    """The second one is the question turned round, where there are two classes."""
    turned = len(made.classes) == 2 and not any(q.turned for q in made.questions)
    name = free_name("turned" if turned else "question", {q.id for q in made.questions})
    labels = dict(made.questions[0].labels) if made.questions else {
        each: each.upper() for each in made.classes
    }  # fmt: skip
    return replace(made, questions=(*made.questions, Question(name, "", labels, turned)))


def add_tone(made: ScenarioSet) -> ScenarioSet:
    """It begins with every fact, so that none is forgotten."""
    name = free_name("tone", {tone.id for tone in made.tones})
    text = " ".join(f"{slot.label}: {{{slot.id}}}." for slot in made.slots)
    return replace(made, tones=(*made.tones, Tone(name, "New tone", text)))


# ---- looking at it -----------------------------------------------------------------------------


def checks_of(made: ScenarioSet) -> tuple[Check, ...]:
    """What check_set finds, and before it what a set that is still being written may lack."""
    lacks = tuple(_lacks(made))
    if lacks:
        return lacks
    return (*_form(made), *check_set(made))


def require_whole(made: ScenarioSet) -> None:
    """Raises UserError where a file could not hold the set."""
    for found in (*_lacks(made), *_form(made)):
        raise UserError(f"The set cannot be saved yet. {found.sentence}", found.hint)


def _lacks(made: ScenarioSet) -> Iterator[Check]:
    if len(made.classes) < 2:
        yield Check("refuse", "classes", "It takes two answers at least.", "Add a class.")
    if not made.slots:
        yield Check("refuse", "slots", "There is no fact to state.", "Add a fact.")
    if not made.questions:
        yield Check("refuse", "questions", "There is no question.", "Add a question.")
    if not made.items:
        yield Check("refuse", "items", "There is no item yet.", "Add an item.")


def _form(made: ScenarioSet) -> Iterator[Check]:
    if not made.title.strip():
        yield Check("refuse", "title", "The set has no title.", "Give it one.")
    if not _SET_NAME.fullmatch(made.id):
        yield Check("refuse", "id", f"“{made.id}” cannot be the name in files.", _PLAIN)
    for slot in made.slots:
        if not _SLOT_NAME.fullmatch(slot.id):
            yield Check("refuse", f"slots/{slot.id}", f"“{slot.id}” cannot be the name of a fact.",
                        "Use small letters, digits and _, a letter first.")  # fmt: skip
        if not slot.label.strip():
            yield Check("refuse", f"slots/{slot.id}", "A fact has no words.", "Write them.")
    named = [("classes", name) for name in made.classes]
    named += [("questions", q.id) for q in made.questions] + [("tones", t.id) for t in made.tones]
    for kind, name in named:
        if not _NAME.fullmatch(name):
            yield Check("refuse", f"{kind}/{name}", f"“{name}” cannot be a name.", _PLAIN)
    texts = [("questions", q.id, "question", q.text) for q in made.questions]
    texts += [("tones", t.id, "tone", t.text) for t in made.tones]
    for kind, name, what, text in texts:
        if not text.strip():
            yield Check("refuse", f"{kind}/{name}", f"The {what} “{name}” is empty.", "Write it.")
    for item in made.items:
        if not 1 <= len(item.id) <= 64:
            yield Check("refuse", f"items/{item.id}", "An item has no name, or a very long one.",
                        "Give it a name of 1 to 64 characters.")  # fmt: skip


_PLAIN = "Use small letters, digits and -, and 32 characters at most."


def asked(
    made: ScenarioSet, item: Scenario, chosen: Format, question: Question, *, swapped: bool = False
) -> str:
    """The message as a run would send it. Raises UserError where something is missing."""
    for slot in made.slots:
        if not item.facts.get(slot.id, "").strip():
            raise UserError(f"The item {item.id} does not state “{slot.label}” yet.")
    for name in made.classes:
        if not question.labels.get(name, "").strip():
            raise UserError(f"The question “{question.id}” has no word for “{name}” yet.")
    if len(made.classes) < 2:
        raise UserError("It takes two answers at least.")
    return message(render(made, item, chosen), question, made.classes, swapped=swapped)
