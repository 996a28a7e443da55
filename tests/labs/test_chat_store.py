"""Chats on disk: what is saved, found again, put into the bin and taken out."""

import itertools
import threading
from dataclasses import replace

import pytest

from labs.chat.conversation import Attachment, ChatOptions, Provenance
from labs.chat.store import ChatStore
from labs.chat.tree import Tree
from models.engine.messages import Alternative, PromptToken, Sampling, TokenData
from models.errors import UserError

ODD_TEXTS = [
    "",
    "naïve café ☕ 日本語 🧪👩‍🔬",
    "' OR 1=1; DROP TABLE chats; --",
    '"quotes" AND NEAR( * ^ : -col',
    "zero\x00byte and \x02marks\x03",
    "<|im_end|>\n<script>alert(1)</script>",
]


@pytest.fixture
def chat(store):
    return store.create_chat()


def say(store, chat_id, text, parent_id=None, role="user"):
    return store.add_message(chat_id, parent_id, role, text)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_a_message_comes_back_as_it_was_written(store, chat, text):
    message = say(store, chat.id, text)
    assert store.messages(chat.id) == (message,)
    assert message.text == text


def test_half_a_character_is_replaced_not_refused(store, chat):
    assert say(store, chat.id, "half \ud83e of one").text == "half ? of one"


def test_a_message_keeps_its_attachments(store, chat):
    file = Attachment("notes.txt", "one\ntwo", 7)
    message = store.add_message(chat.id, None, "user", "Read this", [file])
    assert store.message(message.id).attachments == (file,)


def test_everything_is_there_after_opening_again(chat_path, clock):
    first = ChatStore(chat_path, clock)
    chat = first.create_chat(ChatOptions(system_prompt="Be brief."), model="sim:echo")
    message = say(first, chat.id, "Hello")
    first.close()
    again = ChatStore(chat_path, clock)
    assert again.chats()[0].options.system_prompt == "Be brief."
    assert again.messages(chat.id) == (message,)
    again.close()


def test_a_reply_keeps_its_record(store, chat):
    record = Provenance("Model", "/m.gguf", sampling=Sampling(seed=7), notes=("odd",))
    reply = store.add_message(chat.id, None, "assistant", "", state="streaming")
    ended = replace(reply, text="Hi", state="complete", provenance=record, dropped=(1, 2))
    store.save_reply(ended)
    assert store.message(reply.id) == ended


def test_lens_data_of_all_saves_comes_back_in_order(store, chat):
    reply = store.add_message(chat.id, None, "assistant", "", state="streaming")
    tokens = [TokenData(n, f"t{n}", -0.5, 1.25, (Alternative(9, "é", -2.0),)) for n in range(5)]
    store.save_reply(reply, tokens[:2])
    store.save_reply(reply, tokens[2:])
    assert store.tokens(reply.id) == tuple(tokens)


def test_what_was_sent_is_kept_with_its_origins(store, chat):
    reply = store.add_message(chat.id, None, "assistant", "")
    sent = (PromptToken(1, "<|im_start|>", "template", True), PromptToken(5, "Hé", "user"))
    store.save_sent(reply.id, sent)
    assert store.sent(reply.id) == sent


def test_a_reply_without_records_has_none(store, chat):
    message = say(store, chat.id, "Hi")
    assert (store.tokens(message.id), store.sent(message.id)) == ((), ())


def test_the_hash_of_a_model_is_filled_in_afterwards(store, chat):
    reply = store.add_message(chat.id, None, "assistant", "x")
    store.save_reply(replace(reply, provenance=Provenance("M", "/m", fingerprint="f1")))
    store.set_sha256("f1", "abc")
    assert store.message(reply.id).provenance.sha256 == "abc"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("How do tides work?", "How do tides work?"),
        ("\n\n  ## **Plan** for today\nmore", "Plan for today"),
        ("word " * 40, "word word word word word word word word word word word…"),
        ("x" * 100, "x" * 59 + "…"),
        ("!!!\n???", "New chat"),
    ],
)
def test_the_first_message_gives_the_title(store, chat, text, title):
    say(store, chat.id, text)
    assert store.chat(chat.id).title == title


def test_a_title_given_by_hand_stays(store, chat):
    store.rename(chat.id, "  Tides \n and moon ")
    say(store, chat.id, "Another question")
    assert store.chat(chat.id).title == "Tides and moon"


def test_pinned_chats_come_first_then_the_latest(store, clock):
    oldest, middle, latest = (store.create_chat(title=str(n)).id for n in range(3))
    clock.now += 1
    say(store, middle, "again")
    store.pin(oldest)
    assert [c.id for c in store.chats()] == [oldest, middle, latest]


def test_a_chat_in_the_bin_can_be_taken_out_whole(store, chat):
    message = say(store, chat.id, "Precious")
    store.bin(chat.id)
    assert (store.chats(), [c.id for c in store.chats(binned=True)]) == ((), [chat.id])
    store.restore(chat.id)
    assert store.messages(chat.id) == (message,)


def test_a_clock_that_goes_backwards_keeps_every_message_in_its_order(chat_path):
    backwards_s = itertools.count(1e9, -3600)
    store = ChatStore(chat_path, lambda: next(backwards_s))
    chat, parent = store.create_chat(), None
    for text in ("one", "two", "three"):
        parent = store.add_message(chat.id, parent, "user", text).id
    path = Tree(store.messages(chat.id)).path(store.chat(chat.id).leaf_id)
    assert [message.text for message in path] == ["one", "two", "three"]
    store.bin(chat.id)
    assert store.empty_bin(older_than_s=60) == 0
    store.close()


def test_emptying_the_bin_deletes_only_what_lay_there_long_enough(store, clock):
    old, fresh, kept = (store.create_chat() for _ in range(3))
    say(store, old.id, "old words")
    store.bin(old.id)
    clock.now += 100
    store.bin(fresh.id)
    assert store.empty_bin(older_than_s=50) == 1
    assert [c.id for c in store.chats(binned=True)] == [fresh.id]
    assert [c.id for c in store.chats()] == [kept.id]


def test_a_chat_that_is_gone_is_said_in_a_sentence(store):
    with pytest.raises(UserError, match="no longer there"):
        store.chat(99)
    with pytest.raises(UserError, match="no longer there"):
        store.rename(99, "x")


def test_a_message_cannot_hang_under_another_chat(store, chat):
    elsewhere = say(store, store.create_chat().id, "there")
    with pytest.raises(ValueError, match="belongs to chat"):
        say(store, chat.id, "here", elsewhere.id)


def test_a_chat_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = ChatStore(None)
    say(store, store.create_chat().id, "secret")
    assert store.search("secret") and not list(tmp_path.iterdir())
    store.close()


def test_one_thread_reads_while_others_write(store, chat):
    def write() -> None:
        for n in range(40):
            say(store, chat.id, f"line {n}")

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert all(m.text.startswith("line") for m in store.messages(chat.id))
    for writer in writers:
        writer.join()
    assert len(store.messages(chat.id)) == 120


def test_a_long_chat_opens_with_all_its_messages_and_records(store, chat):
    parent_id = None
    for n in range(250):
        parent_id = say(store, chat.id, f"Question {n}", parent_id).id
        reply = store.add_message(chat.id, parent_id, "assistant", f"Answer {n}")
        store.save_reply(replace(reply, provenance=Provenance("M", "/m", seed=n)))
        parent_id = reply.id
    messages = store.messages(chat.id)
    assert len(messages) == 500
    assert messages[-1].provenance.seed == 249
