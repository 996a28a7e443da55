"""A model that fails for good is set aside with its reason; the others are finished."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from labs.experiments.record.run_folder import RunFolder
from labs.experiments.running.certificate import CHECK_TRIALS
from labs.experiments.running.model_order import ModelOrder
from labs.experiments.running.room import GROUP_TRIALS
from labs.experiments.running.runner import Phase
from labs.experiments.running.setting_aside import ModelsSetAside, SetAside
from labs.experiments.running.subject import absent
from models.errors import UserError
from tests.labs.experiments.running import Lab, failing
from tests.long_work import watch

PAIR = ("sim:by-format", "sim:able")


def in_turns(_need: Any) -> ModelOrder:
    return ModelOrder(True, "They take turns.")


def subjects(lab: Lab, n_rows: int, *, dies: bool = True) -> tuple[Any, Any]:
    return failing(lab.subject(PAIR[0]), n_rows, dies=dies), lab.subject(PAIR[1])


def counts(made: RunFolder) -> Counter[str]:
    return Counter(record.model for record in made.trials())


@pytest.fixture(scope="module")
def failed(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run whose first model failed in the middle; it ended as one that is not complete."""
    made = lab.plan(tmp_path_factory.mktemp("runs") / "run", *PAIR, items=12)
    with pytest.raises(ModelsSetAside, match=f"{PAIR[0]} was set aside: The file of this model"):
        lab.finish(made, subjects=subjects(lab, 100), order=in_turns)
    return made


@pytest.fixture
def half(failed: RunFolder, tmp_path: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(failed.path, tmp_path / "run")))


def test_the_others_are_finished_and_a_resume_asks_only_what_is_missing(
    lab: Lab, half: RunFolder
) -> None:
    n_trials, done = len(half.plan().trials), counts(half)
    assert 0 < done[PAIR[0]] < n_trials == done[PAIR[1]]
    kept, gone = half.trials(), absent(PAIR[1], UserError("It was finished, and is gone now."))
    assert lab.finish(half, subjects=(lab.subject(PAIR[0]), gone))["complete"]
    assert half.trials()[: len(kept)] == kept
    assert counts(half) == dict.fromkeys(PAIR, n_trials)
    assert half.json("results.json")["set_aside"] == {}


def test_the_record_has_the_reason_and_half_a_model_stays_out_of_the_comparison(
    failed: RunFolder,
) -> None:
    results, report = failed.json("results.json"), failed.file("report.md").read_text("utf-8")
    assert not results["complete"]
    assert results["set_aside"] == {PAIR[0]: "The file of this model is gone."}
    assert results["compared"] == [PAIR[1]]
    (left_out,) = results["comparison"]
    assert left_out.startswith(f"{PAIR[0]} is left out")
    for sentence in (left_out, f"{PAIR[0]} was set aside: The file of this model is gone."):
        assert sentence in report
    assert f"Right answers against {PAIR[0]}" not in report and "difference | gained" not in report


def test_an_engine_that_refuses_everything_is_set_aside_before_its_trials_are_errors(
    lab: Lab, tmp_path: Path
) -> None:
    made = lab.plan(tmp_path / "run", *PAIR, items=12)
    with pytest.raises(ModelsSetAside, match="The server is not there"):
        lab.finish(made, subjects=subjects(lab, 100, dies=False))
    assert not any(record.error for record in made.trials())
    lab.finish(made)
    assert not any(record.error for record in made.trials())


def test_prompts_that_are_refused_by_themselves_are_errors_and_the_rest_goes_on(
    lab: Lab, tmp_path: Path
) -> None:
    made = lab.plan(tmp_path / "run", PAIR[0], items=12)
    own = failing(lab.subject(PAIR[0]), CHECK_TRIALS + 6, dies=False, only_some=True)
    with lab.working():
        seen, results = watch(lab.run(made, subjects=(own,)).work())
    assert results["complete"]
    assert Phase(PAIR[0], "Asking again whether it answers at all") in seen
    n_failed = sum(bool(record.error) for record in made.trials())
    assert 0 < n_failed < GROUP_TRIALS


def test_where_no_model_can_go_on_nothing_is_concluded(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", *PAIR, items=2)
    gone = UserError("There is no such model.", "Add it.")
    with pytest.raises(UserError, match=f"{PAIR[1]} was set aside: There is no such model"):
        lab.finish(made, subjects=tuple(absent(model, gone) for model in PAIR))
    assert not made.file("results.json").exists()


def test_what_is_set_aside_is_told_while_the_others_go_on(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", *PAIR, items=2)
    gone = UserError("There is no such model.")
    seen = []
    with lab.working(), pytest.raises(ModelsSetAside):
        for event in lab.run(made, subjects=(lab.subject(PAIR[0]), absent(PAIR[1], gone))).work():
            seen.append(event)
    assert seen[0] == SetAside(PAIR[1], gone.message)  # and not when the first is finished
