"""`assay check` and `assay replay` as they are typed."""

from __future__ import annotations

import json
import shutil

import pytest

from app.__main__ import main
from app.runs.run_list import export_zip
from labs.lab_book.attempt import sheet_of
from labs.lab_book.book import LabBook, hand_in
from labs.lab_book.guided import guided_lab
from models.long_work import result_of


@pytest.fixture
def assay(home, capsys):
    """Run a command; returns exit code, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSAY_HOME", str(folder.parent / "home"))
        code = main(["run", "brittleness", "--model", "sim:by-format", "--items", "6",
                     "--formats", "3", "--seed", "1", "--out", str(folder)])  # fmt: skip
    assert code == 0
    return folder


@pytest.fixture
def run_folder(finished_run, tmp_path):
    return shutil.copytree(finished_run, tmp_path / "run")


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


def test_hand_ins_are_checked_as_they_are(assay, run_folder, tmp_path):
    attempt = LabBook(tmp_path / "book").latest(sheet_of(guided_lab("sampling")))
    attempt.show_anyway({attempt.sheet.predictions[0]: "It gets warmer."})
    lab, run, junk = (tmp_path / f"{name}.zip" for name in ("lab", "run", "junk"))
    result_of(hand_in(attempt, lab))
    result_of(export_zip(run_folder, run))
    junk.write_bytes(b"PK")
    code, out, _ = assay("check", lab, run)
    assert code == 0 and out.count("1 of 1 hold.") == 2
    assert "L03 Sampling" in out and "not locked" in out and f"{run}/run" in out
    code, out, _ = assay("check", junk)
    assert code == 1 and "junk.zip is no zip file" in out
    code, out, _ = assay("check", "--json", lab, run)
    told = json.loads(out)
    assert [row["holds"] for row in told] == [True, True]
    assert "It gets warmer." in told[1]["answers"].values() and told[1]["shown_before_at"]


def test_two_hand_ins_of_one_run_are_copies(assay, run_folder, tmp_path):
    for name in ("s17", "s42"):
        result_of(export_zip(run_folder, tmp_path / f"{name}.zip"))
    code, out, _ = assay("check", tmp_path / "s17.zip", tmp_path / "s42.zip")
    assert code == 1 and f"those of {tmp_path}/s17.zip/run" in out
