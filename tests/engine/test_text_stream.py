from __future__ import annotations

import pytest

from models.engine.text_stream import TextStream


def push_all(stream: TextStream, pieces: list[bytes]) -> str:
    return "".join(stream.push(piece)[1] for piece in pieces) + stream.flush()


@pytest.mark.parametrize("text", ["🎉", "日本", "a–b", "👩‍🔬"])
def test_a_character_split_over_tokens_never_shows_as_garbage(text: str) -> None:
    stream = TextStream()
    shown = [stream.push(bytes([byte]))[1] for byte in text.encode()]
    assert "".join(shown) == text
    assert "\ufffd" not in "".join(shown)


def test_a_character_that_the_end_cut_through_is_left_out() -> None:
    assert push_all(TextStream(), [b"a", "é".encode()[:1]]) == "a"


def test_a_reply_that_goes_on_inside_a_character_completes_it() -> None:
    first, second = "é".encode()[:1], "é".encode()[1:]
    assert push_all(TextStream(begun=b"caf" + first), [second, b"!"]) == "é!"


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["one", " STOP two"], "one "),
        (["one S", "TO", "P two"], "one "),
        (["one S", "TONE"], "one STONE"),
        (["STOP"], ""),
    ],
)
def test_a_stop_string_ends_the_text_before_it(pieces: list[str], shown: str) -> None:
    assert push_all(TextStream(["STOP"]), [p.encode() for p in pieces]) == shown


def test_the_earliest_of_two_stop_strings_wins() -> None:
    stream = TextStream(["B", "A"])
    assert stream.push(b"xAyB")[1] == "x"
    assert stream.stopped
