"""Changes to a set while it is written, and what such a set may lack."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labs.experiments.scenarios.formats import formats_of
from labs.experiments.scenarios.set_editing import (
    add_class,
    add_item,
    add_question,
    add_slot,
    add_tone,
    asked,
    changed,
    checks_of,
    free_name,
    new_set,
    numbers_text,
    pair_item,
    read_numbers,
    read_tags,
    remove_class,
    remove_slot,
    rename_class,
    rename_slot,
    require_whole,
    slug,
)
from models.errors import UserError
from tests.labs.experiments.made_sets import made_set


def test_a_sound_set_stays_sound_through_every_addition():
    made = add_tone(made_set())
    assert [check for check in checks_of(made) if check.level == "refuse"] == []
    require_whole(made)


def test_a_new_item_is_of_the_rarer_class():
    made = made_set()
    assert add_item(made).items[-1].truth == "yes"
    assert add_item(replace(made, items=made.items[::2])).items[-1].truth == "no"


def test_a_pair_stands_beside_its_twin():
    made = pair_item(made_set(), 4)
    first, twin = made.items[4:6]
    assert (first.group, twin.group) == ("i5", "i5")
    assert twin.facts == first.facts and twin.derivation == ""


@pytest.mark.parametrize(
    "numbers", [{}, {"margin_minutes": -30.0}, {"a": 0.5, "of the day": 720.0}]
)
def test_numbers_are_typed_as_they_are_shown(numbers):
    assert read_numbers(numbers_text(numbers)) == numbers


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]+( [a-z]+)?", fullmatch=True),
        st.floats(allow_nan=False, allow_infinity=False),
    )
)
@example({"a": 0.12345, "b": 1e-05, "c": 1e16, "d": -0.0, "e": 30.0})
def test_every_number_comes_back_as_it_was(numbers):
    assert read_numbers(numbers_text(numbers)) == numbers


def test_whole_numbers_are_shown_without_a_point():
    assert numbers_text({"a": 30.0, "b": -2.5}) == "a = 30; b = -2.5"


@pytest.mark.parametrize(
    "text",
    ["30", "a = ", "= 3", "a = 3; a = 4", "a = nan", "a = 1,5", "a = 1e999", "a = 1_0",
     numbers_text({"a": math.inf})],
)  # fmt: skip
def test_what_is_no_named_number_is_refused(text):
    with pytest.raises(UserError, match="nothing was changed"):
        read_numbers(text)


def test_tags_are_separated_by_commas():
    assert read_tags(" surface:clock,, hard, hard ") == ("surface:clock", "hard")


def test_a_renamed_class_takes_labels_and_truths_along():
    made = rename_class(made_set(), 0, "act")
    assert made.items[0].truth == "act" and made.questions[0].labels["act"] == "YES"


def test_a_renamed_fact_takes_items_and_tones_along():
    made = rename_slot(made_set(), 0, "end")
    assert "end" in made.items[0].facts and "{end}" in made.tones[1].text


def test_what_is_added_can_be_removed():
    made = made_set()
    assert remove_slot(add_slot(made), 2) == made
    assert remove_class(add_class(made), 2) == made


def test_the_second_question_is_turned_round():
    made = replace(made_set(), questions=made_set().questions[:1])
    assert add_question(made).questions[1].turned
    assert not add_question(made_set()).questions[2].turned


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"items": ()}, "There is no item yet."),
        ({"questions": ()}, "There is no question."),
        ({"slots": ()}, "There is no fact to state."),
        ({"classes": ("yes",)}, "It takes two answers at least."),
        ({"title": ""}, "The set has no title."),
        ({"id": "My Set"}, "“My Set” cannot be the name in files."),
        ({"tones": changed(made_set().tones, 0, id="a b")}, "“a b” cannot be a name."),
        ({"questions": changed(made_set().questions, 0, text=" ")}, "The question “may” is empty."),
        ({"items": changed(made_set().items, 0, id="")}, "An item has no name, or a very long"),
    ],
)
def test_what_no_file_could_hold_is_said(changes, sentence):
    made = replace(made_set(), **changes)
    assert any(sentence in check.sentence for check in checks_of(made))
    with pytest.raises(UserError, match="cannot be saved yet"):
        require_whole(made)


def test_the_message_is_as_a_run_sends_it():
    made = made_set()
    text = asked(made, made.items[0], formats_of(made, "tone")[1], made.questions[0])
    assert text.endswith("Is there still time? Answer with one word, YES or NO.")


def test_what_cannot_be_asked_yet_is_said():
    made = add_item(new_set())
    with pytest.raises(UserError, match="does not state “First fact” yet"):
        asked(made, made.items[0], formats_of(made, "layout")[0], made.questions[0])


def test_names_are_free_and_plain():
    assert free_name("tone", {"tone", "tone-2"}) == "tone-3"
    assert slug("Doses, at night!") == "doses-at-night" and slug("???") == "set"
