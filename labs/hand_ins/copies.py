"""Labs that share their words. It finds copies, not forgers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from labs.hand_ins.lab_hand_in import LabHandIn

FEWEST_LETTERS = 40  # “yes” and “12 ms” may be everybody's


def with_copies(labs: Sequence[LabHandIn]) -> tuple[LabHandIn, ...]:
    """Each with a problem more for every other one whose long answers are also its own."""
    found = [tuple(_copies(lab, [o for o in labs if o is not lab])) for lab in labs]
    return tuple(
        replace(lab, problems=(*lab.problems, *copies), n_copies=len(copies))
        for lab, copies in zip(labs, found, strict=True)
    )


def _copies(lab: LabHandIn, others: Sequence[LabHandIn]) -> Iterator[str]:
    own = _long_answers(lab)
    for other in others:
        shared = len(own & _long_answers(other))
        if shared:
            are = (
                "answer is word for word that" if shared == 1 else "answers are word for word those"
            )
            yield f"{shared} {are} of {other.source}."


def _long_answers(lab: LabHandIn) -> set[tuple[str, str]]:
    words = {question: " ".join(lab.answers.get(question, "").split())
             for question in lab.questions}  # fmt: skip
    return {(question, answer) for question, answer in words.items()
            if len(answer) >= FEWEST_LETTERS}  # fmt: skip
