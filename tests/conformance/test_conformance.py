"""The same checks for every backend: what a lab may count on, whatever runs the model."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from models.cancel import CancelToken
from models.engine.messages import Delta, Generate, GenerateMany, Label, Row, RowResult, Sampling
from models.errors import UserError
from models.long_work import result_of
from tests.conformance.conftest import BACKENDS
from tests.conformance.subject import GREEDY, Subject
from tests.conformance.table import TABLE, Table
from tests.long_work import watch

QUESTION = "Write a few sentences about the sea."
LABELS = (Label("yes", ("Yes", " Yes")), Label("no", ("No", " No")))


def deltas(events: list[Any]) -> list[Delta]:
    return [event for event in events if isinstance(event, Delta)]


def rows_of(subject: Subject, *rows: Row, cancel: CancelToken | None = None) -> list[RowResult]:
    request = GenerateMany("chat", rows, "cold", GREEDY)
    found, done = watch(subject.engine.generate_many(request, cancel or CancelToken()))
    assert done.finished_rows == len(found)
    return sorted(found, key=lambda row: row.index)


def test_it_says_what_it_is(subject: Subject) -> None:
    info = subject.info
    assert info.name and info.backend and info.backend_build
    assert info.chat_template or info.capabilities.own_template


def test_text_comes_in_order_and_whole(subject: Subject) -> None:
    events, done = watch(subject.work(QUESTION, max_tokens=24))
    assert done.text and "".join(delta.text for delta in deltas(events)) == done.text
    assert done.time_to_first_token_s is not None and done.generation_s > 0


def test_the_longest_reply_is_kept_to(subject: Subject) -> None:
    done = subject.ask(QUESTION, max_tokens=5)
    assert done.stop_reason == "length" and 0 < done.reply_tokens <= 5


def test_a_stop_word_ends_the_reply_and_is_not_told(subject: Subject) -> None:
    whole = subject.ask(QUESTION, max_tokens=24).text
    word = whole[len(whole) // 2 :][:4]
    done = subject.ask(QUESTION, max_tokens=24, stop=(word,))
    assert done.stop_reason == "stop" and word not in done.text


def test_no_character_shows_as_garbage(subject: Subject) -> None:
    events, done = watch(subject.work("Repeat: Grüße 👩‍🔬🎉 日本語 ¿qué?", max_tokens=24))
    assert "\ufffd" not in done.text
    assert all("\ufffd" not in delta.text for delta in deltas(events))


def test_a_stopped_reply_keeps_its_text_and_the_model_goes_on(subject: Subject) -> None:
    cancel = CancelToken()
    work = subject.work(QUESTION, cancel, max_tokens=600)
    first = next(event for event in work if isinstance(event, Delta))
    cancel.cancel()
    events, done = watch(work)
    assert done.stop_reason == "cancelled" and not done.killed
    assert done.text == "".join(delta.text for delta in (first, *deltas(events)))
    assert subject.ask(QUESTION, max_tokens=4).text


def test_an_empty_prompt_is_answered_or_refused_in_a_sentence(subject: Subject) -> None:
    try:
        result_of(
            subject.engine.generate(Generate("chat", (), GREEDY, max_tokens=4), CancelToken())
        )
    except UserError as error:
        assert str(error).strip().endswith(".")
    assert subject.ask(QUESTION, max_tokens=4).text


def test_a_prompt_beyond_the_context_is_refused_in_a_sentence(subject: Subject) -> None:
    with pytest.raises(UserError, match=r"token|context"):
        subject.ask("word " * 6000, max_tokens=4)
    assert subject.ask(QUESTION, max_tokens=4).text


def test_a_model_that_is_not_there_is_a_sentence(subject: Subject) -> None:
    client = subject.missing()
    try:
        with pytest.raises(UserError) as raised:
            result_of(client.load(CancelToken()))
        assert raised.value.message.endswith(".") and "Traceback" not in str(raised.value)
    finally:
        client.close()


def test_the_likeliest_reply_is_the_same_twice(subject: Subject) -> None:
    first, second = (subject.ask(QUESTION, max_tokens=12).text for _ in range(2))
    assert first == second


def test_a_seed_gives_the_same_reply_twice(subject: Subject) -> None:
    if not subject.info.capabilities.seed:
        return subject.lacks("takes no seed")
    drawn = Sampling(temperature=1.0, seed=7)
    first, second = (subject.ask(QUESTION, max_tokens=12, sampling=drawn) for _ in range(2))
    assert first.text == second.text and first.seed == 7
    return None


def test_no_thought_is_written_with_thinking_off(subject: Subject) -> None:
    assert "<think>" not in subject.ask(QUESTION, max_tokens=12, thinking="off").text


def test_probabilities_of_written_tokens_are_told(subject: Subject) -> None:
    if not subject.info.capabilities.token_logprobs:
        return subject.lacks("tells no log-probabilities")
    events, done = watch(subject.work(QUESTION, max_tokens=6, lens_top=4))
    tokens = [token for delta in deltas(events) for token in delta.tokens]
    assert len(tokens) == done.reply_tokens
    for token in tokens:
        assert token.logprob is not None and token.logprob <= 1e-6
        assert sum(math.exp(each.logprob) for each in token.top) <= 1 + 1e-4
    return None


def test_many_prompts_come_back_each_once(subject: Subject) -> None:
    asked = [Row(subject.prompt(f"{QUESTION} ({i})"), max_tokens=8, seed=i) for i in range(3)]
    rows = rows_of(subject, *asked)
    assert [row.index for row in rows] == [0, 1, 2]
    assert all(row.text and row.reply_tokens <= 8 for row in rows)


def test_a_row_ends_when_its_pattern_is_found(subject: Subject) -> None:
    (row,) = rows_of(subject, Row(subject.prompt(QUESTION), max_tokens=40, until=(r"\w+\W+\w",)))
    assert row.stop_reason == "decided" and row.reply_tokens < 40


def test_many_prompts_can_be_stopped(subject: Subject) -> None:
    rows = tuple(Row(subject.prompt(f"{QUESTION} ({i})"), max_tokens=40) for i in range(30))
    cancel = CancelToken()
    work = subject.engine.generate_many(GenerateMany("chat", rows, "cold", GREEDY), cancel)
    next(work)
    cancel.cancel()
    _, done = watch(work)
    assert done.cancelled and done.finished_rows < 30


def test_labels_are_scored_after_a_prompt(subject: Subject) -> None:
    if not subject.info.capabilities.prompt_logits:
        return subject.lacks("gives no logits of a prompt")
    (row,) = rows_of(subject, Row(subject.prompt("Is water wet? Answer Yes or No."), LABELS))
    assert [label.name for label in row.labels] == ["yes", "no"]
    assert sum(math.exp(label.logprob) for label in row.labels) <= 1 + 1e-6
    return None


def test_a_reply_can_be_held_to_a_form(subject: Subject) -> None:
    can = subject.info.capabilities
    if can.grammar:
        said = subject.ask("Is water wet?", max_tokens=8, grammar='root ::= "yes" | "no"').text
        assert said in ("yes", "no")
    elif can.json_schema:
        said = subject.ask("Is water wet?", max_tokens=8, json_schema='{"type": "boolean"}').text
        assert isinstance(json.loads(said), bool)
    else:
        subject.lacks("takes neither grammar nor schema")


def test_tokens_of_a_prompt_are_counted_as_they_are_read(subject: Subject) -> None:
    prompt = subject.prompt(QUESTION)
    counted = subject.engine.tokenize(prompt, count_only=True)
    if not subject.info.capabilities.exact_tokenizer:
        assert counted.estimated and counted.count > 0
        return subject.lacks("has no tokenizer here; counts are estimates")
    assert counted.count == subject.ask(QUESTION, max_tokens=1).prompt_tokens
    tokens = subject.engine.tokenize(prompt).tokens
    assert subject.engine.detokenize([t.token_id for t in tokens if t.origin == "user"]) == QUESTION
    return None


def test_a_message_that_spells_control_tokens_stays_text(subject: Subject) -> None:
    info = subject.info
    if not info.capabilities.exact_tokenizer:
        return subject.lacks("has no tokenizer here")
    tokens = subject.engine.tokenize(subject.prompt(f"ignore {info.eos_text} this")).tokens
    assert not any(token.control for token in tokens if token.origin == "user")
    return None


def test_the_readme_keeps_this_table(request: pytest.FixtureRequest) -> None:
    table = request.config.stash.get(TABLE, Table())
    if not table.has_all(BACKENDS):
        pytest.skip("Only a run of every check with every backend makes the whole table.")
    readme = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
    assert table.markdown(BACKENDS) in readme
