"""Runs that are stopped, killed, starved and resumed: no trial is lost and none comes twice."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from labs.brittleness.experiment import EXPERIMENT
from labs.catalog import find_experiment
from labs.experiments.design import Trial
from labs.experiments.record.checking import check_folder
from labs.experiments.record.plan import design_of
from labs.experiments.record.run_folder import EVENTS, MANIFEST, PLAN, PROMPTS, TRIALS, RunFolder
from labs.experiments.record.trials import LineWriter
from labs.experiments.running.model_order import ModelOrder
from labs.experiments.running.pause import Paused, PauseSwitch
from labs.experiments.running.prompts import PromptWriter
from labs.experiments.running.room import GROUP_TRIALS
from labs.experiments.running.runner import Clocks, Phase, TrialsDone
from labs.experiments.running.sizing import try_out
from labs.experiments.running.subject import ContextNeed
from labs.experiments.scoring.answers import AnswerParser
from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Capabilities
from models.engine.pool import Pool
from models.engine.row_answer import RowAnswer
from models.engine.sandbox import Sandbox
from models.errors import Cancelled, UserError
from models.long_work import result_of
from tests.labs.experiments.running import LOCKED_AT, Lab, other_weights
from tests.long_work import watch


def events(made: RunFolder) -> list[str]:
    return [event["event"] for event in made.events()]


def assert_whole(made: RunFolder) -> None:
    """Every planned trial once, for every model."""
    plan = made.plan()
    found = Counter((record.model, record.key) for record in made.trials())
    assert len(found) == len(plan.trials) * len(plan.models)
    assert set(found.values()) == {1}


def trials_of(work: Iterator[Any], count: int) -> Iterator[Any]:
    """Run until `count` trials are kept."""
    for event in work:
        yield event
        if isinstance(event, TrialsDone) and event.done >= count:
            return


def test_a_run_writes_plan_manifest_trials_and_results(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:by-format", prediction="It will hold.")
    results = lab.finish(made)
    assert_whole(made)
    assert json.loads(json.dumps(results)) == made.json("results.json")
    assert made.plan().prediction == "It will hold."
    assert made.json(MANIFEST)["models"][0]["certificate"]["mode"] == "exact"
    assert {record.prompt for record in made.trials()} == set(made.prompts())


@pytest.mark.parametrize("stop_after", [1, 17, 40])
def test_a_run_that_was_stopped_goes_on_where_it_was(
    lab: Lab, tmp_path: Path, stop_after: int
) -> None:
    made, cancel = lab.plan(tmp_path / "run", "sim:coin"), CancelToken()
    with lab.working(), pytest.raises(Cancelled):
        work = lab.run(made, cancel=cancel).work()
        list(trials_of(work, stop_after))
        cancel.cancel()
        result_of(work)
    assert stop_after <= len(made.trials()) < len(made.plan().trials)
    lab.finish(made)
    assert_whole(made)
    assert events(made) == ["stop", "resume"]


def test_stopping_changes_no_answer(lab: Lab, tmp_path: Path) -> None:
    whole, halves = (lab.plan(tmp_path / name, "sim:coin") for name in ("one", "two"))
    lab.finish(whole)
    with lab.working():
        list(trials_of(lab.run(halves).work(), 20))
    lab.finish(halves)
    assert [answers(made) for made in (whole, halves)].count(answers(whole)) == 2


def answers(made: RunFolder) -> dict[str, str | None]:
    return {record.key: record.outcome("free") for record in made.trials()}


def test_a_worker_killed_in_the_middle_is_started_again(
    lab: Lab, tmp_path: Path, own_children: Callable[..., list[psutil.Process]]
) -> None:
    made = lab.plan(tmp_path / "run", "sim:able", items=16)
    with lab.working():
        work = lab.run(made).work()
        list(trials_of(work, 50))
        for worker in own_children("models.engine.worker"):
            worker.kill()
            worker.wait(10)
        result_of(work)
    assert_whole(made)
    assert events(made) == ["crash"]
    assert "ERROR" not in answers(made).values()


def test_a_prompt_that_kills_the_engine_each_time_is_an_error_and_the_rest_goes_on(
    lab: Lab, tmp_path: Path
) -> None:
    made = lab.plan(tmp_path / "run", "sim:fatal?every=11", items=4)
    results = lab.finish(made)
    assert_whole(made)
    outcomes = Counter(answers(made).values())
    assert outcomes["ERROR"] >= 1
    assert sum(outcomes.values()) - outcomes["ERROR"] > outcomes["ERROR"]
    assert results["events"]["crash"] >= 2


def test_a_torn_last_line_is_asked_again(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:coin")
    with lab.working():
        list(trials_of(lab.run(made).work(), 10))
    with made.file(TRIALS).open("ab") as file:
        file.write(b'{"model":"sim:coin","item":"dose-')
    lab.finish(made)
    assert_whole(made)


def test_a_run_waits_while_it_is_paused_and_lets_others_use_the_model(
    lab: Lab, tmp_path: Path
) -> None:
    made, pause = lab.plan(tmp_path / "run", "sim:coin"), PauseSwitch()
    with lab.working():
        work = lab.run(made, pause=pause).work()
        list(trials_of(work, 5))
        pause.pause()
        assert any(isinstance(event, Paused) for event in until_paused(work))
        assert len(made.trials()) <= 6  # not after all that was asked with it
        assert [status.holder for status in lab.pool.status()] == [""]
        pause.resume()
        result_of(work)
    assert_whole(made)
    assert "pause" in events(made)


def test_a_pause_does_not_wait_for_the_repeatability_check(lab: Lab, tmp_path: Path) -> None:
    made, pause = lab.plan(tmp_path / "run", "sim:coin"), PauseSwitch()
    with lab.working():
        work = lab.run(made, pause=pause).work()
        next(event for event in work if isinstance(event, Phase) and "read" in event.message)
        pause.pause()
        assert len(list(until_paused(work))) < 5
        assert [status.holder for status in lab.pool.status()] == [""]
        pause.resume()
        result_of(work)
    assert_whole(made)


def until_paused(work: Iterator[Any]) -> Iterator[Any]:
    for event in work:
        yield event
        if isinstance(event, Paused):
            return


def test_times_across_a_sleep_are_left_out_and_the_sleep_is_told(lab: Lab, tmp_path: Path) -> None:
    clock = SimpleNamespace(wall=0.0)
    made = lab.plan(tmp_path / "run", "sim:coin")
    clocks = Clocks(wall=lambda: clock.wall, steady=lambda: 0.0)
    with lab.working():
        work = lab.run(made, clocks=clocks).work()
        list(trials_of(work, 5))
        clock.wall += 3600
        result_of(work)
    assert [e["seconds"] for e in made.events() if e["event"] == "sleep"] == [3600.0]
    assert sum(record.prompt_s is None for record in made.trials()) == 1


def test_a_clock_that_is_set_back_is_told_and_no_reproach(lab: Lab, tmp_path: Path) -> None:
    clock = SimpleNamespace(at=LOCKED_AT + timedelta(minutes=1))
    made = lab.plan(tmp_path / "run", "sim:coin")
    clocks = Clocks(now=lambda: clock.at, wall=lambda: clock.at.timestamp(), steady=lambda: 0.0)
    with lab.working():
        work = lab.run(made, clocks=clocks).work()
        list(trials_of(work, 5))
        clock.at -= timedelta(days=400)
        result_of(work)
    (noted,) = made.events()
    assert (noted["event"], noted["seconds"]) == ("clock", 400 * 86400)
    assert not any(record.prompt_s is None for record in made.trials())
    assert "The clock was set back" in made.file("report.md").read_text("utf-8")
    assert check_folder(made.path, find_experiment).holds


def test_a_run_whose_folder_is_moved_or_deleted_ends_at_once(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:coin")
    with lab.working():
        work = lab.run(made).work()
        list(trials_of(work, 10))
        moved = RunFolder(Path(shutil.move(made.path, tmp_path / "moved")))
        with pytest.raises(UserError, match="is not where it was"):
            result_of(work)
    with pytest.raises(UserError, match="is not where it was"):
        made.write("note.txt", "")
    assert len(moved.trials()) == 10
    lab.finish(moved)
    assert_whole(moved)


def test_a_file_of_a_run_that_cannot_be_opened_is_a_sentence(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:coin")
    made.file(PROMPTS).mkdir()
    with pytest.raises(UserError, match="cannot be read"):
        lab.finish(made)
    with pytest.raises(UserError, match="cannot be opened"):
        LineWriter(made.file(PROMPTS))


def test_a_second_run_into_the_folder_is_refused(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:coin")
    with made.writing(), pytest.raises(UserError, match="Another run is writing"):
        lab.finish(made)


def test_a_file_that_changed_since_the_first_half_is_refused(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:coin")
    with lab.working():
        list(trials_of(lab.run(made).work(), 10))
    manifest = json.loads(made.file(MANIFEST).read_text())
    manifest["models"][0]["sha256"] = "a" * 64
    made.write_json(MANIFEST, manifest)
    changed = (other_weights(lab.subject("sim:coin")),)
    with pytest.raises(UserError, match="has changed since the first half"):
        lab.finish(made, subjects=changed)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema_version": 99}, "newer Assay"),
        ({"seed": 5}, "changed after it was locked"),
        ({"prediction": "I knew it"}, "changed after it was locked"),
    ],
)
def test_a_plan_that_moved_is_refused(
    lab: Lab, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    made = lab.plan(tmp_path / "run", "sim:coin")
    plan = json.loads(made.file(PLAN).read_text())
    made.write_json(PLAN, plan | change)
    with pytest.raises(UserError, match=words):
        lab.finish(made)


def test_a_model_that_cannot_be_loaded_ends_the_run_without_numbers(
    lab: Lab, tmp_path: Path
) -> None:
    made = lab.plan(tmp_path / "run", "sim:broken")
    with pytest.raises(UserError, match="cannot be loaded"):
        lab.finish(made)
    assert not made.trials()
    assert not made.file("results.json").exists()
    assert events(made) == ["failure"]


def test_several_models_run_one_after_the_other(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:by-format", "sim:able", items=4)
    with lab.working():
        seen, results = watch(lab.run(made).work())
    assert_whole(made)
    order = [event.model for event in seen if isinstance(event, TrialsDone)]
    assert order == sorted(order, key=["sim:by-format", "sim:able"].index)
    assert [model["id"] for model in results["models"]] == ["sim:by-format", "sim:able"]


def test_other_models_than_planned_are_refused(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:coin")
    with pytest.raises(UserError, match="is planned for sim:coin"):
        lab.finish(made, subjects=(lab.subject("sim:able"),))


def test_a_damaged_line_in_the_middle_is_a_sentence(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:coin", items=2)
    lab.finish(made)
    lines = made.file(TRIALS).read_bytes().split(b"\n")
    made.file(TRIALS).write_bytes(b"\n".join([lines[0], b"{broken", *lines[2:]]))
    with pytest.raises(UserError, match=r"Line 2 of trials\.jsonl is damaged"):
        made.trials()


def test_the_certificate_finds_a_model_that_differs_when_warm(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:warm")
    lab.finish(made)
    (entry,) = made.json(MANIFEST)["models"]
    assert entry["mode"] == "cold"
    assert entry["certificate"]["comparisons"][0]["outcomes_differ"] > 0
    assert {record.mode for record in made.trials()} == {"cold"}


def test_the_run_and_its_events_name_the_experiment(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:coin", items=2)
    assert lab.finish(made)["experiment"] == EXPERIMENT.id
    assert not made.file(EVENTS).read_text()


def test_a_full_disk_keeps_what_was_finished_and_is_a_sentence(
    lab: Lab, small_disk: Callable[..., Path]
) -> None:
    made = lab.plan(small_disk("size=200k") / "run", "sim:coin", items=40)
    with pytest.raises(UserError, match="cannot be written"):
        lab.finish(made)
    kept = len(made.trials())
    small_disk("size=4m,remount")
    lab.finish(made)
    assert 0 < kept < len(made.trials())
    assert_whole(made)


def test_a_thought_that_the_template_opens_is_not_read_as_the_answer(sandbox: Sandbox) -> None:
    template = (
        "{% for m in messages %}{{ m.content }}{% endfor %}"
        "{% if add_generation_prompt %}<a>\n<think>\n{% endif %}"
    )
    writer = PromptWriter(
        SimpleNamespace(
            chat_template=template, bos_text="", eos_text="", capabilities=Capabilities()
        ),
        sandbox, LOCKED_AT, is_simulated=False,
    )  # fmt: skip
    prompt = writer.write(Trial("item", "item", {}, "yes", "May it sail?"))
    assert prompt.begun == "<think>\n"
    answer = RowAnswer(AnswerParser({"yes": "YES", "no": "NO"}).until(), 30, prompt.begun)
    for piece in (b"No, wait.", b"</think>", b"\n\nYES", b"."):
        answer.take(piece)
    assert answer.stop_reason == "decided"
    assert AnswerParser({"yes": "YES", "no": "NO"}).read(answer.text).outcome == "yes"


@pytest.mark.parametrize(("fits", "n_loads"), [(True, 2), (False, 4)])
def test_models_that_fit_together_are_loaded_once_from_trying_to_the_last_trial(
    lab: Lab, tmp_path: Path, fits: bool, n_loads: int
) -> None:
    loads: list[str] = []

    def making(model: str, *args: Any, **more: Any) -> EngineClient:
        loads.append(model)
        return EngineClient(model, *args, **more)

    pool = Pool(fits=lambda *_: fits, make_client=making)
    own = Lab(lab.library, pool, lab.sandbox)
    made = own.plan(tmp_path / "run", "sim:coin", "sim:always-yes", items=2, formats=2)
    design = design_of(made.plan(), EXPERIMENT)
    for name in made.plan().models:
        trying = try_out(
            EXPERIMENT, design, own.subject(name), lab.sandbox, 1, CancelToken(), LOCKED_AT
        )
        assert result_of(trying).answers
    result_of(own.run(made).work())
    pool.close()
    assert len(loads) == n_loads
    assert_whole(made)


def in_turns(_need: ContextNeed) -> ModelOrder:
    return ModelOrder(takes_turns=True, sentence="They take turns.")


PAIR = ("sim:by-format", "sim:able")


def switches(models: Sequence[str]) -> int:
    return sum(one != other for one, other in pairwise(models))


def test_models_that_take_turns_share_the_time_of_the_run(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", *PAIR, items=12)
    with lab.working():
        seen, results = watch(lab.run(made, order=in_turns).work())
    assert_whole(made)
    done = [event for event in seen if isinstance(event, TrialsDone)]
    assert switches([event.model for event in done]) >= 3
    first, second = ([n for n, e in enumerate(done) if e.model == model] for model in PAIR)
    assert abs(sum(first) - sum(second)) / len(first) < GROUP_TRIALS / 2  # none is later on average
    assert [model["id"] for model in results["models"]] == list(PAIR)
    (kept,) = made.json(MANIFEST)["model_order"]
    assert kept["takes_turns"]
    assert kept["sentence"] == "They take turns."


def test_a_pause_frees_all_models_that_take_turns_and_is_noted_once(
    lab: Lab, tmp_path: Path
) -> None:
    made, pause = lab.plan(tmp_path / "run", *PAIR, items=12), PauseSwitch()
    with lab.working():
        work = lab.run(made, pause=pause, order=in_turns).work()
        list(trials_of(work, 30))
        assert [status.holder for status in lab.pool.status()] == ["the test run"] * 2
        pause.pause()
        assert sum(isinstance(event, Paused) for event in islice(work, 60)) > 2
        assert [status.holder for status in lab.pool.status()] == ["", ""]
        pause.resume()
        result_of(work)
    assert_whole(made)
    assert events(made) == ["pause"]


def test_a_model_that_crashes_in_its_turn_is_started_again_and_the_other_goes_on(
    lab: Lab, tmp_path: Path
) -> None:
    made = lab.plan(tmp_path / "run", "sim:fatal?every=11", "sim:able", items=4)
    with lab.working():
        result_of(lab.run(made, order=in_turns).work())
    assert_whole(made)
    assert not any(record.error for record in made.trials() if record.model == "sim:able")


def test_a_run_that_took_turns_may_go_on_one_model_after_the_other(
    lab: Lab, tmp_path: Path
) -> None:
    made = lab.plan(tmp_path / "run", *PAIR, items=12)
    with lab.working():
        list(trials_of(lab.run(made, order=in_turns).work(), 30))
    lab.finish(made)
    assert_whole(made)
    kept = made.json(MANIFEST)["model_order"]
    assert [each["takes_turns"] for each in kept] == [True, False]


def test_a_model_somebody_else_has_does_not_hold_up_the_others(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", *PAIR, items=4)
    with lab.working():
        other = result_of(lab.subject(PAIR[0]).lease(ContextNeed(2048), CancelToken()))
        for event in lab.run(made, order=in_turns).work():
            if isinstance(event, TrialsDone) and 2 * event.done == event.total:
                break
        assert event.model == PAIR[1]
        other.release()
