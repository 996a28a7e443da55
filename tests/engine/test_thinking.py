"""Thinking and answer told apart."""

import pytest

from models.engine.thinking import (
    Piece,
    ThinkingClock,
    ThinkingSplitter,
    split_thinking,
    without_thinking,
)


def joined(pieces):
    """Neighbouring pieces of one kind as one."""
    result: list[Piece] = []
    for piece in pieces:
        if result and result[-1].kind == piece.kind:
            piece = Piece(piece.kind, result.pop().text + piece.text)
        result.append(piece)
    return result


CASES = [
    ("plain answer", [("answer", "plain answer")]),
    ("<think>why</think>because", [("thinking", "why"), ("answer", "because")]),
    ("\n<think>\na\n</think>\n\nb", [("thinking", "\na\n"), ("answer", "b")]),
    ("<think>never closes", [("thinking", "never closes")]),
    ("<think>a</think><think>b</think>c", [("thinking", "ab"), ("answer", "c")]),
    ("The tag <think> is text", [("answer", "The tag <think> is text")]),
    ("<think>1 < 2 </thin </think>x", [("thinking", "1 < 2 </thin "), ("answer", "x")]),
    ("<thi", [("answer", "<thi")]),
    ("<think></think>", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_whole_reply_is_split(text, expected):
    assert joined(split_thinking(text)) == [Piece(*each) for each in expected]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_the_same_comes_out_letter_by_letter(text, expected):
    splitter = ThinkingSplitter()
    pieces = [piece for letter in text for piece in splitter.feed(letter)]
    assert joined([*pieces, *splitter.finish()]) == [Piece(*each) for each in expected]


def test_the_answer_alone_leaves_other_text_untouched():
    assert without_thinking("<think>a</think>\n\nb") == "b"
    assert without_thinking("  about <think>x</think>") == "  about <think>x</think>"


@pytest.mark.parametrize(
    ("texts", "seconds"),
    [
        (["<think>", "why", " so", "</think>", "because"], 1.0),
        (["<think>", "why"], None),
        (["because"], None),
    ],
)
def test_thinking_is_timed_from_the_first_thought_to_the_answer(texts, seconds):
    now = iter(range(100))
    clock, splitter = ThinkingClock(lambda: float(next(now))), ThinkingSplitter()
    for text in texts:
        thoughts = [piece for piece in splitter.feed(text) if piece.kind == "thinking"]
        clock.note(is_thinking=splitter.is_thinking, has_thought=bool(thoughts))
    assert clock.seconds == seconds
