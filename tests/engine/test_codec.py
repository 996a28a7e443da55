from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engine.codec import MESSAGE_TYPES, ProtocolError, decode
from models.engine.messages import (
    Alternative,
    Delta,
    Generate,
    Load,
    LoadSettings,
    Part,
    Sampling,
    TokenData,
    encode,
)

MESSAGES = [
    Load("m.gguf", LoadSettings(n_ctx=512, type_k="q8_0")),
    Generate("chat", (Part("hi", control=True), Part(token_ids=(1, 2))), Sampling(seed=3)),
    Delta("é", (TokenData(1, "é", -0.5, 1.25, (Alternative(1, "é", -0.5),)),)),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: m.type)
def test_a_message_survives_the_wire(message: object) -> None:
    assert decode(encode(message, 7)) == (7, message)


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b"null", b'{"id":1,"type":"nothing"}', b'{"id":1,"type":"load"}',
             b"\xff\xfe", b'{"id":1,"type":"delta","text":"a","extra":1}', b"[" * 100_000],
)  # fmt: skip
def test_a_line_that_is_no_message_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(line)


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(line)


def test_every_request_of_the_house_has_a_type() -> None:
    assert {"load", "open_context", "generate", "tokenize", "cancel", "unload"} <= set(
        MESSAGE_TYPES
    )
