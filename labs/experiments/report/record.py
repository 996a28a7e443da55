"""Everything that a report is made from: the files of one run folder, read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labs.experiments.design import Factor, Level
from labs.experiments.record.machine_kept import kept_machine
from labs.experiments.record.manifest import entry_of
from labs.experiments.record.plan import Plan
from labs.experiments.record.results_file import results_from
from labs.experiments.record.run_folder import RESULTS, RunFolder
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import ModelResult
from labs.telemetry.summary import Summary
from models.errors import UserError


@dataclass(frozen=True)
class RunRecord:
    """`about` is the part of results.json that belongs to the whole run; `own_words` what the
    student wrote, as Markdown; `machine` is None where nobody watched it."""

    plan: Plan
    manifest: Mapping[str, Any]
    trials: tuple[TrialRecord, ...]
    events: tuple[Mapping[str, Any], ...]
    about: Mapping[str, Any]
    results: tuple[ModelResult, ...]
    comparison: tuple[str, ...]
    own_words: str
    machine: Summary | None = None

    @property
    def factors(self) -> tuple[Factor, ...]:
        return tuple(
            Factor(each["id"], each["title"], tuple(Level(**level) for level in each["levels"]))
            for each in self.plan.design["factors"]
        )

    @property
    def lanes(self) -> tuple[str, ...]:
        return tuple(self.plan.design["lanes"])

    @property
    def simulated(self) -> tuple[str, ...]:
        """The models that are programs with a known behaviour."""
        return tuple(each["id"] for each in self.manifest["models"] if each["simulated"])

    @property
    def compared(self) -> tuple[ModelResult, ...]:
        """The results that may be held against each other; all of them in older records."""
        within = self.about.get("compared")
        return tuple(each for each in self.results if within is None or each.model in within)

    def is_simulated(self, model: str) -> bool:
        return model in self.simulated

    def entry(self, model: str) -> Mapping[str, Any]:
        """What the manifest keeps of a model; {} where it never got that far."""
        return entry_of(self.manifest, model) or {}

    @property
    def n_finished_items(self) -> int:
        """Items whose every trial is finished, by one model at least."""
        needed = Counter(str(trial["item"]) for trial in self.plan.trials)
        had = Counter((trial.model, trial.item) for trial in self.trials)
        return len({item for (_, item), count in had.items() if count >= needed[item] > 0})

    def of(self, model: str) -> Sequence[TrialRecord]:
        return [trial for trial in self.trials if trial.model == model]


def read_record(folder: RunFolder) -> RunRecord:
    """Raises UserError when a file is missing, damaged or newer."""
    results = folder.json(RESULTS)
    manifest = folder.manifest()
    if not results or not manifest:
        raise UserError(
            f"The run in {folder.path} has no results yet.", "Resume it first, or check the folder."
        )
    return RunRecord(
        plan=folder.plan(),
        manifest=manifest,
        trials=folder.trials(),
        events=folder.events(),
        about=results,
        results=results_from(results),
        comparison=tuple(results.get("comparison", ())),
        own_words=folder.answers().strip(),
        machine=kept_machine(folder),
    )
