"""Run folders are checked without a model: what does not hold is a sentence in its row."""

from __future__ import annotations

import json
import shutil

import pytest

from labs.catalog import find_experiment
from labs.experiments.record.checking import check_folder, check_folders, difference
from labs.experiments.record.run_folder import MANIFEST, PLAN, RESULTS, TRIALS


def problems(folder):
    return " ".join(check_folder(folder.path, find_experiment).problems)


def change_lines(folder, change):
    """`change` is called with the number and the data of each trial."""
    path = folder.file(TRIALS)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for number, data in enumerate(lines):
        change(number, data)
    path.write_text("".join(json.dumps(data) + "\n" for data in lines), encoding="utf-8")


def test_an_honest_run_holds(finished):
    row = check_folder(finished.path, find_experiment)
    assert row.problems == () and row.holds and row.recomputed_equal
    assert row.locked_before_first_trial and row.state == "complete" and row.n_items == 8
    assert row.as_data()["holds"] and "trials" not in row.as_data()


def flatter(number, data):
    if number == 0:
        free = data["lanes"]["free"]
        free["outcome"] = "no" if free["outcome"] == "yes" else "yes"


@pytest.mark.parametrize(("change", "words"), [
    (flatter, "1 answers are scored otherwise than their text says"),
    (lambda n, data: data.update(truth="yes"), "have another right answer than the plan"),
    (lambda n, data: data.update(seed=1), "a seed that does not follow"),
    (lambda n, data: data.update(item=f"{n}"), "are not in the plan"),
    (lambda n, data: data.update(at="2020-01-01T00:00:00+00:00"), "is older than the plan"),
    (lambda n, data: data["lanes"].pop("forced"), "not those reported: sim:bad-format forced"),
    (lambda n, data: data.pop("lanes"), "Line 1 of trials.jsonl is damaged"),
])  # fmt: skip
def test_trials_that_were_changed_are_found(copied, change, words):
    change_lines(copied, change)
    assert words in problems(copied)


def test_results_that_were_changed_are_found(copied):
    results = copied.json(RESULTS)
    results["models"][0]["lanes"]["free"]["accuracy"]["value"] = 0.99
    copied.write_json(RESULTS, results)
    assert "not those reported: sim:bad-format free accuracy value" in problems(copied)


def test_a_plan_that_moved_or_is_newer_is_found(copied):
    plan = json.loads(copied.file(PLAN).read_text(encoding="utf-8"))
    copied.write_json(PLAN, plan | {"prediction": "I knew it"})
    assert "was changed after it was locked" in problems(copied)
    copied.write_json(PLAN, plan | {"schema_version": 99})
    assert "newer Assay" in problems(copied)


def test_a_manifest_of_another_run_is_found(copied):
    copied.write_json(MANIFEST, copied.json(MANIFEST) | {"plan_hash": "0"})
    assert "The manifest belongs to another plan." in problems(copied)


def test_a_torn_last_line_is_noted_and_left_out(copied):
    path = copied.file(TRIALS)
    path.write_bytes(path.read_bytes()[:-20])
    row = check_folder(copied.path, find_experiment)
    assert row.state == "stopped" and "torn" in row.notes[0]


def test_a_run_that_was_stopped_before_its_results_holds(copied):
    copied.file(RESULTS).unlink()
    lines = copied.file(TRIALS).read_bytes().splitlines(keepends=True)
    copied.file(TRIALS).write_bytes(b"".join(lines[:20]))
    row = check_folder(copied.path, find_experiment)
    assert row.holds and row.recomputed_equal is None and "no results yet" in row.notes[0]


def test_other_folders_are_checked_beside_one_that_is_no_run(finished, tmp_path):
    *_, rows = check_folders([tmp_path, finished.path, finished.path], find_experiment)
    assert [row.holds for row in rows] == [False, True]
    assert "holds no plan.json" in rows[0].problems[0]


def test_the_same_trials_in_two_folders_are_found(finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "other")
    *_, rows = check_folders([finished.path, tmp_path / "other"], find_experiment)
    assert all("to the second" in row.problems[0] for row in rows)


@pytest.mark.parametrize(("one", "other", "place"), [
    ({"a": 1.0}, {"a": 1.0 + 1e-9}, ""), ({"a": 1.0}, {"a": None}, "a"), ({}, {"b": 1}, "b"),
    ({"a": {"b": "x"}}, {"a": {"b": "y"}}, "a b"), ({"a": None}, {"a": None}, ""),
])  # fmt: skip
def test_results_are_compared_up_to_rounding(one, other, place):
    assert difference(one, other) == place
