"""The anchored parser: labels as whole words, where an answer stands, the same while it grows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.experiments.scoring.answers import NO_ANSWER, UNPARSED, AnswerParser

LABELS = ({"yes": "YES", "no": "NO"}, {"good": "POSITIVE", "bad": "NEGATIVE"},
          {"a": "A", "b": "B"}, {"act": "ACT NOW", "wait": "WAIT"})  # fmt: skip
PARSER = AnswerParser(LABELS[0])

CLEAR = {
    "YES": "yes", "no": "no", " Yes.": "yes", '"No."': "no", "**Yes**": "yes", "_no_": "no",
    "YES, because 3 < 4": "yes", "Yes\nNO": "yes", "yes, but no": "yes", "# NO": "no",
    "Answer: YES": "yes", "The answer is no": "no", "Answer:\nNO": "no", "answer would be no": "no",
    "The answer is **YES**.": "yes", "Neither, so the answer = no": "no", "answer: no\nyes": "no",
    "Sure, yes": "yes", "Well, 'no'": "no", "It is NO, not YES": "no", "Now, yes": "yes",
    "Hm.\nI am not sure.\nAnswer: NO": "no", "1. YES": "yes", "(b) no": "no",
    "<think>No, no.</think>\n\nYES": "yes", "<think>a</think><think>b</think> no": "no",
}  # fmt: skip

UNCLEAR = (
    "", "NOT", "NOW", "KNOW", "I do not know", "ANNOUNCE", "Nope", "Yesterday", "no's", "no-one",
    "YES or NO", "Yes or no?", "yes/no", "Neither yes nor no", "It is not yes", "not a no", "Maybe",
    "The answer is yes or no", "The answer is not no", "Éno", "no1",
)  # fmt: skip


@pytest.mark.parametrize(("text", "outcome"), CLEAR.items())
def test_an_answer_is_read_where_it_stands(text, outcome):
    assert PARSER.read(text).outcome == outcome


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_no_clear_answer_is_none(text):
    assert PARSER.read(text).outcome == UNPARSED


@pytest.mark.parametrize("text", ["<think>YES, the answer is yes.", "<think>a</think><think>NO"])
def test_a_thought_without_an_end_is_cut_short_and_holds_no_answer(text):
    assert PARSER.read(text).outcome == "TRUNCATED"


def test_an_answer_that_ran_into_its_limit_is_told_from_one_without_a_label():
    assert PARSER.read("Let me think about", "length").outcome == "TRUNCATED"
    assert PARSER.read("No, because", "length").outcome == "no"


@pytest.mark.parametrize("text", ["Answer with one word, yes", "Sure, no", "The answer is NO"])
def test_what_the_limit_cut_off_in_mid_line_could_have_gone_on(text):
    assert PARSER.read(text, "length").outcome == "TRUNCATED"
    assert PARSER.read(text + "\n", "length").outcome == PARSER.read(text).outcome


def test_labels_of_several_words_stand_in_one_line():
    parser = AnswerParser(LABELS[3])
    assert parser.read("Act  now!").outcome == "act"
    assert parser.read("ACT\nNOW").outcome == UNPARSED


@pytest.mark.parametrize(
    "text", ["NO", "KNO", "Sure, ye", "Answer: ", "YES ", "yes o", "no-", "No'"]
)
def test_an_answer_that_could_still_change_goes_on(text):
    assert not _is_decided(PARSER, text)


@pytest.mark.parametrize("text", ["NO.", "Yes, ", "Answer: YES.", "Sure, no\n", "no i", "**Yes**"])
def test_an_answer_that_is_decided_ends(text):
    assert _is_decided(PARSER, text)


_PIECES = st.sampled_from(
    ["YES", "no", "No", "NOT", "KNOW", "POSITIVE", "negative", "A", "b", "ACT", "NOW", "WAIT",
     "answer", "Answer:", "answer is", "would be", "not", "not a", "or", "o", "/", "<think>",
     "</think>", "\n", " ", "  ", ".", ",", "*", "_", '"', "'", "’", "-", "(", "#", "é", "hm"]
)  # fmt: skip
_TEXTS = st.lists(_PIECES | st.text(max_size=3), max_size=8).map("".join) | st.lists(
    _PIECES, max_size=8
).map(" ".join)


@given(st.sampled_from(LABELS), _TEXTS, _TEXTS)
def test_what_decides_a_growing_answer_holds_for_every_continuation(labels, text, rest):
    parser = AnswerParser(labels)
    if _is_decided(parser, text):
        decided = parser.read(text, "decided").outcome
        assert decided not in NO_ANSWER
        assert parser.read(text + rest).outcome == decided


def _is_decided(parser: AnswerParser, text: str) -> bool:
    return any(re.search(pattern, text) for pattern in parser.until())
