"""Time, not counts: how much fits a class, a report or an afternoon on this machine."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from labs.experiments.analysis.common_caveats import LEAST_ANSWERED
from labs.experiments.design import Design, Trial
from labs.experiments.experiment import Experiment, Request, Size, Time
from labs.experiments.running.asker import Asker
from labs.experiments.running.certificate import CHECK_TRIALS
from labs.experiments.running.model_order import ModelOrder
from labs.experiments.running.prompts import PromptWriter
from labs.experiments.running.room import context_need
from labs.experiments.running.subject import Subject
from labs.experiments.scoring.answers import NO_ANSWER
from labs.experiments.statistics.planning import preview
from models.cancel import CancelToken
from models.engine.messages import Capabilities, RowResult
from models.engine.sandbox import Sandbox
from models.errors import UserError

BUDGET_S: Mapping[Time, float] = {"class": 8 * 60, "report": 30 * 60, "thorough": 2 * 60 * 60}
TIME_TITLES: Mapping[Time, str] = {"class": "Class", "report": "Report", "thorough": "Thorough"}
FEWEST_ITEMS = 20
TRIED_ITEMS, TRIED_DRAWS = 3, 2


@dataclass(frozen=True)
class Tried:
    """One trial that was tried: what was said, and the outcome that it counts as."""

    trial: Trial
    said: str
    outcome: str

    @property
    def is_clear(self) -> bool:
        return self.outcome not in NO_ANSWER

    @property
    def is_right(self) -> bool:
        return self.outcome == self.trial.truth


@dataclass(frozen=True)
class Speed:
    """Measured on a few trials of this design that are not kept; seconds and tokens a trial."""

    seconds: float
    prompt_tokens: float
    reply_tokens: float
    answers: tuple[Tried, ...]

    @property
    def n_clear(self) -> int:
        """Free answers that the parser could read."""
        return sum(tried.is_clear for tried in self.answers)


@dataclass(frozen=True)
class Estimate:
    """What a design takes on this machine, over all its models. `prompt_tokens` is 0 where a
    server does not tell how many it reads."""

    n_items: int
    n_trials: int
    seconds: float
    prompt_tokens: float
    reply_tokens: float
    sentences: tuple[str, ...]


def try_out(
    experiment: Experiment, design: Design, subject: Subject, sandbox: Sandbox, seed: int,
    cancel: CancelToken, now: datetime,
) -> Generator[Any, None, Speed]:  # fmt: skip
    """Ask all conditions of three items, each at most twice, and measure; nothing is recorded.
    Raises UserError where the model cannot give what counts."""
    items = design.items[:TRIED_ITEMS]
    trials = [t for t in design.trials if t.item in items and t.repeat < TRIED_DRAWS]
    lease = yield from subject.lease(context_need(design, "exact"), cancel)
    try:
        _require_lane(design, subject, lease.engine.info.capabilities)
        writer = PromptWriter(lease.engine.info, sandbox, now, is_simulated=subject.is_simulated)
        asker = Asker(
            subject.id, lease.engine, writer, design, experiment.scorer, seed, lambda: now,
            cancel, lambda prompt: None,
        )  # fmt: skip
        rows = []
        for step in asker.ask(trials, "exact"):
            rows.append(step)
            yield step
    finally:
        lease.release()
    count = max(1, len(rows))
    return Speed(
        sum(row.prompt_s + row.generation_s for _, row in rows) / count,
        sum(row.prompt_tokens for _, row in rows) / count,
        sum(row.reply_tokens for _, row in rows) / count,
        tuple(_tried(experiment, trial, row) for trial, row in rows),
    )


def _require_lane(design: Design, subject: Subject, can: Capabilities) -> None:
    if design.primary.lane != "free" and not can.prompt_logits:
        why = can.reasons.get("prompt_logits", "It gives no probabilities after a prompt.")
        raise UserError(
            f"What counts in this run is the lean, and {subject.id} has none. {why}",
            "Let the free answer count, or choose another model.",
        )


def _tried(experiment: Experiment, trial: Trial, row: RowResult) -> Tried:
    reading = experiment.scorer.read(trial, row.text, row.stop_reason)
    return Tried(trial, row.text, reading.outcome)


def advice(design: Design, speeds: Mapping[str, Speed]) -> tuple[str, ...]:
    """Sentences for models whose free answers are mostly unclear: the lean should count then."""
    found = []
    for model, speed in speeds.items():
        tried = len(speed.answers)
        if design.primary.lane == "free" and speed.n_clear < LEAST_ANSWERED * tried:
            unclear = f"Only {speed.n_clear} of {tried} tried answers of {model} were clear."
            lean = " Let the lean count instead of the free answer: it needs no reading of words."
            found.append(unclear + lean if "likelihood" in design.lanes else unclear)
    return tuple(found)


def fit_to_time(
    experiment: Experiment, request: Request, time: Time, speeds: Collection[Speed]
) -> Request:
    """The request with as many items as the time allows for all models, never fewer than
    FEWEST_ITEMS, or than those that the size names."""
    seconds = sum(speed.seconds for speed in speeds)
    wanted = replace(request, size=experiment.sizes[time])
    design = experiment.design(wanted)
    per_item = seconds * len(design.trials) / max(1, len(design.items))
    if per_item <= 0:
        return wanted
    room = int((BUDGET_S[time] - CHECK_TRIALS * seconds) / per_item)
    planned = len(design.items)
    items = max(min(FEWEST_ITEMS, planned), min(planned, room))
    return replace(wanted, size=Size(items, wanted.size.formats))


def estimate(
    design: Design, speeds: Mapping[str, Speed], order: ModelOrder | None = None
) -> Estimate:
    """Time and tokens of a design for these models, and what its number of items can show."""
    in_order = order.sentence if order else ""
    n_trials, n_items = len(design.trials), len(design.items)
    reads = [speed.prompt_tokens * n_trials for speed in speeds.values()]
    n_formats = max((len(f.levels) for f in design.factors if f.id == "format"), default=1)
    shown = preview(n_items, max(2, n_formats)).sentences
    if n_formats < 2:  # nothing to compare: only what a share can show
        shown = shown[:1]
    return Estimate(
        n_items,
        n_trials * len(speeds),
        sum(speed.seconds * (n_trials + CHECK_TRIALS) for speed in speeds.values()),
        sum(reads) if all(reads) else 0.0,
        sum(speed.reply_tokens * n_trials for speed in speeds.values()),
        (*advice(design, speeds), *filter(None, (in_order,)), *shown),
    )
