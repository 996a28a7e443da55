"""Search over all chats."""

import pytest

from labs.chat.store import ChatStore


@pytest.fixture
def found(store):
    """Search for a query in a chat that holds the given texts; return the texts found."""

    def find(query: str, *texts: str) -> list[str]:
        chat = store.create_chat(title="untitled")
        said = {store.add_message(chat.id, None, "user", text).id: text for text in texts}
        return sorted(said[hit.message_id] for hit in store.search(query) if hit.message_id)

    return find


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("temper", "The temperature rises"),
        ("RISES temperature", "The temperature rises"),
        ("cafe", "Un café noir"),
        ('"quoted" phrase', 'a "quoted" phrase here'),
        ("im_end", "it printed <|im_end|> twice"),
        ("don't", "I don't know"),
        ("NEAR(x", "near (x, y)"),
        ("a AND b", "this and that, a or b"),
        ("温度", "今日の温度は高い"),
        ("100%", "it is 100% sure"),
        ("::", "std::vector"),
        ("🧪", "lab 🧪 day"),
        ("C:\\temp", "look in C:\\temp today"),
    ],
)
def test_odd_queries_find_their_text(found, query, text):
    assert found(query, text, "nothing of the kind") == [text]


@pytest.mark.parametrize("query", ["", "   ", '"', "*", "zebra", "rises zebra", "%", "_"])
def test_queries_that_match_nothing_are_no_error(found, query):
    assert found(query, "The temperature rises") == []


def test_a_snippet_marks_what_matched(store):
    chat = store.create_chat(title="Weather")
    store.add_message(
        chat.id, None, "user", "words " * 50 + "the temperature rises " + "more " * 50
    )
    (hit,) = store.search("temp")
    assert [hit.snippet[start:end] for start, end in hit.matches] == ["temperature"]
    assert len(hit.snippet) < 200


def test_titles_are_found_before_messages(store):
    chat = store.create_chat(title="Tides and moon")
    message = store.add_message(chat.id, None, "user", "Why tides?")
    assert [hit.message_id for hit in store.search("tides")] == [None, message.id]


def test_chats_in_the_bin_are_not_found(store):
    chat = store.create_chat()
    store.add_message(chat.id, None, "user", "hidden words")
    store.bin(chat.id)
    assert store.search("hidden") == ()


def test_a_growing_reply_is_found_once_it_has_ended(store):
    from dataclasses import replace

    chat = store.create_chat(title="-")
    reply = store.add_message(chat.id, None, "assistant", "", state="streaming")
    store.save_reply(replace(reply, text="alpha beta"))
    assert store.search("alpha") == ()
    store.save_reply(replace(reply, text="alpha gamma", state="complete"))
    assert len(store.search("gamma")) == 1 and store.search("beta") == ()


def test_deleted_chats_leave_nothing_in_the_index(store, chat_path):
    chat = store.create_chat()
    store.add_message(chat.id, None, "user", "forget me")
    store.bin(chat.id)
    store.empty_bin()
    store.close()
    again = ChatStore(chat_path)
    assert again.search("forget") == ()
    again.close()
