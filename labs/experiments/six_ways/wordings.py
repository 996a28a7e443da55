"""One question in six wordings: what is asked stays, how it is asked does not."""

from __future__ import annotations

from dataclasses import dataclass

from labs.experiments.six_ways.yes_no import split_request

REQUEST = "Answer with one word, yes or no."


@dataclass(frozen=True)
class Wording:
    """`title` says in a word or two how `text` asks."""

    title: str
    text: str


def wordings_of(question: str) -> tuple[Wording, ...]:
    """Six ways to ask the same; the first is the question as it stands."""
    plain = question.strip()
    careless = plain.rstrip("?!. ")
    careless = careless[:1].lower() + careless[1:]
    return (
        Wording("as it stands", plain),
        Wording("with a please", f"Please tell me: {plain}"),
        Wording("told to think", f"{plain} Think carefully before you answer."),
        Wording("for a friend", f"A friend asked me: “{plain}” What should I say?"),
        Wording("typed carelessly", careless),
        Wording("with praise", f"I am quite sure you know this. {plain}"),
    )


def yes_no_wordings(question: str) -> tuple[Wording, ...]:
    """Six ways to ask a yes/no question. All end in the same words on how to answer: those of the
    question, or else REQUEST."""
    plain, request = split_request(question)
    return tuple(
        Wording(each.title, f"{each.text} {request or REQUEST}") for each in wordings_of(plain)
    )
