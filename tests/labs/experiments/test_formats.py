"""A format changes the form of the facts and loses none of them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from labs.experiments.scenarios.formats import (
    LAYOUTS,
    Format,
    formats_of,
    render,
    states,
    tone_faults,
)
from labs.experiments.scenarios.sets import Tone
from models.errors import UserError
from tests.labs.experiments.made_sets import made_set

MADE = made_set()
ITEM = MADE.items[0]
DUE, NOW = ITEM.facts["due"], ITEM.facts["now"]


def written(text):
    """A format that writes this, whatever the item."""
    return Format("f", "Fixed", "tone", lambda made, item: text)


@pytest.mark.parametrize("chosen", LAYOUTS, ids=lambda chosen: chosen.id)
@pytest.mark.parametrize("value", ['say "so"', "a: b; c | d", "5 < 6 & 7", "12.50 euros", "it's"])
def test_every_layout_states_every_fact(chosen, value):
    item = replace(ITEM, facts={"due": value, "now": NOW})
    assert chosen.id == "json" or value in render(MADE, item, chosen)
    assert NOW in render(MADE, item, chosen)


def test_json_stays_json_whatever_is_in_the_facts():
    item = replace(ITEM, facts={"due": 'back\\slash "quoted" — é', "now": NOW})
    text = render(MADE, item, next(each for each in LAYOUTS if each.id == "json"))
    assert json.loads(text) == {"Due at": item.facts["due"], "Time now": NOW}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"It is {NOW}.", "does not state “03:00”"),
        (f"Due {DUE}, now {NOW}, in 7 days.", "adds the number 7"),
        (f"Due 1{DUE}, now {NOW}.", "does not state “03:00”"),
        (f"Due {DUE}:15, now {NOW}.", "does not state “03:00”"),
    ],
)
def test_a_format_that_loses_or_adds_a_fact_is_refused(text, fault):
    with pytest.raises(UserError, match=fault):
        render(MADE, ITEM, written(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14 days", "4 days"), ("40", "4"), ("4.5", "4"), ("3.14", "14"), ("4:30", "30"),
        ("2024-05-04", "05"), ("1,400", "400"), ("snow", "now"), ("nowhere", "now"),
    ],
)  # fmt: skip
def test_a_part_of_a_longer_number_or_word_states_nothing(text, value):
    assert not states(text, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("4, then 5.", "4"), ("(4)", "4"), ("by 4.", "4"), ("4-day", "4"), ("“so!”", "so!")],
)
def test_a_value_between_marks_is_stated(text, value):
    assert states(text, value)


def test_a_tone_that_does_not_use_the_facts_of_its_set_is_named():
    made = made_set(tones=(Tone("odd", "Odd", "At {now} by {when}."),))
    assert tone_faults(made) == (
        "The tone odd uses {when}, which is no fact.",
        "The tone odd leaves out {due}.",
    )


def test_the_tones_of_a_set_are_formats_in_its_order():
    assert [each.id for each in formats_of(MADE, "tone")] == ["plain", "terse"]
    assert render(MADE, ITEM, formats_of(MADE, "tone")[1]) == "03:00, now 02:30."
