"""The two sides of a flip comparison: one model of one run each, and what keeps them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.experiments.design import LANE_TITLES, Lane
from labs.experiments.record.manifest import IDENTITIES, entry_of
from labs.experiments.record.plan import Plan
from labs.experiments.record.run_folder import MANIFEST, RunFolder
from labs.experiments.record.trials import TrialRecord
from models.errors import UserError

_HINT = "Use the same set, options, time and seed for both, or run both models in one run."


@dataclass(frozen=True)
class Side:
    """What one model of a run answered; `entry` is what the manifest says of it."""

    path: Path
    plan: Plan
    model: str
    entry: Mapping[str, Any]
    records: tuple[TrialRecord, ...]

    @property
    def is_simulated(self) -> bool:
        return bool(self.entry.get("simulated"))

    @property
    def primary_lane(self) -> Lane:
        return str(self.plan.design["primary"]["lane"])


def read_sides(first: tuple[Path, str], second: tuple[Path, str]) -> tuple[Side, Side]:
    """Each a folder and a model of its run. Raises UserError where one cannot be read, or where
    the two were not asked the same."""
    folders = {path: _read(path) for path in dict.fromkeys((first[0], second[0]))}
    one, two = (_side(path, model, folders[path]) for path, model in (first, second))
    refuse(one, two)
    return one, two


_Run = tuple[Plan, Mapping[str, Any], tuple[TrialRecord, ...]]


def _read(path: Path) -> _Run:
    folder = RunFolder(path)
    return folder.plan(), folder.json(MANIFEST), folder.trials()


def _side(path: Path, model: str, run: _Run) -> Side:
    plan, manifest, records = run
    own = tuple(record for record in records if record.model == model)
    return Side(path, plan, model, entry_of(manifest, model) or {}, own)


def refuse(one: Side, two: Side) -> None:
    """Raise UserError for what cannot be paired answer by answer."""
    if (one.path, one.model) == (two.path, two.model):
        raise UserError(
            "Both sides are the same answers.",
            "Choose another model, or another run of the same one to see that nothing changes.",
        )
    if one.plan.experiment != two.plan.experiment:
        raise UserError("The two runs belong to different labs.", _HINT)
    if one.plan.design_hash != two.plan.design_hash:
        raise UserError("The two runs did not ask exactly the same.", _HINT)
    for side in (one, two):
        if not side.records:
            raise UserError(
                f"{side.model} has not answered anything in {side.path.name} yet.",
                "Go on with that run first: Labs, My runs.",
            )


def lanes_of(one: Side, two: Side) -> tuple[Lane, ...]:
    """Those that both have answers in, the one that was chosen before the run first."""
    had = [{lane for record in side.records for lane in record.lanes} for side in (one, two)]
    shared = [lane for lane in one.plan.design["lanes"] if lane in had[0] & had[1]]
    return tuple(sorted(shared, key=lambda lane: lane != one.primary_lane))


def is_control(one: Side, two: Side) -> bool:
    """The same weights on both sides."""
    return any(
        one.entry.get(kind) and one.entry.get(kind) == two.entry.get(kind) for kind in IDENTITIES
    ) or (one.is_simulated and one.model == two.model)


def reading_notes(one: Side, two: Side, n_other_prompts: int) -> tuple[str, ...]:
    """How the trials were read, and what besides the weights was not the same."""
    return (
        *_modes(one, two),
        *_differences(one, two),
        *([f"{n_other_prompts:,} prompts differ in their bytes: the chat templates are not the "
           "same, so the weights are not all that changed."] if n_other_prompts else []),
    )  # fmt: skip


def _modes(one: Side, two: Side) -> list[str]:
    modes = [_mode_words(side.records) for side in (one, two)]
    how = (
        f"Both sides were read {modes[0]}." if modes[0] == modes[1] else
        f"{one.model} was read {modes[0]}, {two.model} {modes[1]}."
    )  # fmt: skip
    said = {side.model: str(side.entry.get("certificate", {}).get("sentence", ""))
            for side in (one, two)}  # fmt: skip
    checks = list(dict.fromkeys(filter(None, said.values())))
    if len(checks) == 1:
        return [f"{how} Repeatability check: {checks[0]}"]
    return [how, *(f"Repeatability check of {model}: {text}" for model, text in said.items())]


_MODE_WORDS = {
    "exact": "in exact mode (common beginnings shared, equal to the bit)",
    "cold": "from scratch, prompt by prompt",
    "batched": "several prompts together",
}


def _mode_words(records: Sequence[TrialRecord]) -> str:
    modes = dict.fromkeys(record.mode for record in records if record.mode)
    return " and ".join(_MODE_WORDS.get(mode, mode) for mode in modes) or "in an unknown way"


def _differences(one: Side, two: Side) -> list[str]:
    found = []
    if not is_control(one, two) and _is_other_model(one, two):
        found.append(
            "These are not two files of one model: their architecture or their number of weights "
            "differs, so what changed is more than the number of bits."
        )
    named = {"device": "device", "backend": "engine", "backend_build": "version of the engine",
             "load": "load settings", "conservative_kernels": "kernels"}  # fmt: skip
    other = [words for key, words in named.items() if one.entry.get(key) != two.entry.get(key)]
    if other:
        found.append(f"Not the same on both sides besides the weights: {', '.join(other)}.")
    return found


def _is_other_model(one: Side, two: Side) -> bool:
    if one.is_simulated or two.is_simulated:
        return False
    params = [int(side.entry.get("n_params", 0)) for side in (one, two)]
    near = abs(params[0] - params[1]) <= 0.02 * max(params)  # some files hold padding
    return not near or one.entry.get("architecture") != two.entry.get("architecture")


def lane_title(lane: Lane) -> str:
    return LANE_TITLES.get(lane, lane).capitalize()
