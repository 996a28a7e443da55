"""The whole message of a trial: facts, question, how to answer, and edits that cannot matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labs.experiments.design import Factor, Level
from labs.experiments.scenarios.sets import Question


@dataclass(frozen=True)
class Edit:
    """A change to a message that no reader would answer differently for: the placebo."""

    id: str
    title: str
    apply: Callable[[str], str]


def _double_blank(text: str) -> str:
    """Two blanks where the question has its first one."""
    head, gap, question = text.rpartition("\n\n")
    return head + gap + question.replace(" ", "  ", 1)


PLACEBOS: tuple[Edit, ...] = (
    Edit("reference", "A reference number above", lambda text: f"Reference: 40-217\n{text}"),
    Edit("line-break", "A line break at the end", lambda text: f"{text}\n"),
    Edit("blank", "A doubled blank", _double_blank),
)


ANSWER_ORDER = Factor(
    "options", "Order of answers",
    (Level("usual", "As declared"), Level("swapped", "Answers in the other order")),
)  # fmt: skip


def message(
    facts: str, question: Question, classes: Sequence[str], *, swapped: bool = False
) -> str:
    """What the user would type. `swapped` names the answers in the opposite order."""
    order = list(reversed(classes)) if swapped else list(classes)
    words = [question.labels[name] for name in order]
    options = f"{', '.join(words[:-1])} or {words[-1]}"
    return f"{facts}\n\n{question.text} Answer with one word, {options}."
