"""`assay run`: what it refuses, what it resumes, what it prints."""

from __future__ import annotations

import json
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from app.__main__ import main
from app.cli import run as command
from app.pages.labs.sizing_work import Student, Wish, request_of_wish
from assets import SCENARIOS
from labs.catalog import find_experiment
from labs.experiments.record.machine_kept import kept_machine
from labs.experiments.record.plan import read_plan
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.running.runner import TrialsDone
from labs.experiments.scenarios.set_file import write_set
from tests.labs.experiments.running import locked_run


@pytest.fixture
def run(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Run `assay run brittleness` on a simulated subject; exit code and all that was printed."""

    def call(*words: str, name: str = "brittleness", out: str = "run") -> tuple[int, str]:
        code = main(["run", name, *words, "--out", str(tmp_path / out)])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out + captured.err

    return call


SMALL = ("--model", "sim:by-format", "--items", "4", "--formats", "2", "--seed", "1")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run with a seed and a student; it is only read."""
    place = tmp_path_factory.mktemp("finished")
    words = ("--student", "c-17", "--predict", "It holds.", "--out", str(place / "run"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ASSAY_HOME", str(place / "home"))
        assert main(["run", "brittleness", *SMALL, *words]) == 0
    return place / "run"


@pytest.fixture
def interrupted(run, monkeypatch: pytest.MonkeyPatch):
    """The same as `run`, with a Ctrl+C when the first trials are on disk."""

    def call(*words: str) -> tuple[int, str]:
        seen: list[TrialsDone] = []

        def interrupt(event: object) -> str:
            if isinstance(event, TrialsDone) and not seen:
                seen.append(event)
                os.kill(os.getpid(), signal.SIGINT)
            return ""

        with monkeypatch.context() as change:
            change.setattr(command, "_words", interrupt)
            change.setattr("sys.stderr.isatty", lambda: True, raising=False)
            return run(*words)

    return call


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--model", "nope"), "There is no model called"),
        (("--items", "0"), "--items must be 1 or more"),
        (("--items", "4", "--formats", "1"), "--formats must be 2 or more"),
        (("--seed", "-5"), "--seed must lie between"),
        (("--model", "sim:coin", "--model", "sim:coin"), "named twice"),
        (("--model", "sim:broken", "--items", "2"), "cannot be loaded"),
        (("--items", "1", "--formats", "2"), "none is left when right answers"),
        (("--model", "sim:echo", "--items", "4", "--lane", "likelihood"), "has none"),
    ],
)
def test_what_cannot_be_run_is_a_sentence(run, words: tuple[str, ...], sentence: str) -> None:
    code, said = run(*(words if "--model" in words else ("--model", "sim:coin", *words)))
    assert code == 1 and sentence in said


def test_a_model_that_is_set_aside_is_a_failure_beside_the_results_of_the_others(
    run, tmp_path: Path
) -> None:
    locked_run(tmp_path / "run", "sim:broken", "sim:coin", items=4, formats=2)
    code, said = run()
    assert code == 1
    assert said.index("sim:coin: ") < said.index("sim:broken was set aside")


def test_an_experiment_or_set_that_is_not_there_is_a_sentence(run, tmp_path: Path) -> None:
    assert "There is no experiment called “chess”" in run(name="chess")[1]
    assert "cannot be read" in run(name=str(tmp_path / "none.yaml"))[1]
    (tmp_path / "bad.yaml").write_text("a: [")
    assert "is not valid YAML" in run(name=str(tmp_path / "bad.yaml"))[1]


def test_a_place_that_takes_no_folder_is_refused_before_any_work(run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = run(*SMALL, out="file/run")
    assert code == 1 and "is a file" in said and "items," not in said


def test_the_same_command_goes_on_and_another_one_is_refused(
    run, tmp_path: Path, finished: Path
) -> None:
    shutil.copytree(finished, tmp_path / "run")
    assert run(*SMALL)[0] == 0
    trials = (tmp_path / "run" / "trials.jsonl").read_bytes()
    assert trials == (finished / "trials.jsonl").read_bytes()
    for words, sentence in (
        (("--model", "sim:coin"), "is planned for sim:by-format"),
        (("--seed", "2"), "planned with --seed 1"),
        (("--items", "9"), "planned with --items 4"),
    ):
        code, said = run(*words)
        assert code == 1 and sentence in said
    assert "not of Temporal" in run(name="temporal")[1]


@pytest.mark.parametrize("name", ["brittleness", "temporal", "budget.yaml"])
def test_a_student_has_the_same_items_in_the_window(run, tmp_path: Path, name: str) -> None:
    size = ("--model", "sim:coin", "--items", "4", "--formats", "2")
    path = SCENARIOS / name if name.endswith(".yaml") else None
    assert run(*size, "--student", "c-17", "--course", "Logic 1", name=str(path or name))[0] == 0
    plan = read_plan((tmp_path / "run" / "plan.json").read_text(), "here")
    experiment = find_experiment(plan.experiment)
    wish = Wish(experiment, {}, (), set_path=path, student=Student(" Logic 1", "c-17 "))
    request = request_of_wish(wish)
    assert (plan.seed, plan.student) == (request.seed, "c-17")
    assert plan.scenarios == write_set(request.scenarios)
    other = replace(wish, student=Student("Logic 1", "c-18"))
    assert request_of_wish(other).seed != plan.seed


def test_a_seed_that_is_given_goes_before_the_student(finished: Path) -> None:
    plan = json.loads((finished / "plan.json").read_text())
    assert (plan["seed"], plan["student"]) == (1, "c-17")


def test_the_plan_of_several_models_says_how_they_share_the_memory(run, tmp_path: Path) -> None:
    assert run(*SMALL, "--model", "sim:coin")[0] == 0
    preview = json.loads((tmp_path / "run" / "plan.json").read_text())["preview"]
    assert any("2 models take turns" in sentence for sentence in preview)
    assert any("all of them stay loaded" in sentence for sentence in preview)


def test_results_have_the_decided_shape(finished: Path) -> None:
    results = json.loads((finished / "results.json").read_text())
    assert results["schema_version"] == 1
    free = results["models"][0]["lanes"]["free"]
    for name in ("flip_rate", "yes_rate", "accuracy", "d_prime", "accuracy_spread"):
        assert {"value", "low", "high", "n"} <= free[name].keys()


def test_two_items_of_one_group_are_too_few_to_say_anything(run) -> None:
    code, said = run("--model", "sim:coin", "--items", "2", "--formats", "2", "--seed", "1")
    assert code == 0 and "too few items to say" in said


@pytest.mark.slow
def test_each_student_draws_items_of_their_own_and_the_same_ones_again(run, tmp_path: Path) -> None:
    seeds = []
    for number, code in enumerate(("ada", "bo", "ada")):
        words = (*SMALL[:-2], "--student", code, "--course", "logic 1")
        assert run(*words, out=f"run-{number}")[0] == 0
        seeds.append(json.loads((tmp_path / f"run-{number}" / "plan.json").read_text())["seed"])
    assert seeds[0] == seeds[2] != seeds[1]


@pytest.mark.parametrize(
    ("time", "size"), [("class", "40 items, 320 trials"), ("report", "80 items, 880 trials")]
)
def test_a_time_is_turned_into_items(interrupted, tmp_path: Path, time: str, size: str) -> None:
    code, said = interrupted("--model", "sim:able", "--time", time, "--seed", "1")
    assert code == 130 and size in said
    plan = read_plan((tmp_path / "run" / "plan.json").read_text(), "here")
    assert size == f"{plan.size['items']} items, {len(plan.trials)} trials"


def test_a_run_that_is_interrupted_says_that_the_same_command_goes_on(run, interrupted) -> None:
    several_requests = ("--model", "sim:by-format", "--items", "12", "--formats", "2")
    code, said = interrupted(*several_requests)
    assert code == 130 and "Stopped." in said and "the same command goes on" in said
    assert run(*several_requests)[0] == 0


def test_a_run_without_a_window_keeps_what_the_machine_did(finished: Path) -> None:
    kept = kept_machine(RunFolder(finished))
    assert kept and kept.n_readings > 0 and "memory" in kept.extents
