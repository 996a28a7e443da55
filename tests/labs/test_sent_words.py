"""What was sent to a server that keeps its tokens to itself."""

from __future__ import annotations

from labs.chat.sent_words import are_words, words_of
from models.engine.messages import Part, PromptToken


def test_messages_are_kept_word_by_word_with_their_origins() -> None:
    parts = (Part("Be brief.", origin="system", role="system"), Part(" two\n\nwords ", role="user"))
    words = words_of(parts)
    assert "".join(word.text for word in words) == "Be brief. two\n\nwords "
    assert [(word.text, word.origin) for word in words[1:3]] == [
        (" brief.", "system"),
        (" two", "user"),
    ]
    assert are_words(words) and not are_words([PromptToken(5, "two", "user")])
