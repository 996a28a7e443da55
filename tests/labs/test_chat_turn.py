"""One turn: what is yielded, what is saved, and what is kept when something breaks."""

from dataclasses import replace

import pytest

from labs.chat.conversation import Attachment, ChatOptions
from labs.chat.identity import ModelIdentity
from labs.chat.prefix import Prefix
from labs.chat.saving import SAVE_EVERY_S
from labs.chat.store import ChatStore
from labs.chat.turn import SaveFailed, Started, reply
from models.cancel import CancelToken
from models.engine.messages import Capabilities, Delta, Progress, Sampling
from models.errors import EngineDied, UserError
from models.long_work import result_of
from tests.labs.scripted import ScriptedEngine, delta
from tests.long_work import watch

HI = (delta("Hi", 7), delta(" there", 8))


def test_first_comes_the_place_in_the_tree_then_progress_then_text(ask):
    events, message = ask(ScriptedEngine(Progress("prompt", 1, 2), *HI))
    assert [type(e) for e in events] == [Started, Progress, Delta, Delta]
    assert (message.text, message.state, message.error) == ("Hi there", "complete", "")


def test_the_engine_has_the_request_before_anybody_hears_of_the_start(ask, store):
    asked = store.add_message(store.create_chat().id, None, "user", "Go")
    engine = ScriptedEngine(*HI)
    steps = ask.answer(engine, asked)
    assert isinstance(next(steps), Started) and len(engine.requests) == 1
    steps.close()


def test_the_start_is_told_of_a_reply_that_fails_at_once(ask):
    events, message = ask(ScriptedEngine(UserError("The context is full.")))
    assert [type(e) for e in events] == [Started]
    assert (message.state, message.error) == ("failed", "The context is full.")


def test_a_reply_that_broke_off_keeps_how_long_its_prompt_was(ask):
    died = EngineDied("other", "The engine ended.", "Send again.")
    _, message = ask(ScriptedEngine(Progress("prompt", 0, 12), died))
    assert message.provenance.prompt_tokens == 12


def test_the_finished_reply_is_the_one_on_disk(ask, store):
    _, message = ask(ScriptedEngine(*HI))
    assert store.message(message.id) == message
    assert [t.token_id for t in store.tokens(message.id)] == [7, 8]


def test_a_reply_keeps_how_it_was_made(ask):
    identity = ModelIdentity("Nice name", fingerprint="f", quantization="Q8_0")
    options = ChatOptions(sampling=Sampling(temperature=0.1), thinking="off")
    _, message = ask(ScriptedEngine(*HI), options=options, identity=identity)
    made = message.provenance
    assert (made.model_name, made.fingerprint, made.quantization) == ("Nice name", "f", "Q8_0")
    assert (made.seed, made.stop_reason, made.sampling.temperature) == (42, "end", 0.1)
    assert (made.tokens_per_second, made.time_to_first_token_s) == (1.0, 0.1)
    assert len(made.template_hash) == 64 and "no switch for thinking" in made.notes[0]


def test_what_was_sent_can_be_seen_later(ask, store):
    _, message = ask(ScriptedEngine(*HI), "What now?")
    sent = store.sent(message.id)
    assert "".join(t.text for t in sent if t.origin == "user") == "What now?"
    assert sent[0].control


def test_the_question_is_on_disk_before_anything_is_sent(ask, store):
    with pytest.raises(UserError, match="template"):
        ask(ScriptedEngine(template="{{ raise_exception('no') }}"), "Precious question")
    assert store.search("precious")


def test_a_reply_is_saved_while_it_grows(ask, store, clock):
    asked = store.add_message(store.create_chat().id, None, "user", "Go")
    steps = ask.answer(ScriptedEngine(*[delta(f"w{n} ") for n in range(9)]), asked)
    saved = []
    for event in steps:
        clock.now += SAVE_EVERY_S / 2
        if isinstance(event, Delta):
            saved.append(store.messages(asked.chat_id)[-1].text)
    assert saved[-1] in ("w0 w1 w2 w3 w4 w5 w6 w7 ", "w0 w1 w2 w3 w4 w5 w6 w7 w8 ")


def test_stop_keeps_what_had_come(ask, store, clock):
    cancel = CancelToken()
    asked = store.add_message(store.create_chat().id, None, "user", "Go")
    steps = ask.answer(ScriptedEngine(*HI), asked, cancel=cancel)
    next(steps), next(steps)
    cancel.cancel()
    message = result_of(steps)
    assert (message.text, message.state) == ("Hi", "stopped")
    assert message.provenance.stop_reason == "cancelled"


@pytest.mark.parametrize(("events", "text"), [(1, ""), (2, "Hi"), (3, "Hi there")])
def test_work_that_is_dropped_half_way_leaves_a_stopped_reply(ask, store, events, text):
    asked = store.add_message(store.create_chat().id, None, "user", "Go")
    steps = ask.answer(ScriptedEngine(*HI), asked)
    for _ in range(events):
        next(steps)
    steps.close()
    last = store.messages(asked.chat_id)[-1]
    assert (last.text, last.state) == (text, "stopped")


def test_a_worker_that_dies_leaves_its_text_and_a_sentence(ask, store):
    died = EngineDied("out_of_memory", "The model ran out of memory.", "Use a smaller context.")
    _, message = ask(ScriptedEngine(delta("I was"), died))
    assert (message.text, message.state) == ("I was", "failed")
    assert message.error == "The model ran out of memory. Use a smaller context."
    assert store.message(message.id) == message


def test_a_bug_is_not_hidden_and_the_text_is_kept(ask, store):
    with pytest.raises(ZeroDivisionError):
        ask(ScriptedEngine(delta("I was"), ZeroDivisionError()))
    last = store.messages(1)[-1]
    assert (last.text, last.state) == ("I was", "failed")


def test_regenerating_makes_another_version(ask, store):
    _, first = ask(ScriptedEngine(*HI))
    asked = store.message(first.parent_id)
    second = result_of(ask.answer(ScriptedEngine(delta("Ho")), asked))
    assert second.parent_id == first.parent_id and second.id != first.id
    assert store.chat(asked.chat_id).leaf_id == second.id


def continued(ask, store, message, engine, **prefix):
    asked = store.message(message.parent_id)
    return result_of(ask.answer(engine, asked, prefix=Prefix(message.id, **prefix)))


def test_continuing_sends_the_tokens_and_keeps_both_texts(ask, store):
    _, first = ask(ScriptedEngine(*HI, stop_reason="length"))
    engine = ScriptedEngine(delta("!", 9))
    message = continued(ask, store, first, engine)
    assert message.text == "Hi there!"
    assert engine.requests[0].prompt[-1].token_ids == (7, 8)
    assert [t.token_id for t in store.tokens(message.id)] == [7, 8, 9]


def test_continuing_what_was_edited_by_hand_sends_its_text(ask, store):
    asked = store.add_message(store.create_chat().id, None, "user", "Go")
    edited = store.add_message(asked.chat_id, asked.id, "assistant", "Once upon")
    engine = ScriptedEngine(delta(" a time"))
    message = continued(ask, store, edited, engine)
    assert message.text == "Once upon a time"
    assert engine.requests[0].prompt[-1].text == "Once upon"


def test_an_alternative_token_begins_a_new_branch(ask, store):
    _, first = ask(ScriptedEngine(*HI))
    engine = ScriptedEngine(delta("!", 9))
    message = continued(ask, store, first, engine, position=1, token_id=99)
    assert engine.requests[0].prompt[-1].token_ids == (7, 99)
    assert [t.text for t in store.tokens(message.id)] == ["Hi", " else", "!"]
    assert store.tokens(message.id)[1].logprob == -2.5


@pytest.mark.parametrize(("position", "token_id"), [(1, 1234), (55, 99), (-1, 99)])
def test_an_alternative_that_was_not_recorded_is_refused(ask, store, position, token_id):
    _, first = ask(ScriptedEngine(*HI))
    with pytest.raises(UserError, match="not recorded"):
        continued(ask, store, first, ScriptedEngine(), position=position, token_id=token_id)


def test_another_model_continues_from_the_text(ask, store):
    _, first = ask(ScriptedEngine(*HI))
    other = ScriptedEngine(delta("!"))
    other.info = replace(other.info, model="/models/other.gguf")
    assert continued(ask, store, first, other).text == "Hi there!"


def test_a_thought_opened_by_the_template_stands_in_the_text(ask):
    template = "{{ messages[0].content + '<think>\n' }}"
    _, message = ask(ScriptedEngine(delta("hm</think>yes"), template=template))
    assert message.text == "<think>\nhm</think>yes"


def test_a_grammar_reaches_the_engine_and_a_broken_one_never_does(ask, store):
    good, bad = ScriptedEngine(*HI), ScriptedEngine(*HI)
    ask(good, options=ChatOptions(grammar='root ::= "yes"'))
    assert good.requests[0].grammar == 'root ::= "yes"'
    assert store.messages(1)[-1].provenance.grammar == 'root ::= "yes"'
    with pytest.raises(UserError, match="grammar"):
        ask(bad, options=ChatOptions(grammar="root ::= ("))
    assert bad.requests == []


def test_a_json_schema_becomes_a_grammar(ask):
    engine = ScriptedEngine(*HI)
    ask(engine, options=ChatOptions(json_schema='{"type": "boolean"}'))
    assert "root ::=" in engine.requests[0].grammar


@pytest.mark.parametrize("form", [{"grammar": 'root ::= "yes"'}, {"json_schema": "{}"}])
def test_a_model_that_cannot_follow_a_form_is_not_asked_to(ask, form):
    engine = ScriptedEngine(*HI)
    engine.info = replace(engine.info, capabilities=Capabilities())
    with pytest.raises(UserError, match="cannot be held to a form"):
        ask(engine, options=ChatOptions(**form))
    assert engine.requests == []


def test_a_server_gets_whole_messages_and_the_schema_itself(ask):
    engine, schema = ScriptedEngine(*HI), '{"type": "boolean"}'
    can = Capabilities(own_template=True, json_schema=True)
    engine.info = replace(engine.info, capabilities=can, chat_template="")
    ask(engine, options=ChatOptions("Be brief.", json_schema=schema, thinking="off"))
    (sent,) = engine.requests
    assert (sent.prompt[0].role, sent.prompt[0].text) == ("system", "Be brief.")
    assert sent.prompt[-1].role == "user"
    assert (sent.json_schema, sent.grammar, sent.thinking) == (schema, "", "off")


def test_dropped_messages_are_kept_with_the_reply(ask, store):
    chat = store.create_chat(ChatOptions(overflow="rolling_window", max_tokens=20))
    first = store.add_message(chat.id, None, "user", "old " * 100)
    second = store.add_message(chat.id, first.id, "assistant", "older " * 100)
    asked = store.add_message(chat.id, second.id, "user", "new " * 100)
    message = result_of(ask.answer(ScriptedEngine(*HI, n_ctx=200), asked))
    assert message.dropped == (first.id, second.id)
    assert store.message(message.id).dropped == message.dropped


def test_the_content_of_an_attached_file_is_sent(ask, store):
    chat = store.create_chat()
    file = Attachment("a.txt", "secret word: xyzzy", 18)
    asked = store.add_message(chat.id, None, "user", "Which?", [file])
    engine = ScriptedEngine(*HI)
    result_of(ask.answer(engine, asked))
    assert any("xyzzy" in p.text for p in engine.requests[0].prompt if p.origin == "document")


def test_a_full_disk_costs_nothing_of_what_is_in_memory(chat_path, sandbox, clock):
    store = ChatStore(chat_path, clock, max_pages=45)
    asked = store.add_message(store.create_chat().id, None, "user", "Go")
    script = [delta("x" * 10_000) for _ in range(30)]
    steps = reply(
        store, ScriptedEngine(*script), sandbox, asked.chat_id,
        parent_id=asked.id, cancel=CancelToken(), monotonic=ticking(clock),
    )  # fmt: skip
    events, message = watch(steps)
    assert [e for e in events if isinstance(e, SaveFailed)] == [
        SaveFailed("The disk is full: nothing more can be saved. "
                   "Free some space. What is on screen is still there.")
    ]  # fmt: skip
    assert len(message.text) == 300_000 and "not saved" in message.error
    store.close()


def ticking(clock):
    """A clock that moves on by a second at every look."""

    def look():
        clock.now += 1
        return clock.now

    return look
