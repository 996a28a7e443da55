"""Runs whose answers are written together: room for each, what is repeated, what is recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labs.experiments.record.run_folder import MANIFEST
from labs.experiments.running.asker import THOUGHT_TOKENS
from labs.experiments.running.room import BATCH_ROWS, BATCH_TOKENS
from labs.experiments.running.subject import ContextNeed, Subject
from tests.labs.experiments.running import Lab


def noting(subject: Subject, needs: list[ContextNeed]) -> Subject:
    """Writes down which contexts a run asks for."""

    def lease(need: ContextNeed, cancel: Any) -> Any:
        needs.append(need)
        return subject.lease(need, cancel)

    return replace(subject, lease=lease)


def needs_of(lab: Lab, folder: Path, model: str) -> list[ContextNeed]:
    made, needs = lab.plan(folder, model, mode="batched"), list[ContextNeed]()
    lab.finish(made, subjects=(noting(lab.subject(model), needs),))
    return needs


def test_each_row_has_room_and_all_of_them_are_bounded(lab: Lab, tmp_path: Path) -> None:
    last = needs_of(lab, tmp_path / "run", "sim:coin")[-1]
    assert 1 < last.n_seq <= BATCH_ROWS
    assert last.n_ctx % last.n_seq == 0
    assert last.n_ctx <= BATCH_TOKENS


def test_a_model_that_thinks_is_leased_again_with_room_for_it(lab: Lab, tmp_path: Path) -> None:
    first, *_, last = needs_of(lab, tmp_path / "run", "sim:thinker")
    assert last.n_ctx // last.n_seq >= max(THOUGHT_TOKENS, first.n_ctx // first.n_seq + 1)
    assert last.n_seq < first.n_seq


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_run_of_the_starter_repeats_nothing_where_no_bit_differs(
    lab: Lab, tmp_path: Path
) -> None:
    """And what was checked is what it says: repeats follow from the largest change of a lead."""
    made = lab.plan(tmp_path / "run", lab.subject("starter").id, items=3, formats=2, mode="batched")
    lab.finish(made)
    (entry,) = made.json(MANIFEST)["models"]
    together = entry["certificate"]["comparisons"][-1]
    assert together["mode"] == "batched"
    assert entry["context"]["n_seq"] > 1
    repeated = [record for record in made.trials() if record.cold_repeat]
    if together["largest_lead_change_nats"] == 0:
        assert not repeated
        assert "by a bit" in json.dumps(entry["certificate"])
    assert max(record.batch_rows for record in made.trials()) > 1
