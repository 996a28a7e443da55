"""What fits into the context, and what is left out."""

import pytest

from labs.chat.budget import (
    TokenCounter,
    Turn,
    estimate_tokens,
    plan,
    reserve_for,
    shorten,
)
from labs.chat.conversation import ChatOptions
from models.errors import UserError
from tests.labs.scripted import ScriptedEngine


def count(text):
    return len(text.split())


def turn(message_id, role, words):
    return Turn(role, " ".join([f"w{message_id}"] * words), "history", message_id)


HISTORY = [
    Turn("system", "be brief", "system"),
    turn(1, "user", 10),
    turn(2, "assistant", 10),
    turn(3, "user", 10),
    turn(4, "assistant", 10),
    turn(5, "user", 10),
]


def planned(turns, overflow, n_ctx, **more):
    return plan(turns, n_ctx=n_ctx, reserve_tokens=0, overflow=overflow, count=count, **more)


@pytest.mark.parametrize("overflow", ["stop_at_limit", "truncate_middle", "rolling_window"])
def test_a_conversation_that_fits_is_sent_whole(overflow):
    chosen = planned(HISTORY, overflow, 52)
    assert chosen.turns == tuple(HISTORY)
    assert (chosen.prompt_tokens, chosen.dropped, chosen.shortened) == (52, (), ())


def test_stop_at_limit_refuses_with_the_numbers():
    with pytest.raises(UserError, match=r"about 52 tokens.*room for 51"):
        planned(HISTORY, "stop_at_limit", 51)


@pytest.mark.parametrize(
    ("n_ctx", "dropped"), [(51, (1, 2)), (32, (1, 2)), (31, (1, 2, 3, 4)), (12, (1, 2, 3, 4))]
)
def test_a_rolling_window_drops_the_oldest_and_keeps_questions_with_answers(n_ctx, dropped):
    chosen = planned(HISTORY, "rolling_window", n_ctx)
    assert (chosen.dropped, chosen.shortened) == (dropped, ())
    assert chosen.turns[0].role == "system" and chosen.turns[-1].message_id == 5


@pytest.mark.parametrize(("n_ctx", "dropped"), [(51, (2,)), (41, (2, 3, 4)), (22, (2, 3, 4))])
def test_truncate_middle_keeps_the_first_message(n_ctx, dropped):
    chosen = planned(HISTORY, "truncate_middle", n_ctx)
    assert (chosen.dropped, chosen.shortened) == (dropped, ())
    assert [t.message_id for t in chosen.turns][:2] == [None, 1]


@pytest.mark.parametrize("overflow", ["truncate_middle", "rolling_window"])
def test_a_message_too_long_alone_is_shortened_with_a_mark(overflow):
    chosen = planned([*HISTORY[:-1], turn(5, "user", 500)], overflow, 100)
    assert 5 in chosen.shortened and "tokens left out" in chosen.turns[-1].content
    assert chosen.prompt_tokens <= 100


def test_short_messages_stay_whole_beside_a_long_one():
    chosen = planned([turn(1, "user", 500), turn(2, "user", 10)], "truncate_middle", 100)
    assert chosen.shortened == (1,) and chosen.turns[-1].content.count("w2") == 10


def test_every_message_is_kept_or_named():
    for n_ctx in range(22, 60):
        for overflow in ("truncate_middle", "rolling_window"):
            chosen = planned(HISTORY, overflow, n_ctx)
            kept = {t.message_id for t in chosen.turns if t.message_id}
            assert kept | set(chosen.dropped) == {1, 2, 3, 4, 5}
            assert chosen.prompt_tokens <= n_ctx


def test_a_system_prompt_without_room_beside_it_is_refused():
    with pytest.raises(UserError, match="system prompt leaves no room"):
        planned([Turn("system", "w " * 95, "system"), turn(1, "user", 50)], "rolling_window", 100)


def test_what_the_template_adds_is_counted():
    assert planned(HISTORY, "rolling_window", 200, tokens_per_turn=5).prompt_tokens == 82


def test_shortening_keeps_beginning_and_end():
    text = " ".join(str(n) for n in range(1000))
    cut = shorten(text, 50, count)
    assert cut.startswith("0 1 2") and cut.endswith("998 999") and count(cut) <= 50


def test_a_megabyte_is_sampled_and_not_counted_whole():
    engine = ScriptedEngine()
    text = "word " * 200_000
    counter = TokenCounter(engine)
    assert abs(counter(text) - 200_000) < 1000
    assert engine.counted_characters < 30_000


def test_a_text_is_counted_once():
    engine = ScriptedEngine()
    counter = TokenCounter(engine)
    assert counter("one two") == counter("one two") == 2
    assert engine.counted_characters == 7


def test_the_estimate_needs_no_model():
    assert estimate_tokens("") == 0
    assert estimate_tokens("x" * 400) == 100


@pytest.mark.parametrize(
    ("options", "reserve"),
    [
        (ChatOptions(), 64),
        (ChatOptions(overflow="rolling_window"), 512),
        (ChatOptions(overflow="rolling_window", max_tokens=100), 100),
        (ChatOptions(overflow="truncate_middle", max_tokens=100_000), 1024),
    ],
)
def test_room_is_kept_for_the_reply(options, reserve):
    assert reserve_for(options, 4096) == reserve


def test_an_old_long_chat_is_counted_no_further_than_it_is_kept():
    engine = ScriptedEngine()
    talk = [Turn("user", f"{n} " + "x" * 98, "history", n) for n in range(1000)]
    plan(talk, n_ctx=20, reserve_tokens=0, overflow="rolling_window", count=TokenCounter(engine))
    assert engine.counted_characters < 2_000
