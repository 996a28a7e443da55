"""Do run folders hold what they say? Scored again without the model, one row a folder.

This finds mistakes and copies, not forgers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from labs.experiments.design import Design
from labs.experiments.experiment import Experiment
from labs.experiments.record.conclude import analyse
from labs.experiments.record.plan import Plan, design_of
from labs.experiments.record.run_folder import MANIFEST, RESULTS, TRIALS, RunFolder
from labs.experiments.record.trials import TrialRecord, to_line
from labs.experiments.results import as_data
from labs.experiments.scenarios.set_file import parse_set
from labs.experiments.scoring.rescoring import rescore
from models.errors import UserError

SAME = 1e-6  # relative: another version of a library may round the last digits otherwise
COPIED = 0.5  # of the trials equal in everything, times included: no second run gives that
INTERRUPTING = ("stop", "crash", "sleep", "failure")


class FindExperiment(Protocol):
    def __call__(self, experiment_id: str) -> Experiment:
        """Raises UserError for an experiment that is not known."""
        ...


@dataclass(frozen=True)
class CheckRow:
    """What was found in one folder. `problems` are sentences for what does not hold, `notes`
    for what is only worth knowing."""

    folder: str
    run: str = ""
    models: tuple[str, ...] = ()
    student: str = ""
    n_items: int = 0
    n_trials: int = 0
    n_planned: int = 0
    set_hash: str = ""
    plan_hash: str = ""
    locked_at: str = ""
    recomputed_equal: bool | None = None
    locked_before_first_trial: bool | None = None
    interruptions: int = 0
    problems: tuple[str, ...] = ()
    n_copies: int = 0
    notes: tuple[str, ...] = ()
    trials: tuple[TrialRecord, ...] = field(default=(), repr=False)

    @property
    def holds(self) -> bool:
        return not self.problems

    @property
    def is_copy_only(self) -> bool:
        """By itself it holds; another folder beside it has the same trials."""
        return 0 < self.n_copies == len(self.problems)

    @property
    def state(self) -> str:
        if not self.n_planned:
            return "not readable"
        return "complete" if self.n_trials >= self.n_planned else "stopped"

    def as_data(self) -> dict[str, Any]:
        """For --json: everything but the trials."""
        data = asdict(replace(self, trials=()))
        del data["trials"]
        return data | {"holds": self.holds, "state": self.state}


def check_folders(
    paths: Sequence[Path], find: FindExperiment, name: Callable[[Path], str] = str
) -> Iterator[tuple[CheckRow, ...]]:
    """Yields the rows so far after each folder, and at the end all with the copies marked. `name`
    is what a folder is called."""
    rows: list[CheckRow] = []
    for path in {path.resolve(): path for path in paths}.values():
        rows.append(replace(check_folder(path, find), folder=name(path)))
        yield tuple(rows)
    yield mark_copies(rows)


def check_folder(path: Path, find: FindExperiment) -> CheckRow:
    """One row; whatever is wrong is a sentence in it."""
    folder, row = RunFolder(path), CheckRow(str(path))
    try:
        plan = folder.plan()
        row = _told_by_plan(row, plan)
        records = folder.trials()
        row = replace(
            row, trials=records, n_trials=len(records), n_items=len({r.item for r in records}),
            interruptions=sum(e.get("event") in INTERRUPTING for e in folder.events()),
            notes=tuple(_notes(folder, records)),
        )  # fmt: skip
        row = replace(
            row, locked_before_first_trial=_locked_before(folder, plan, records),
            problems=tuple(_plain_problems(folder, plan, records)),
        )  # fmt: skip
        return _checked_again(row, folder, plan, find(plan.experiment))
    except UserError as error:
        return replace(row, problems=(*row.problems, error.message))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        sentence = f"A file of the run does not have the form it should ({error!r})."
        return replace(row, problems=(*row.problems, sentence))


def _told_by_plan(row: CheckRow, plan: Plan) -> CheckRow:
    return replace(
        row, run=plan.title, models=plan.models, student=plan.student, locked_at=plan.locked_at,
        n_planned=plan.design["n_trials"] * len(plan.models), plan_hash=plan.hash,
        set_hash=str(plan.design["set_hash"]),
    )  # fmt: skip


def _notes(folder: RunFolder, records: Sequence[TrialRecord]) -> Iterator[str]:
    trials = folder.file(TRIALS)
    content = trials.read_bytes() if trials.exists() else b""
    if content and not content.endswith(b"\n"):
        yield "The last line of trials.jsonl is torn and was left out."
    failed = sum(bool(record.error) for record in records)
    if failed:
        yield f"{failed} trials failed and count as ERROR."


# ---- what can be seen without the experiment ----


def _plain_problems(folder: RunFolder, plan: Plan, records: Sequence[TrialRecord]) -> Iterator[str]:
    if not records:
        yield "No trial is finished."
    if not _locked_before(folder, plan, records):
        yield f"The first trial is older than the plan, which was locked at {plan.locked_at}."
    if folder.json(MANIFEST).get("plan_hash") != plan.hash:
        yield "The manifest belongs to another plan."
    found = parse_set(plan.scenarios, "the plan's set").hash
    if plan.design["set_hash"] and found != plan.design["set_hash"]:
        yield "The set in the plan is not the one whose hash it names."
    twice = [key for key, n in Counter((r.model, r.key) for r in records).items() if n > 1]
    if twice:
        yield f"{len(twice)} trials stand there twice."


def _locked_before(folder: RunFolder, plan: Plan, records: Sequence[TrialRecord]) -> bool:
    """Where the clock was set back during the run, only the first trial can tell."""
    times = [datetime.fromisoformat(record.at) for record in records if record.at]
    if any(event.get("event") == "clock" for event in folder.events()):
        times = times[:1]
    return not times or datetime.fromisoformat(plan.locked_at) <= min(times)


# ---- what the experiment is needed for ----


def _checked_again(
    row: CheckRow, folder: RunFolder, plan: Plan, experiment: Experiment
) -> CheckRow:
    design = design_of(plan, experiment)
    problems = [*row.problems, *_trial_problems(plan, design, experiment, row.trials)]
    reported = folder.json(RESULTS)
    if not reported:
        note = "There are no results yet; assay run with the same folder goes on."
        return replace(row, problems=tuple(problems), notes=(*row.notes, note))
    again = as_data(analyse(experiment, plan, design, row.trials))
    apart = difference(_told(again), _told(reported))
    if apart:
        problems.append(
            f"Worked out again, the results are not those reported: {apart} "
            f"(the run was made by {plan.made_by})."
        )
    return replace(row, recomputed_equal=not apart, problems=tuple(problems))


def _trial_problems(
    plan: Plan, design: Design, experiment: Experiment, records: Sequence[TrialRecord]
) -> Iterator[str]:
    trials = {trial.key: trial for trial in design.trials}
    strange = sum(r.key not in trials or r.model not in plan.models for r in records)
    if strange:
        yield f"{strange} trials are not in the plan."
    known = [(trials[r.key], r) for r in records if r.key in trials]
    truth = sum(trial.truth != r.truth for trial, r in known)
    if truth:
        yield f"{truth} trials have another right answer than the plan."
    seeds = sum(trial.seed(plan.seed) != r.seed for trial, r in known)
    if seeds:
        yield f"{seeds} trials have a seed that does not follow from the run's."
    changed = sum(each.has_changed for each in rescore(design, experiment.scorer, records))
    if changed:
        yield f"{changed} answers are scored otherwise than their text says."
    leans = sum(_lean_is_wrong(record) for record in records)
    if leans:
        yield f"{leans} leans do not follow from their log-probabilities."


def _lean_is_wrong(record: TrialRecord) -> bool:
    lane = record.lanes.get("likelihood")
    if lane is None or not lane.logprobs:
        return False
    return lane.logprobs.get(lane.outcome, -math.inf) < max(lane.logprobs.values())


def _told(results: Mapping[str, Any]) -> dict[str, Any]:
    """What results claim: verdicts and numbers. Their wording may change between versions."""
    return {
        model["id"]: {
            "verdict": model["finding"]["verdict"],
            **{
                f"{lane} {name}": {key: number[key] for key in ("value", "low", "high", "n", "p")}
                for lane, numbers in model["lanes"].items()
                for name, number in numbers.items()
            },
        }
        for model in results.get("models", ())
    }


def difference(again: Any, reported: Any, place: str = "") -> str:
    """Where two results differ, in words; "" where they agree up to rounding."""
    if isinstance(again, Mapping) and isinstance(reported, Mapping):
        for key in dict.fromkeys([*again, *reported]):
            found = difference(again.get(key), reported.get(key), f"{place} {key}".strip())
            if found:
                return found
        return ""
    if isinstance(again, float) and isinstance(reported, int | float):
        return "" if math.isclose(again, reported, rel_tol=SAME, abs_tol=SAME) else place
    return "" if again == reported else place


# ---- copies ----


def mark_copies(rows: Sequence[CheckRow]) -> tuple[CheckRow, ...]:
    """Rows that share most of their trials with another one, times included, say so."""
    owners: dict[bytes, list[int]] = {}
    for place, row in enumerate(rows):
        for line in {to_line(record) for record in row.trials}:
            owners.setdefault(line, []).append(place)
    shared = Counter(
        (mine, other) for places in owners.values() for mine in places for other in places
        if mine != other
    )  # fmt: skip
    found: dict[int, list[str]] = {}
    for (mine, other), count in sorted(shared.items()):
        if count > COPIED * min(len(rows[mine].trials), len(rows[other].trials)):
            found.setdefault(mine, []).append(
                f"{count} of {len(rows[mine].trials)} trials are those of {rows[other].folder}, "
                "to the second."
            )
    return tuple(
        replace(row, problems=(*row.problems, *copies), n_copies=len(copies))
        for row, copies in ((row, found.get(place, [])) for place, row in enumerate(rows))
    )
