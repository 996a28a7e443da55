"""A run is asked again, and the answers are compared."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from labs.experiments.record.replay import compare, replay
from models.cancel import CancelToken
from models.errors import UserError
from tests.labs.experiments.running import BRITTLENESS
from tests.long_work import watch

MODEL = "sim:bad-format"


@pytest.fixture
def ask_again(lab, finished):
    """Replay the finished run on a model; returns events and result."""

    def ask(name=MODEL, **more):
        with lab.working():
            work = replay(finished, BRITTLENESS, lab.subject(name), lab.sandbox, CancelToken(),
                          **{"model": MODEL, **more})  # fmt: skip
            return watch(work)

    return ask


@pytest.fixture
def records(finished):
    return {r.key: r for r in finished.trials() if r.model == MODEL}


def test_the_same_model_gives_the_same_bytes(ask_again, records):
    events, found = ask_again()
    assert found.verdict == "same bytes" and not found.is_warning and found.n == len(records)
    assert events[-1].done == events[-1].total == found.n and "same bytes" in found.sentence


def test_some_items_are_drawn_by_the_seed(ask_again):
    (_, one), (_, other) = ask_again(n_items=2), ask_again(n_items=2)
    assert one == other and one.n == 2 * 7


def test_another_model_differs_and_warns(ask_again):
    _, found = ask_again("sim:always-yes", n_items=3)
    assert found.verdict == "differs" and found.is_warning and found.differing > 0


def test_a_model_that_the_run_does_not_have_is_refused(ask_again):
    with pytest.raises(UserError, match="no finished trials of sim:coin"):
        ask_again("sim:coin", model="sim:coin")


def nudged(record, by_nats, outcome=None):
    lean = record.lanes["likelihood"]
    moved = {name: value + by_nats for name, value in lean.logprobs.items()}
    new = replace(lean, logprobs=moved, outcome=outcome or lean.outcome)
    return replace(record, lanes={**record.lanes, "likelihood": new})


def close(record, margin_nats):
    lean = record.lanes["likelihood"]
    logprobs = {"yes": -1.0, "no": -1.0 - margin_nats}
    new = replace(lean, logprobs=logprobs, outcome="yes")
    return replace(record, lanes={**record.lanes, "likelihood": new})


def test_numbers_that_move_leave_the_labels_the_same(records):
    found = compare(MODEL, records, {key: nudged(r, 0.01) for key, r in records.items()})
    assert found.verdict == "same labels" and found.largest_nats == pytest.approx(0.01)


@pytest.mark.parametrize(("margin", "verdict"), [
    (0.01, "close labels differ"), (1.0, "differs"),
])  # fmt: skip
def test_a_label_that_changes_warns_only_where_it_was_not_close(records, margin, verdict):
    before = {key: close(record, margin) for key, record in records.items()}
    after = {key: nudged(record, 0.001, "no") for key, record in before.items()}
    found = compare(MODEL, before, after)
    assert found.verdict == verdict and found.differing == len(records)
    assert f"{len(records)} of {3 * len(records)} labels differ" in found.sentence


def test_a_text_whose_margin_is_not_known_counts_as_far(records):
    key, record = next(iter(records.items()))
    free = replace(record.lanes["free"], outcome="no", text="NO")
    other = replace(record.lanes["free"], outcome="yes", text="YES")
    before = {key: replace(record, top=(), lanes={**record.lanes, "free": free})}
    after = {key: replace(record, top=(), lanes={**record.lanes, "free": other})}
    found = compare(MODEL, before, after)
    assert math.isinf(found.widest_nats) and "not known" in found.sentence
