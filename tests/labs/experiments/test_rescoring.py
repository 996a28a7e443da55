"""Scoring again without the model, and the scorer against labels given by hand."""

from dataclasses import replace

import pytest

from labs.experiments.record.plan import design_of
from labs.experiments.record.run_folder import LABELS
from labs.experiments.scoring.answers import UNPARSED
from labs.experiments.scoring.rescoring import (
    checked_by_hand,
    drawn_to_label,
    key_of,
    read_labels,
    rescore,
    write_labels,
)
from labs.experiments.statistics.estimate import NotDefined
from models.errors import UserError
from tests.labs.experiments.running import BRITTLENESS


@pytest.fixture(scope="module")
def design(finished):
    return design_of(finished.plan(), BRITTLENESS)


def spoken(record, text):
    free = replace(record.lanes["free"], text=text)
    return replace(record, lanes={**record.lanes, "free": free})


def test_the_present_parser_scores_as_the_run_did(finished, design):
    found = rescore(design, BRITTLENESS.scorer, finished.trials())
    assert len(found) == len(finished.trials()) and not any(each.has_changed for each in found)


def test_another_text_is_scored_otherwise(finished, design):
    changed = spoken(finished.trials()[0], "Who knows")
    (found,) = rescore(design, BRITTLENESS.scorer, [changed])
    assert found.has_changed and found.now == UNPARSED and found.rule == "no label"


def test_thirty_answers_are_drawn_the_same_ones_for_the_same_run(finished):
    records = finished.trials()
    drawn = drawn_to_label(records, 1)
    assert len({key_of(r) for r in drawn}) == 30
    assert drawn == drawn_to_label(tuple(reversed(records)), 1) != drawn_to_label(records, 2)


def test_labels_by_hand_are_kept_and_check_the_scorer(copied):
    drawn = drawn_to_label(copied.trials(), 1)
    labels = {key_of(r): str(r.outcome("free")) for r in drawn}
    labels[key_of(drawn[0])] = UNPARSED
    write_labels(copied, labels)
    found = checked_by_hand(copied.trials(), read_labels(copied))
    assert read_labels(copied) == labels
    assert found.agreement.value == pytest.approx(29 / 30) and len(found.disagreements) == 1


def test_without_labels_nothing_is_said_of_the_scorer(finished):
    assert isinstance(checked_by_hand(finished.trials(), read_labels(finished)), NotDefined)


def test_damaged_labels_are_told(copied):
    copied.file(LABELS).write_text('{"labels": [{"model": 1}]}')
    with pytest.raises(UserError, match=r"labels\.json .* is damaged"):
        read_labels(copied)
