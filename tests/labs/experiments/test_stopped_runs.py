"""What is said of a run that was stopped rests on what is finished, and on no more."""

import shutil

import pytest

from labs.experiments.record.conclude import conclude
from labs.experiments.record.run_folder import TRIALS, RunFolder
from tests.labs.experiments.running import BRITTLENESS


@pytest.fixture
def stopped(finished, tmp_path) -> RunFolder:
    """The first model stopped in the middle of its fourth item; the second was never asked."""
    folder = RunFolder(shutil.copytree(finished.path, tmp_path / "stopped"))
    needed = finished.plan().design["n_trials"] // finished.plan().design["n_items"]
    lines = folder.file(TRIALS).read_text(encoding="utf-8").splitlines(keepends=True)
    folder.file(TRIALS).write_text("".join(lines[: 3 * needed + 2]), encoding="utf-8")
    return folder


def test_the_finding_counts_the_items_that_are_finished(stopped):
    (result,) = conclude(stopped, BRITTLENESS)["models"]
    assert "of 3 items" in result["finding"]["sentence"]
    assert any(text.startswith("3 items") for text in result["caveats"])


def test_the_report_says_how_many_of_the_planned_items_it_rests_on(stopped):
    conclude(stopped, BRITTLENESS)
    report = stopped.file("report.md").read_text(encoding="utf-8")
    assert "Items: 3 of 8" in report
    assert "Of 8 planned items 3 were finished" in report
