from __future__ import annotations

import math

import numpy as np
import pytest

from models.engine.label_scores import LabelTree, combine, log_softmax, spellings_of
from models.engine.messages import Label
from models.engine.row_answer import RowAnswer
from models.errors import UserError


def answered(pieces: list[str], until: tuple[str, ...] = (), max_tokens: int = 10) -> RowAnswer:
    answer = RowAnswer(until, max_tokens)
    for piece in pieces:
        if answer.stop_reason is None:
            answer.take(piece.encode())
    return answer


def test_an_answer_ends_when_its_pattern_is_found() -> None:
    answer = answered(["Well", ", ", "yes", ".", " And more"], until=(r"\byes\b\W",))
    assert (answer.text, answer.stop_reason) == ("Well, yes.", "decided")


def test_an_answer_ends_at_its_limit() -> None:
    assert answered(["a"] * 9, max_tokens=3).stop_reason == "length"


def test_nothing_is_generated_where_nothing_was_asked_for() -> None:
    assert RowAnswer((), 0).stop_reason == "length"


def test_a_pattern_that_is_none_is_a_sentence() -> None:
    with pytest.raises(UserError, match="not valid"):
        RowAnswer(("(",), 5)


def test_a_spelling_that_continues_another_is_not_counted_twice() -> None:
    table = {"Yes": [1], "Yes.": [1, 2], " yes": [3], "No": [4, 5]}
    labels = [Label("yes", ("Yes", "Yes.", " yes")), Label("no", ("No",))]
    found = [(s.label, s.token_ids) for s in spellings_of(labels, table.__getitem__)]
    assert found == [("yes", (1,)), ("yes", (3,)), ("no", (4, 5))]


def test_the_probabilities_of_spellings_add_up() -> None:
    labels = [Label("yes", ("a", "b"))]
    spellings = spellings_of(labels, lambda text: [ord(text)])
    scores = combine(labels, spellings, [math.log(0.25), math.log(0.5)])
    assert scores[0].logprob == pytest.approx(math.log(0.75))


def test_a_log_probability_by_hand() -> None:
    logits = np.array([0.0, math.log(3)], dtype=np.float32)
    assert log_softmax(logits)[1] == pytest.approx(math.log(0.75), abs=1e-6)


def test_labels_of_several_tokens_share_the_steps_of_their_beginnings() -> None:
    table = {"un safe": [1, 2, 3], "un sure": [1, 2, 4], "safe": [3], "so": [5, 6]}
    labels = [Label("no", ("un safe", "un sure")), Label("yes", ("safe", "so"))]
    tree = LabelTree(spellings_of(labels, table.__getitem__))
    tree.begin(np.full(9, -1.0))
    seen = []
    while not tree.is_done:
        seen.append(tree.path)
        tree.take(np.full(9, -float(len(tree.path))))
    assert seen == [(1,), (1, 2), (5,)]
    assert dict(zip([s.token_ids for s in tree.spellings], tree.logprobs, strict=True)) == {
        (1, 2, 3): -4.0, (1, 2, 4): -4.0, (3,): -1.0, (5, 6): -2.0,
    }  # fmt: skip
