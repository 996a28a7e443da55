"""Everything that a result page shows of one run folder, read in a job. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.pages.labs.grid_data import Grid, grid_of
from app.runs.run_list import RunRow, row_of
from labs.experiments.experiment import Experiment
from labs.experiments.record.conclude import conclude
from labs.experiments.record.left_out import set_aside
from labs.experiments.record.machine_kept import kept_machine
from labs.experiments.record.manifest import entry_of
from labs.experiments.record.plan import Plan
from labs.experiments.record.results_file import results_from
from labs.experiments.record.run_folder import RESULTS, Damaged, RunFolder
from labs.experiments.results import ModelResult
from labs.experiments.scenarios.item_words import item_words
from labs.experiments.scenarios.set_file import parse_set
from labs.telemetry.summary import Summary
from models.errors import UserError

DAMAGED_RESULTS = (
    "The results of this run are damaged. “Conclude from what is there” works them out again from "
    "its answers."
)


@dataclass(frozen=True)
class RunData:
    """`results` is () where nothing has been worked out yet; `told` says of each item what a
    person knows it by, `derivations` why its truth is right; `set_aside` of each model that could
    not go on why. `machine` is None where nobody watched it; `problem` says why results that are
    there cannot be read."""

    row: RunRow
    plan: Plan
    manifest: Mapping[str, Any]
    about: Mapping[str, Any]
    results: tuple[ModelResult, ...]
    comparison: tuple[str, ...]
    grids: Mapping[str, Grid]
    told: Mapping[str, str]
    derivations: Mapping[str, str]
    set_aside: Mapping[str, str]
    machine: Summary | None = None
    problem: str = ""

    @property
    def path(self) -> Path:
        return self.row.path

    def result(self, model: str) -> ModelResult | None:
        return next((each for each in self.results if each.model == model), None)

    def is_simulated(self, model: str) -> bool:
        return bool((entry_of(self.manifest, model) or {}).get("simulated"))

    def entry(self, model: str) -> Mapping[str, Any]:
        return entry_of(self.manifest, model) or {}


def load_run(path: Path) -> Generator[str, None, RunData]:
    """Raises UserError for a folder that cannot be read."""
    yield "Reading the run"
    folder = RunFolder(path)
    plan = folder.plan()
    about, results, problem = _concluded(folder)
    records = folder.trials()
    yield "Setting the answers out"
    told, derivations = _items(plan)
    grids = {
        model: grid_of(plan, model, [r for r in records if r.model == model], told)
        for model in plan.models
    }
    return RunData(
        row_of(path), plan, folder.manifest(), about, results,
        tuple(about.get("comparison", ())), grids, told, derivations,
        _set_aside(folder, plan, grids), kept_machine(folder), problem,
    )  # fmt: skip


def _concluded(folder: RunFolder) -> tuple[dict[str, Any], tuple[ModelResult, ...], str]:
    """Damaged results are as good as none: the trials are there."""
    try:
        about = folder.json(RESULTS)
        return about, results_from(about), ""
    except Damaged:
        return {}, (), DAMAGED_RESULTS


def _set_aside(folder: RunFolder, plan: Plan, grids: Mapping[str, Grid]) -> dict[str, str]:
    planned = int(plan.design["n_items"])
    unfinished = [model for model, grid in grids.items() if grid.n_whole_items < planned]
    return set_aside(folder.events(), unfinished)


def work_out(path: Path, experiment: Experiment) -> Generator[str, None, RunData]:
    """Results of what is finished, also where the run was stopped."""
    yield "Working out the results"
    conclude(RunFolder(path), experiment)
    return (yield from load_run(path))


def load_prompts(path: Path) -> Generator[str, None, dict[str, list[dict[str, Any]]]]:
    yield "Reading the prompts"
    return RunFolder(path).prompts()


def _items(plan: Plan) -> tuple[dict[str, str], dict[str, str]]:
    """What each is known by, and why its truth is right."""
    try:
        made = parse_set(plan.scenarios, "the plan's set")
    except UserError:  # a set of a later version: the answers can be shown all the same
        return {}, {}
    told = {item.id: item_words(made, item) for item in made.items}
    return told, {item.id: item.derivation for item in made.items}
