"""What is a yes/no question, and what six wordings of one are answered by real workers."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from labs.experiments.running.prompts import PromptWriter
from labs.experiments.scenarios.set_checks import check_set
from labs.experiments.six_ways.question_set import question_set, takes_questions, with_question
from labs.experiments.six_ways.six_answers import WordingAnswer, finding
from labs.experiments.six_ways.six_ways import SixWaysQuestion, ask, six_ways
from labs.experiments.six_ways.wordings import Wording, yes_no_wordings
from labs.experiments.six_ways.yes_no import MOST_CHARACTERS, is_yes_no_question
from models.cancel import CancelToken
from models.engine.messages import Capabilities, GenerateMany, ManyDone, RowResult
from models.engine.pool import ContextWish, Waiting
from models.engine.sandbox import Sandbox
from models.errors import Cancelled
from models.long_work import result_of
from tests.labs.experiments.running import Lab
from tests.labs.scripted import ScriptedEngine

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
QUESTION = SixWaysQuestion("Do penguins fly?")


# ---- the rule ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Is the Moon larger than the Earth?",
        "is the moon larger than the earth",
        "Isn’t it cold?",
        "Is Mr. Smith taller than his son?",
        "So, is this true?",
        "Can I eat raw potatoes?",
        "Is a whale a fish?",
        "Would you agree that 7 is prime?",
        "Do you know whether the Moon is bigger?",
        "If it rains, is the road wet?",
        "When it rains, does the road get wet?",
        "The Moon is larger than the Earth, isn't it?",
        "You like it, right?",
        "Is it true or not?",
        "Are there 18 or more planets?",
        "Does 7 times 8 make 56? Answer briefly.",
        "Room A is free from 3 to 4.\n\nCan we meet there at 3:30?",
        "The Earth is flat. Reply with yes/no only.",
        "Yes or no: can penguins fly?",
        "Is it safe to go out? (yes/no)",
    ],
)
def test_a_yes_no_question_is_known(text: str) -> None:
    assert is_yes_no_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes or no?",
        "What is the capital of France?",
        "Which is larger, the Moon or the Earth?",
        "What is it, is it red?",
        "When did it happen, was it 1990?",
        "In which city is the Louvre?",
        "At what age can I vote, in Spain, is it 18?",
        "Is it red or blue?",
        "Do you prefer tea or coffee?",
        "Could you explain why the sky is blue?",
        "Can you write a poem?",
        "Hello, could you list the planets?",
        "Do you know why the sky is blue?",
        "May I ask something?",
        "Is the sky blue? Write a poem about it.",
        "Why do people answer yes or no to that?",
        "True or false: the sky is green?",
        "have a look",
        "Have a biscuit?",
        "is it",
        "Is this code right?\n```\nprint(1)\n```",
        "Is it long? " * MOST_CHARACTERS,
    ],
)
def test_what_yes_or_no_would_not_answer_is_left_alone(text: str) -> None:
    assert not is_yes_no_question(text)


# ---- the wordings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("Is it so?", "Answer with one word, yes or no."),
        ("Is it so? Answer yes or no.", "Answer yes or no."),
        ("Yes or no: is it so?", "Yes or no:"),
    ],
)
def test_all_six_wordings_end_in_the_same_request(text: str, end: str) -> None:
    texts = [wording.text for wording in yes_no_wordings(text)]
    assert len(set(texts)) == 6
    assert all(each.endswith(f" {end}") and "is it so" in each.lower() for each in texts)
    assert all(each.lower().count("yes or no") == 1 for each in texts)


# ---- asking ------------------------------------------------------------------------------------


def asked(lab: Lab, model: str) -> tuple[WordingAnswer, ...]:
    with lab.working():
        return result_of(
            six_ways(lab.library, lab.pool, lab.sandbox, model, QUESTION, NOW, CancelToken())
        )


@pytest.mark.parametrize(
    ("model", "outcomes"),
    [
        ("sim:by-format", ["YES", "NO"] * 3),
        ("sim:always-yes", ["YES"] * 6),
        ("sim:able", ["UNPARSED"] * 6),
        ("sim:thinker", ["UNPARSED"] * 6),
        ("sim:echo", ["UNPARSED"] * 6),
        ("sim:empty", ["UNPARSED"] * 6),
    ],
)
def test_simulated_subjects_answer_as_they_are_known_to(
    lab: Lab, model: str, outcomes: list[str]
) -> None:
    assert [answer.outcome for answer in asked(lab, model)] == outcomes


def test_the_lean_goes_with_the_answer(lab: Lab) -> None:
    answers = asked(lab, "sim:by-format")
    assert [round(answer.lean or 0) for answer in answers] == [3, -3] * 3
    assert all(answer.room == pytest.approx(0.95) for answer in answers)


@pytest.mark.parametrize("model", ["sim:echo", "sim:thinker"])
def test_without_scores_or_with_a_thought_there_is_no_lean(lab: Lab, model: str) -> None:
    assert {(answer.lean, answer.room) for answer in asked(lab, model)} == {(None, None)}


class OneRequest(ScriptedEngine):
    """Takes `GenerateMany` and answers each row by `say`, a thought only where it has room."""

    def __init__(self, *said: str) -> None:
        super().__init__()
        self.info = replace(self.info, capabilities=Capabilities(prompt_logits=True))
        self.said = said
        self.many: list[GenerateMany] = []

    def generate_many(
        self, request: GenerateMany, cancel: CancelToken
    ) -> Generator[RowResult, None, ManyDone]:
        self.many.append(request)
        for index in range(len(request.rows)):
            yield RowResult(index, self.said[index % len(self.said)], "decided")
        return ManyDone(len(request.rows))


def ask_scripted(engine: Any, sandbox: Sandbox) -> tuple[WordingAnswer, ...]:
    writer = PromptWriter(engine.info, sandbox, NOW, is_simulated=False)
    return result_of(ask(engine, writer, QUESTION, CancelToken()))


def test_one_request_asks_for_answer_and_lean_of_all_six(sandbox: Sandbox) -> None:
    engine = OneRequest("Yes.", "No.")
    assert [answer.outcome for answer in ask_scripted(engine, sandbox)] == ["YES", "NO"] * 3
    (request,) = engine.many
    assert request.mode == "exact" and len(request.rows) == 6
    assert all(row.labels and row.until and row.max_tokens == 32 for row in request.rows)
    assert not any(part.oracle for row in request.rows for part in row.prompt)


def test_a_model_that_thinks_is_asked_again_with_room_and_without_lean(sandbox: Sandbox) -> None:
    engine = OneRequest("Yes.", "<think>\nIt is small.\n</think>\n\nNo.")
    answers = ask_scripted(engine, sandbox)
    first, second = engine.many
    assert [answer.outcome for answer in answers] == ["YES", "NO"] * 3
    assert {row.max_tokens for row in second.rows} == {544}
    assert not any(row.labels for row in second.rows) and any(row.labels for row in first.rows)


def test_the_system_prompt_goes_along(sandbox: Sandbox) -> None:
    engine = OneRequest("Yes.")
    writer = PromptWriter(engine.info, sandbox, NOW, is_simulated=False)
    work = ask(engine, writer, SixWaysQuestion("Is it so?", "Be kind."), CancelToken())  # type: ignore[arg-type]
    result_of(work)
    assert any(part.text == "Be kind." for part in engine.many[0].rows[0].prompt)


def test_a_run_that_holds_the_model_is_waited_for_and_stop_ends_the_wait(lab: Lab) -> None:
    settings = lab.library.load_settings(lab.library.resolve("sim:echo"))
    cancel = CancelToken()
    with lab.working():
        held = result_of(lab.pool.lease(
            "sim:echo", settings, context=ContextWish("experiments", 2048, 1, settings),
            exclusive=True, holder="the brittleness run",
        ))  # fmt: skip
        work = six_ways(lab.library, lab.pool, lab.sandbox, "sim:echo", QUESTION, NOW, cancel)
        assert next(work) == Waiting("the brittleness run")
        cancel.cancel()
        with pytest.raises(Cancelled):
            next(work)
        held.release()


# ---- what it can show --------------------------------------------------------------------------


def answer(outcome: str, lean: float | None = None) -> WordingAnswer:
    return WordingAnswer(0, Wording("", ""), "", outcome, lean)


@pytest.mark.parametrize(
    ("outcomes", "counted", "limit"),
    [
        ("YYYYYN", "6 wordings of one question: 5 yes, 1 no.", "Here the answer hangs"),
        ("YYYYYY", "6 wordings of one question: 6 yes.", "That is no proof"),
        ("NNNNUU", "6 wordings of one question: 4 no, 2 no clear answer.", "That is no proof"),
        ("UUU", "3 wordings of one question: 3 no clear answer.", "show nothing"),
        ("Y", "1 wording of one question: 1 yes.", "That is no proof"),
    ],
)
def test_one_question_shows_that_an_answer_hangs_on_the_wording_or_nothing(
    outcomes: str, counted: str, limit: str
) -> None:
    names = {"Y": "YES", "N": "NO", "U": "UNPARSED"}
    said = finding([answer(names[each]) for each in outcomes])
    assert said.startswith(counted) and limit in said
    assert finding([]) == ""


def test_the_lean_is_told_as_shares_of_the_two_words() -> None:
    said = finding([answer("YES", 0.0), answer("YES", 1.0986), answer("NO", None)])
    assert "yes had 50 to 75 % of the probability" in said


@pytest.mark.model
def test_the_starter_answers_six_wordings_with_their_leans(lab: Lab) -> None:
    answers = asked(lab, "starter")
    assert sum(answer.is_clear for answer in answers) >= 4
    assert all(answer.lean is not None and 0 < (answer.room or 0) < 1 for answer in answers)


# ---- on to a real run --------------------------------------------------------------------------


def test_a_question_becomes_an_item_whose_right_answer_is_still_to_be_said() -> None:
    made, name = with_question(question_set(), "Do penguins fly? Answer yes or no.")
    assert takes_questions(made) and name == "do-penguins-fly"
    assert made.items[0].facts == {"question": "Do penguins fly?"}
    refusals = [check.sentence for check in check_set(made) if check.level == "refuse"]
    assert refusals == ["Nobody has said yet which answer is right."]
    assert with_question(made, "do penguins  fly?") == (made, name)


def test_a_set_of_questions_is_sound_once_their_answers_are_said() -> None:
    made = question_set()
    for text in ("Is 17 a prime number?", "Do penguins fly?", "Is “Öl” a German word?", "Is it 3?"):
        made, _ = with_question(made, text)
    items = (replace(item, truth="yes" if n % 2 else "no") for n, item in enumerate(made.items))
    checks = check_set(replace(made, items=tuple(items)))
    assert {check.level for check in checks} == {"warn"}
    assert [tone.text for tone in made.tones][:2] == ["{question}", "Please tell me: {question}"]
