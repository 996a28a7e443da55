"""Many prompts in one request: the three modes give the same answers, to the bit where promised."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from labs.experiments.scoring.lanes import lead_change
from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import (
    GenerateMany,
    Label,
    LoadSettings,
    ManyDone,
    Part,
    Row,
    RowMode,
    RowResult,
    Sampling,
)
from models.errors import UserError
from models.long_work import result_of
from tests.engine.asking import chat

LABELS = (Label("yes", ("Yes", " Yes", "yes")), Label("no", ("No", " No", "absolutely not")))
IS_X86 = platform.machine().lower() in ("x86_64", "amd64")
QUESTIONS = ("Is water wet?", "Is fire cold?", "Is ice warm?", "Is snow white?", "Is it so?")
ROWS = tuple(Row(chat(q), LABELS, max_tokens=6) for q in QUESTIONS)


@pytest.fixture(scope="module")
def engine(starter: Path) -> Iterator[EngineClient]:
    made = EngineClient(str(starter), LoadSettings(flash_attention="off"))
    result_of(made.load(CancelToken()))
    made.open_context("lab", 1024, n_seq=4)
    yield made
    made.close()


def collect(work: Generator[RowResult, None, ManyDone]) -> tuple[list[RowResult], ManyDone]:
    rows = []
    while True:
        try:
            rows.append(next(work))
        except StopIteration as end:
            return rows, end.value


def run(engine: EngineClient, mode: RowMode, rows: tuple[Row, ...] = ROWS) -> list[RowResult]:
    found, done = collect(engine.generate_many(GenerateMany("lab", rows, mode), CancelToken()))
    assert done.finished_rows == len(rows)
    return sorted(found, key=lambda row: row.index)


@pytest.fixture(scope="module")
def cold(engine: EngineClient) -> list[RowResult]:
    return run(engine, "cold")


@pytest.mark.model
def test_shared_beginnings_change_no_bit(engine: EngineClient, cold: list[RowResult]) -> None:
    exact = run(engine, "exact")
    assert [(r.text, r.labels, r.top) for r in exact] == [(r.text, r.labels, r.top) for r in cold]
    assert sum(r.cached_tokens for r in exact) > 0
    assert all(r.cached_tokens == 0 for r in cold)


@pytest.mark.model
def test_a_prompt_that_was_just_read_changes_no_bit(
    engine: EngineClient, cold: list[RowResult]
) -> None:
    twice = run(engine, "exact", (ROWS[0], ROWS[0]))
    assert [r.labels for r in twice] == [cold[0].labels] * 2


@pytest.mark.model
@pytest.mark.parametrize("mode", ["exact", "batched"])
def test_an_answer_is_no_beginning_of_another_prompt(engine: EngineClient, mode: RowMode) -> None:
    """It was written token by token, which rounds otherwise than reading it does."""
    asked = replace(ROWS[0], max_tokens=16)
    (answered,) = run(engine, "cold", (asked,))
    said = Part(token_ids=tuple(each.token_id for each in answered.drawn))
    rows = (asked, Row((*asked.prompt, said, Part(" Sure?")), LABELS, max_tokens=2))
    run(engine, mode, rows[:1])
    assert [r.top for r in run(engine, mode, rows)] == [r.top for r in run(engine, "cold", rows)]


@pytest.mark.model
def test_answers_written_together_share_steps_and_say_so(
    engine: EngineClient, cold: list[RowResult]
) -> None:
    """Labels of one token are read off the prompt, which is read as alone: no bit differs."""
    batched = run(engine, "batched")
    assert all(r.batch_rows == 1 for r in cold)
    assert [r.batch_rows for r in batched] == [4] * 5  # the fifth takes the first free place
    assert [r.top for r in batched] == [r.top for r in cold]


@pytest.mark.slow
@pytest.mark.model
def test_long_and_short_rows_together_stay_what_they_are_alone(engine: EngineClient) -> None:
    """On x86 with Q8_0 by no bit; other kernels may round otherwise, and then a run repeats."""
    rows = tuple(
        Row(chat(f"{q} " + "Think. " * (9 * i % 40)), LABELS, max_tokens=1 + 7 * i % 19)
        for i, q in enumerate(QUESTIONS * 2)
    )
    alone, together = run(engine, "cold", rows), run(engine, "batched", rows)
    for one, other in zip(alone, together, strict=True):
        assert [a.lead for a in other.drawn[:1]] == [a.lead for a in one.drawn[:1]]
        assert lead_change(one, other) <= (0 if IS_X86 else 1)


@pytest.mark.model
def test_every_token_of_an_answer_tells_how_far_it_led(cold: list[RowResult]) -> None:
    for row in cold:
        assert len(row.drawn) == row.reply_tokens + (row.stop_reason == "end")
        assert row.drawn[0].token_id == row.top[0].token_id
        lead = row.top[0].logprob - row.top[1].logprob
        assert row.drawn[0].lead == pytest.approx(lead, abs=1e-4)


@pytest.mark.model
def test_labels_leave_room_below_one(cold: list[RowResult]) -> None:
    for row in cold:
        assert [score.name for score in row.labels] == ["yes", "no"]
        assert 0 < sum(math.exp(score.logprob) for score in row.labels) <= 1


@pytest.mark.model
def test_a_label_of_one_token_is_what_the_alternatives_say(
    engine: EngineClient, cold: list[RowResult]
) -> None:
    best = cold[0].top[0]
    (row,) = run(engine, "cold", (Row(ROWS[0].prompt, (Label("best", (best.text,)),)),))
    assert row.labels[0].logprob == pytest.approx(best.logprob, abs=1e-4)


@pytest.mark.model
@pytest.mark.parametrize("mode", ["cold", "exact", "batched"])
def test_a_label_of_several_tokens_multiplies_its_steps(
    engine: EngineClient, mode: RowMode
) -> None:
    """Checked against reading the first part of the label as prompt."""
    start, end = "absolutely", " not"
    whole = Row(ROWS[0].prompt, (Label("both", (start + end,)),))
    first = Row(ROWS[0].prompt, (Label("start", (start,)),))
    then = Row((*ROWS[0].prompt, Part(start)), (Label("end", (end,)),))
    both, one, two = (r.labels[0].logprob for r in run(engine, mode, (whole, first, then)))
    assert both == pytest.approx(one + two, abs=1e-3)


@pytest.mark.model
@pytest.mark.parametrize("mode", ["cold", "exact", "batched"])
def test_an_answer_ends_as_soon_as_it_is_decided(engine: EngineClient, mode: RowMode) -> None:
    rows = tuple(Row(chat(q), (), max_tokens=20, until=(r"\w+\W",)) for q in QUESTIONS)
    for row in run(engine, mode, rows):
        assert row.stop_reason in ("decided", "end")
        assert row.reply_tokens < 20


@pytest.mark.model
def test_rows_that_only_score_generate_nothing(engine: EngineClient) -> None:
    scored = run(engine, "batched", tuple(Row(chat(q), LABELS) for q in QUESTIONS))
    assert all((r.text, r.reply_tokens) == ("", 0) for r in scored)


@pytest.mark.model
def test_a_seed_belongs_to_its_row_and_not_to_its_place(engine: EngineClient) -> None:
    rows = tuple(Row(chat(q), max_tokens=8, seed=i) for i, q in enumerate(QUESTIONS))
    request = [GenerateMany("lab", r, "exact", Sampling(seed=0)) for r in (rows, rows[::-1])]
    first, second = (collect(engine.generate_many(r, CancelToken()))[0] for r in request)
    texts = {row.index: row.text for row in first}
    assert texts == {len(rows) - 1 - row.index: row.text for row in second}


@pytest.mark.model
def test_a_batch_leaves_nothing_behind_that_changes_the_next_rows(engine: EngineClient) -> None:
    def labels(rows: list[RowResult]) -> list[object]:
        return [row.labels for row in rows]

    run(engine, "batched")
    assert labels(run(engine, "exact")) == labels(run(engine, "cold"))


@pytest.mark.model
def test_a_stop_keeps_whole_rows(engine: EngineClient) -> None:
    cancel = CancelToken()
    work = engine.generate_many(GenerateMany("lab", ROWS * 20, "cold"), cancel)
    kept = [next(work)]
    cancel.cancel()
    rest, done = collect(work)
    assert done.cancelled
    assert done.finished_rows == len(kept) + len(rest) < len(ROWS) * 20


@pytest.mark.model
@pytest.mark.parametrize(
    ("row", "words"),
    [(Row(chat("word " * 2000)), "context holds"), (Row(()), "empty"),
     (Row(chat("x"), until=("(",)), "not valid")],
)  # fmt: skip
def test_a_row_that_cannot_be_run_is_a_sentence(engine: EngineClient, row: Row, words: str) -> None:
    with pytest.raises(UserError, match=words):
        run(engine, "exact", (row,))


def test_a_simulated_model_answers_many(client: Callable[..., EngineClient]) -> None:
    rows = tuple(Row(chat(f"number {i}"), max_tokens=9) for i in range(3))
    request = GenerateMany("chat", rows)
    found, done = collect(client("sim:echo").generate_many(request, CancelToken()))
    assert [r.text for r in found] == ["number 0", "number 1", "number 2"]
    assert done.finished_rows == 3
