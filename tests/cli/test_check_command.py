"""`assay check` and `assay replay` as they are typed."""

from __future__ import annotations

import json
import shutil

import pytest

from app.__main__ import main


@pytest.fixture
def assay(home, capsys):
    """Run a command; returns exit code, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def run_folder(assay, tmp_path):
    folder = tmp_path / "run"
    code, *_ = assay("run", "brittleness", "--model", "sim:by-format", "--items", "6",
                     "--formats", "3", "--seed", "1", "--out", folder)  # fmt: skip
    assert code == 0
    return folder


def test_a_run_is_checked_and_replayed(assay, run_folder):
    code, out, _ = assay("check", run_folder)
    assert code == 0 and "holds" in out and "1 of 1 hold." in out
    code, out, _ = assay("replay", run_folder, "--items", "2")
    assert (code, out) == (0, "14 trials of sim:by-format were asked again: same bytes, every "
                              "text and every log-probability.\n")  # fmt: skip
    code, out, _ = assay("replay", run_folder, "--model", "sim:coin")
    assert code == 1 and "differs." in out


def test_a_folder_that_is_no_run_has_its_row_and_fails_the_check(assay, tmp_path):
    code, out, _ = assay("check", tmp_path)
    assert code == 1 and "holds no plan.json" in out
    code, out, _ = assay("check", "--json", tmp_path)
    (row,) = json.loads(out)
    assert code == 1 and row["holds"] is False and row["state"] == "not readable"


def test_what_cannot_be_replayed_is_told(assay, tmp_path):
    code, _, err = assay("replay", tmp_path)
    assert code == 1 and "is not the folder of a run" in err
    code, _, err = assay("replay", tmp_path, "--items", "0")
    assert code == 1 and "--items must be 1 or more" in err


def test_a_copy_is_told_from_a_run_that_does_not_hold(assay, run_folder, tmp_path):
    shutil.copytree(run_folder, tmp_path / "other")
    code, out, _ = assay("check", run_folder, tmp_path / "other")
    assert code == 1 and out.count("same as another") == 2 and "does not hold" not in out
    assert "0 of 2 hold" in out
