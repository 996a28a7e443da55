"""From one question to a set: the six ways of a question become the tones of many."""

from __future__ import annotations

from dataclasses import replace

from labs.experiments.scenarios.set_editing import free_name, slug
from labs.experiments.scenarios.sets import Question, Scenario, ScenarioSet, Slot, Tone
from labs.experiments.six_ways.wordings import wordings_of
from labs.experiments.six_ways.yes_no import split_request

TITLE = "My yes/no questions"
QUESTION = Slot("question", "Question")
_WORDS = {"yes": "YES", "no": "NO"}


def question_set() -> ScenarioSet:
    """A set whose items are questions themselves, without an item yet.

    What is asked of each is its right answer and, turned round, its wrong one. The wordings of the
    six ways that leave a question as it is are its tones.
    """
    return ScenarioSet(
        slug(TITLE), 1, TITLE, ("yes", "no"), (QUESTION,),
        (
            Question("right", "What is the right answer?", _WORDS),
            Question("wrong", "What is the wrong answer?", _WORDS, turned=True),
        ),
        _tones(), (), "Yes/no questions of one's own, begun in the chat.",
    )  # fmt: skip


def takes_questions(made: ScenarioSet) -> bool:
    """Whether the items of a set are yes/no questions, as those of `question_set` are."""
    return made.classes == ("yes", "no") and [slot.id for slot in made.slots] == [QUESTION.id]


def with_question(made: ScenarioSet, text: str) -> tuple[ScenarioSet, str]:
    """The set with a question as its item, and the item's name; the one that is there already
    where it was asked before. Nobody has said yet which answer is right."""
    question = " ".join(split_request(text)[0].split())
    for item in made.items:
        if item.facts.get(QUESTION.id, "").casefold() == question.casefold():
            return made, item.id
    name = free_name(slug(question, "question")[:48].strip("-"), {item.id for item in made.items})
    item = Scenario(name, {QUESTION.id: question}, truth="", derivation="")
    return replace(made, items=(*made.items, item)), name


def _tones() -> tuple[Tone, ...]:
    by_text: dict[str, str] = {}
    for wording in wordings_of("{" + QUESTION.id + "}"):
        by_text.setdefault(wording.text, wording.title)
    return tuple(Tone(slug(title), title.capitalize(), text) for text, title in by_text.items())
