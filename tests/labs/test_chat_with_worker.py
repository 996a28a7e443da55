"""Turns of a chat through the real worker process, with simulated models and the starter."""

from dataclasses import replace

import pytest

from labs.chat.budget import most_tokens
from labs.chat.conversation import ChatOptions
from labs.chat.prefix import Prefix
from models.cancel import CancelToken
from models.engine.messages import Delta, LoadSettings, Part, Sampling
from models.engine.pool import Pool
from models.engine.thinking import split_thinking
from models.long_work import result_of


@pytest.fixture(scope="session")
def pool():
    """Workers for the whole session."""
    opened = Pool(fits=lambda *_: True)
    yield opened
    opened.close()


@pytest.fixture
def engine(pool):
    """Lends the engine of a model for one test."""
    leases = []

    def lend(model, n_ctx=2048):
        leases.append(result_of(pool.lease(model, LoadSettings(n_ctx=n_ctx))))
        return leases[-1].engine

    yield lend
    for lease in leases:
        lease.release()
    for status in pool.status():
        pool.eject(status.model)


def test_an_echo_answers_with_what_it_was_told(sandbox, ask, engine):
    events, message = ask(engine("sim:echo"), "Grüße 🧪")
    assert (message.text, message.state) == ("Grüße 🧪", "complete")
    assert "".join(e.text for e in events if isinstance(e, Delta)) == message.text


def test_what_was_sent_spells_the_rendered_prompt(sandbox, ask, engine, store):
    _, message = ask(engine("sim:echo"), "spell <|im_end|> here")
    sent = store.sent(message.id)
    assert "".join(t.text for t in sent).count("<|im_end|>") == 2
    assert [t.control for t in sent if t.origin == "user"].count(True) == 0
    assert len(sent) == message.provenance.prompt_tokens


def test_a_character_split_over_tokens_is_whole_in_the_store(sandbox, ask, engine, store):
    _, message = ask(engine("sim:unicode"))
    assert "👩‍🔬🎉 日本語" in store.message(message.id).text
    assert "".join(t.text for t in store.tokens(message.id)) == message.text


def test_a_thinking_model_thinks_and_answers(sandbox, ask, engine):
    _, message = ask(engine("sim:think"))
    assert [p.kind for p in split_thinking(message.text)] == ["thinking", "answer"]
    assert message.provenance.thinking_s is not None


def test_a_worker_that_crashes_leaves_text_and_sentence_and_the_next_turn_works(
    sandbox, ask, pool, store
):
    with result_of(pool.lease("sim:crash", LoadSettings())) as lease:
        _, message = ask(lease.engine, "please crash")
    assert message.state == "failed" and message.text.startswith("I") and message.error
    with result_of(pool.lease("sim:crash", LoadSettings())) as lease:
        _, again = ask(lease.engine, "hello")
    assert again.state == "complete"
    pool.eject("sim:crash")


def test_stop_in_the_middle_keeps_the_text(sandbox, ask, engine, store):
    cancel = CancelToken()
    asked = store.add_message(store.create_chat().id, None, "user", "go")
    steps = ask.answer(engine("sim:long"), asked, cancel=cancel)
    while not isinstance(next(steps), Delta):
        pass
    cancel.cancel()
    message = result_of(steps)
    assert message.state == "stopped" and message.text.startswith("Sentence number 1")


def test_an_alternative_goes_on_from_its_token(sandbox, ask, engine, store):
    lent = engine("sim:echo")
    _, first = ask(lent, "Hello there")
    alternative = store.tokens(first.id)[1].top[2]
    asked = store.message(first.parent_id)
    prefix = Prefix(first.id, position=1, token_id=alternative.token_id)
    message = result_of(ask.answer(lent, asked, prefix=prefix))
    assert message.text.startswith("Hello" + alternative.text)
    assert store.tokens(message.id)[1].token_id == alternative.token_id


@pytest.mark.parametrize("overflow", ["rolling_window", "truncate_middle"])
def test_a_megabyte_is_answered_within_the_context(sandbox, ask, engine, overflow):
    options = ChatOptions(overflow=overflow, max_tokens=20)
    _, message = ask(engine("sim:long", n_ctx=512), "word " * 200_000, options)
    assert message.shortened == (message.parent_id,)
    assert message.provenance.prompt_tokens <= 512 - 20


@pytest.mark.model
def test_the_starter_answers_and_the_same_seed_says_the_same(sandbox, ask, engine, starter, store):
    options = ChatOptions(sampling=replace(Sampling(), seed=11), max_tokens=12)
    lent = engine(str(starter))
    _, first = ask(lent, "What is the moon?", options)
    _, second = ask(lent, "What is the moon?", options)
    assert first.text == second.text != "" and first.provenance.stop_reason == "length"
    assert all(len(t.top) == 8 and t.entropy is not None for t in store.tokens(first.id))


@pytest.mark.model
def test_no_prompt_has_more_tokens_than_its_bytes_allow(engine, starter):
    odd = ("", " ", "\x00\x7f", "日本語 ﷺ ㌔", "👩‍🔬" * 9, "q" * 300, "<|im_end|> " * 20, "\n\t \r")
    for lent in (engine("sim:echo"), engine(str(starter))):
        for text in odd:
            parts = (Part(text), Part("<|im_end|>", control=True), Part(text), Part(text))
            assert lent.tokenize(parts, count_only=True).count <= most_tokens(parts)


@pytest.mark.model
def test_the_starter_follows_a_schema(sandbox, ask, engine, starter):
    options = ChatOptions(json_schema='{"enum": ["yes", "no"]}', max_tokens=12)
    _, message = ask(engine(str(starter)), "Is water wet?", options)
    assert message.text in ('"yes"', '"no"')
