"""A set that would mislead is refused or warned of before it is run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets import SCENARIOS
from labs.brittleness.experiment import EXPERIMENT, Options
from labs.experiments.experiment import Request, Size
from labs.experiments.scenarios.set_checks import (
    ENOUGH_ITEMS,
    HOPED_DIFFERENCE,
    check_set,
    require_sound,
)
from labs.experiments.scenarios.set_file import read_set, shipped_sets
from labs.experiments.scenarios.sets import Question, Tone
from labs.experiments.statistics.power import smallest_difference
from models.errors import UserError
from tests.labs.experiments.made_sets import YES_NO, made_item, made_set

SOUND = made_set()
FIRST = SOUND.items[0]


def with_item(**changes):
    return made_set(items=(replace(FIRST, **changes), *SOUND.items[1:]))


def with_labels(**labels):
    return made_set(questions=(Question("may", "Is there still time?", labels),))


REFUSED = {
    "a truth without a class": (with_item(truth="maybe"), "not among the classes"),
    "no truth yet": (with_item(truth=""), "Nobody has said yet which answer is right"),
    "a class that no label answers": (with_labels(yes="YES"), "No label answers “no”"),
    "a label for no class": (with_labels(yes="YES", no="NO", never="X"), "not among the classes"),
    "a label that begins another": (with_labels(yes="no way", no="NO"), "is the beginning of"),
    "two classes with one label": (with_labels(yes="OK", no="ok"), "is the beginning of"),
    "a label among the facts": (with_item(facts={"due": "No", "now": "01:30"}), "“No”"),
    "a label in a tone": (
        made_set(tones=(Tone("rude", "Rude", "{due}, {now}, yes?"),)),
        "one of the labels",
    ),
    "one truth only": (made_set(items=SOUND.items[::2]), "the same truth (8 yes, 0 no)"),
    "the same facts twice": (
        made_set(items=(*SOUND.items, replace(FIRST, id="again"))),
        "the same facts as i3-open",
    ),
    "a missing fact": (with_item(facts={"due": "03:00"}), "“now” is missing"),
    "an empty fact": (with_item(facts={"due": "03:00", "now": " "}), "“now” is empty"),
    "an unknown fact": (with_item(facts={**FIRST.facts, "who": "me"}), "“who” is not among"),
    "a tone that leaves a fact out": (
        made_set(tones=(Tone("short", "Short", "Now {now}."),)),
        "leaves out {due}",
    ),
    "a tone that adds a number": (
        made_set(tones=(Tone("long", "Long", "{due}, {now}, 7 days."),)),
        "adds the number 7",
    ),
    "an id that stands twice": (
        made_set(items=(*SOUND.items, made_item(12, is_open=True, id=FIRST.id))),
        "stands twice",
    ),
    "three classes turned round": (
        made_set(
            classes=("yes", "no", "both"),
            questions=(Question("q", "Which?", {**YES_NO, "both": "BOTH"}, turned=True),),
        ),
        "two classes only",
    ),
}

WARNED = {
    "unbalanced truth": (made_set(items=SOUND.items[::2] + SOUND.items[1:4:2]), "not balanced"),
    "no question turned round": (with_labels(yes="Yes", no="No"), "habit of saying yes"),
    "no derivation": (with_item(derivation=""), "Nothing says why"),
    "unequal groups": (
        made_set(items=tuple(replace(i, cluster="all") for i in SOUND.items[:10])
                 + SOUND.items[10:]),
        "between 2 and 10 items",
    ),
    "a fact that never changes": (
        made_set(items=tuple(replace(item, facts={"due": "12:00", "now": f"{place:02d}:15"})
                             for place, item in enumerate(SOUND.items))),
        "is the same in all items",
    ),
    "few items": (SOUND, "smaller ones are easily missed"),
    "a label that is an article": (with_labels(yes="A", no="B"), "also a common word"),
}  # fmt: skip


@pytest.mark.parametrize(("made", "words"), REFUSED.values(), ids=REFUSED)
def test_what_would_mislead_is_refused(made, words):
    refusals = [check for check in check_set(made) if check.level == "refuse"]
    assert any(words in check.sentence for check in refusals), refusals
    with pytest.raises(UserError):
        require_sound(made)


@pytest.mark.parametrize(("made", "words"), WARNED.values(), ids=WARNED)
def test_what_weakens_a_set_is_said_and_does_not_stop_it(made, words):
    checks = check_set(made)
    assert any(words in check.sentence for check in checks if check.level == "warn"), checks
    require_sound(made)


def test_a_label_inside_a_longer_word_gives_nothing_away():
    require_sound(with_item(facts={"due": "noon", "now": "yesterday"}))


def test_two_items_that_read_alike_are_refused():
    one = replace(FIRST, facts={"due": "x, now y", "now": "z"})
    other = replace(SOUND.items[1], facts={"due": "x", "now": "y, now z"})
    made = made_set(items=(one, other))
    assert any("reads like i3-open" in check.sentence for check in check_set(made))


def test_enough_items_for_the_effect_hoped_for_are_not_warned_of():
    made = read_set(SCENARIOS / "medication.yaml")
    assert check_set(made) == ()
    assert smallest_difference(ENOUGH_ITEMS) <= HOPED_DIFFERENCE
    assert any("easily missed" in check.sentence for check in check_set(made, hoped=0.05))


def test_the_first_refusal_is_told_with_the_count_of_others():
    made = made_set(items=(*SOUND.items, replace(FIRST, truth="x"), replace(FIRST, facts={})))
    with pytest.raises(
        UserError, match=r"At items/i3-open: The name .* stands twice\. \(3 more\.\)"
    ):
        require_sound(made)


def test_a_run_of_an_unsound_set_does_not_begin():
    request = Request(Options(), Size(8, 2), 1, made_set(items=SOUND.items[::2]))
    with pytest.raises(UserError, match="Every item has the same truth"):
        EXPERIMENT.prepare(request)
    assert EXPERIMENT.design(request).trials


@pytest.mark.parametrize("path", shipped_sets(), ids=lambda path: path.stem)
def test_every_set_that_ships_is_sound(path):
    made = read_set(path)
    warnings = check_set(made)
    assert [check for check in warnings if check.level == "refuse"] == []
    assert warnings == () or made.id == "original-eight"
