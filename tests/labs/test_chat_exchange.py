"""JSON out and in again, and what strangers may hand in."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labs.chat.conversation import Attachment, ChatOptions, Provenance
from labs.chat.exchange import FORMAT, chat_to_json, import_chat
from labs.chat.store import ChatStore
from models.engine.messages import Sampling
from models.errors import UserError


def document(*messages, **more):
    return json.dumps({"format": FORMAT, "version": 1, "messages": list(messages), **more}).encode()


def entry(message_id, parent_id=None, **more):
    return {"id": message_id, "parent_id": parent_id, "role": "user", "text": "x", **more}


@pytest.fixture
def rich(store):
    """A chat with two branches, a file, a record and dropped messages."""
    chat = store.create_chat(ChatOptions("Be kind.", Sampling(top_k=3)), "sim:echo", "Tides 🌊")
    asked = store.add_message(chat.id, None, "user", "Q", [Attachment("ä.txt", "né", 3)])
    for text in ("one", "<think>hm</think>two"):
        reply = store.add_message(chat.id, asked.id, "assistant", text)
        made = Provenance("M", "/m", sampling=Sampling(seed=9), notes=("odd",))
        store.save_reply(replace(reply, provenance=made, dropped=(asked.id,), state="stopped"))
    return store.chat(chat.id)


def without_ids(store, chat):
    messages = store.messages(chat.id)
    first = messages[0].id
    return [
        replace(m, id=m.id - first, chat_id=0, parent_id=m.parent_id and m.parent_id - first,
                dropped=tuple(i - first for i in m.dropped))
        for m in messages
    ]  # fmt: skip


def test_a_chat_comes_back_as_it_went_out(store, rich):
    raw = chat_to_json(rich, store.messages(rich.id)).encode()
    again = import_chat(store, raw)
    assert without_ids(store, again) == without_ids(store, rich)
    assert (again.title, again.options, again.model) == (rich.title, rich.options, rich.model)
    assert again.id != rich.id and store.message(again.leaf_id).text.endswith("two")


def test_an_import_is_found_by_search(store, rich):
    raw = chat_to_json(rich, store.messages(rich.id)).replace("two", "zanzibar").encode()
    import_chat(store, raw)
    assert len(store.search("zanzibar")) == 1


def test_thinking_and_records_can_stay_at_home(store, rich):
    raw = chat_to_json(rich, store.messages(rich.id), thinking=False, records=False)
    assert "hm<" not in raw and "Be kind" not in raw and "seed" not in raw
    assert import_chat(store, raw.encode()).title == rich.title


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff",
        b"[]",
        b"3",
        b"{}",
        b"[" * 200_000,
        b'{"format": "other"}',
        json.dumps({"format": FORMAT}).encode(),
        json.dumps({"format": FORMAT, "version": True, "messages": []}).encode(),
        json.dumps({"format": FORMAT, "version": 1, "messages": {}}).encode(),
        document(3),
        document(entry(1, 1)),
        document(entry(1, 2), entry(2, 1)),
        document(entry(1), entry(1)),
        document(entry("1")),
        document(entry(1), entry(2, True)),
        document(entry(1, role="tool")),
        document(entry(1, role=["user"])),
        document(entry(1, text=None)),
        document(entry(1, attachments=["file:///etc/passwd"])),
    ],
)
def test_what_is_no_chat_is_refused_and_nothing_is_added(store, raw):
    with pytest.raises(UserError, match="cannot be imported"):
        import_chat(store, raw)
    assert store.chats() == ()


def test_the_file_of_a_newer_assay_is_refused(store):
    raw = json.dumps({"format": FORMAT, "version": 2, "messages": []}).encode()
    with pytest.raises(UserError, match="newer Assay"):
        import_chat(store, raw)


def test_odd_values_give_way_and_the_text_is_kept(store):
    odd = entry(
        1, created_at=1e300, state="exploded", error=5, dropped=["x"], attachments=None,
        provenance={"seed": "x", "sampling": {"top_k": 1e9}, "load": []}, future=True,
        text="kept \ud800 text",
    )  # fmt: skip
    raw = document(odd, title=["no"], options="no", leaf_id="no", created_at=None, model=7)
    chat = import_chat(store, raw)
    (message,) = store.messages(chat.id)
    assert (message.text, message.state, message.error) == ("kept ? text", "complete", "")
    assert message.provenance.sampling == Sampling() and chat.leaf_id == message.id


def test_a_reply_that_was_still_growing_comes_in_as_interrupted(store):
    chat = import_chat(store, document(entry(1, state="streaming")))
    assert store.messages(chat.id)[0].state == "interrupted"


def test_an_import_that_does_not_fit_on_the_disk_adds_nothing(chat_path):
    store = ChatStore(chat_path, max_pages=40)
    with pytest.raises(UserError, match="disk is full"):
        import_chat(store, document(entry(1), entry(2, 1, text="x" * 300_000)))
    assert store.chats() == ()
    store.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ["id", "parent_id", "role", "text", "created_at", "state", "error", "attachments",
          "provenance", "dropped", "shortened"]  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=3), JSON, JSON)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_json_ends_in_anything_but_a_chat_or_a_sentence(entries, title, options):
    store = ChatStore(None)
    try:
        base = [entry(n) | fields for n, fields in enumerate(entries)]
        import_chat(store, document(*base, title=title, options=options))
    except UserError as error:
        assert error.message
    finally:
        store.close()
