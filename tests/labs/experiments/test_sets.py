"""Sets as files: read with sentences, written back as they were, right in every item."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
import yaml

from assets import SCENARIOS
from labs.experiments.scenarios.drawing_items import draw_items
from labs.experiments.scenarios.formats import formats_of
from labs.experiments.scenarios.set_file import parse_set, read_set, shipped_sets, write_set
from models.errors import UserError
from tests.labs.experiments.made_sets import made_set

SHIPPED = [path.stem for path in shipped_sets()]


@cache
def shipped(name):
    return read_set(SCENARIOS / f"{name}.yaml")


def minutes(clock):
    """08:05, or 08:05 with yesterday or today behind it, as minutes."""
    hour, minute, day = re.fullmatch(r"(\d\d):(\d\d)( \w+)?", clock).groups()
    return int(hour) * 60 + int(minute) + (24 * 60 if day == " today" else 0)


def amount(text):
    return float(text.split()[0])


def dose_is_due(facts):
    return minutes(facts["now"]) - minutes(facts["last"]) >= 60 * amount(facts["gap"])


def money_is_enough(facts):
    prices = amount(facts["first_price"]) + amount(facts["second_price"])
    return round(100 * prices) <= round(100 * amount(facts["purse"]))


def may_enter(facts):
    in_time = minutes(facts["arrival"]) < minutes(facts["closing"])
    return in_time and amount(facts["age"]) >= amount(facts["least_age"])


def in_time(facts):
    return minutes(facts["now"]) + amount(facts["need"]) <= minutes(facts["limit"])


RULES = {
    "medication": dose_is_due, "budget": money_is_enough, "access-rules": may_enter,
    "original-eight": in_time,
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_the_truth_of_every_item_follows_from_its_facts(name):
    wrong = [item.id for item in shipped(name).items
             if RULES[name](item.facts) != (item.truth == "yes")]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "original-eight"])
def test_a_set_that_ships_is_balanced_pairs_told_in_six_tones_and_turned_round(name):
    made = shipped(name)
    pairs = {}
    for item in made.items:
        pairs.setdefault(item.cluster, []).append(item.truth)
    assert len(made.items) >= 60
    assert all(sorted(pair) == sorted(made.classes) for pair in pairs.values())
    assert len(formats_of(made, "tone")) == 6
    assert [question.turned for question in made.questions] == [False, True]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_set_that_ships_says_what_the_starter_does_on_it(name):
    made = shipped(name)
    assert re.search(r"SmolLM2-135M.*AUROC.*n = \d+.*seed \d+.*20\d\d-\d\d-\d\d", made.measured)
    assert "Apache-2.0" in made.source


@pytest.mark.parametrize("name", SHIPPED)
def test_a_set_is_read_back_as_it_was_written(name):
    made = shipped(name)
    again = parse_set(write_set(made))
    assert again == made
    assert again.hash == made.hash


TRAPS = {
    "a time": "08:00", "a truth value": "yes", "nothing": "~", "a date": "2024-05-01",
    "an octal": "0o17", "a number": "1_000", "quotes": '"', "a brace": "{now}", "a colon": "a: b",
    "a hash": "a #b", "blanks inside": "a  b", "two lines": "a\nb", "letters": "é—漢",
}  # fmt: skip


@pytest.mark.parametrize("value", TRAPS.values(), ids=TRAPS)
def test_every_value_stays_the_text_it_was(value):
    made = made_set()
    item = replace(made.items[0], facts={"due": value, "now": "08:00"})
    made = replace(made, items=(item, *made.items[1:]))
    assert parse_set(write_set(made)) == made


@pytest.mark.parametrize("number", [30.0, 0.125, 1e16])
def test_a_number_of_an_item_is_written_as_it_was(number):
    made = made_set()
    items = (replace(made.items[0], numbers={"margin_minutes": number}), *made.items[1:])
    again = parse_set(write_set(replace(made, items=items)))
    assert again.items[0].numbers == {"margin_minutes": number}


def test_unquoted_times_and_truths_are_read_as_text():
    text = re.sub(r"'(\d\d:\d\d|yes|no)'", r"\1", write_set(made_set()))
    assert "due: 03:00" in text
    made = parse_set(text)
    assert made.items[0].facts["due"] == "03:00"
    assert made.items[0].truth == "yes"


def _without(key):
    data = yaml.safe_load(write_set(made_set()))
    del data[key]
    return yaml.safe_dump(data)


WHOLE = write_set(made_set())
MALFORMED = {
    "not YAML": ("a: [", "is not valid YAML"),
    "a tag of Python": ("!!python/object:os.system {}", "is not a scenario set"),
    "a list": ("- a", "is not a scenario set"),
    "nothing": ("", "is not a scenario set"),
    "no items": (_without("items"), "'items' is a required property"),
    "another key": (WHOLE + "colour: red\n", "'colour'"),
    "a later version": (WHOLE.replace("schema_version: 1", "schema_version: 9"), "schema 9"),
    "a bad number": (WHOLE + "  numbers:\n    m: many\n", "At items/15/numbers/m"),
    "a deep nest": ("[" * 1500, "is not valid YAML"),
}


@pytest.mark.parametrize(("text", "words"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_file_is_a_sentence(text, words):
    with pytest.raises(UserError, match=words) as raised:
        parse_set(text, "mine.yaml")
    assert "mine.yaml" in raised.value.message
    assert raised.value.hint


def test_a_file_that_is_not_text_or_not_there_is_a_sentence(tmp_path):
    (tmp_path / "set.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not UTF-8"):
        read_set(tmp_path / "set.yaml")
    with pytest.raises(UserError, match="cannot be read"):
        read_set(tmp_path / "none.yaml")


def test_the_hash_holds_what_reaches_a_model_and_no_notes():
    made = made_set()
    assert replace(made, title="Other", measured="new", summary="s").hash == made.hash
    other = replace(made.items[0], facts={"due": "03:00", "now": "02:31"})
    assert replace(made, items=(other, *made.items[1:])).hash != made.hash


def test_the_truth_of_a_turned_question_is_the_other_class():
    made = made_set()
    truths = [made.truth_of(made.items[0], question) for question in made.questions]
    assert truths == ["yes", "no"]


@pytest.mark.parametrize("count", [2, 7, 20, 79, 200])
def test_drawn_items_come_as_whole_pairs_and_balanced(count):
    made = shipped("medication")
    drawn = draw_items(made, count, seed=4)
    assert len(drawn) == min(count - count % 2, 80)
    assert sum(item.truth == "yes" for item in drawn) * 2 == len(drawn)
    assert drawn == draw_items(made, count, seed=4)
