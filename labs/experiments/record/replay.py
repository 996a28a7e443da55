"""Asking the trials of a run again, and saying how the answers compare."""

from __future__ import annotations

import math
import random
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from labs.experiments.design import Design, Trial
from labs.experiments.experiment import Experiment
from labs.experiments.record.manifest import entry_of
from labs.experiments.record.plan import Plan, design_of
from labs.experiments.record.run_folder import MANIFEST, RunFolder
from labs.experiments.record.trials import TrialRecord
from labs.experiments.running.asker import Asker
from labs.experiments.running.prompts import PromptWriter
from labs.experiments.running.subject import ContextNeed, Subject
from labs.experiments.scoring.answers import ERROR
from models.cancel import CancelToken
from models.engine.messages import RowMode
from models.engine.sandbox import Sandbox
from models.errors import UserError

# Other processors and builds round sums otherwise; a label that wins by less may go either way.
# A cache laid out in another way alone moved leads of the starter by 0.21 nats.
CLOSE_NATS = 0.3

Verdict = Literal["same bytes", "same labels", "close labels differ", "differs"]


@dataclass(frozen=True)
class Replayed:
    """How many of the trials have been asked again."""

    done: int
    total: int


@dataclass(frozen=True)
class Replay:
    """`labels` counts outcomes over all lanes, `differing` those that changed and `widest_nats`
    the largest margin by which one of these had won; `largest_nats` is how far any
    log-probability moved."""

    model: str
    n: int
    labels: int
    differing: int
    widest_nats: float
    largest_nats: float
    texts_differ: int
    prompts_differ: int
    other_weights: bool

    @property
    def verdict(self) -> Verdict:
        if self.differing:
            return "differs" if self.widest_nats >= CLOSE_NATS else "close labels differ"
        if self.texts_differ or self.largest_nats or self.prompts_differ:
            return "same labels"
        return "same bytes"

    @property
    def is_warning(self) -> bool:
        return self.verdict == "differs"

    @property
    def sentence(self) -> str:
        """Counts included."""
        asked = f"{self.n} trials of {self.model} were asked again"
        return f"{asked}: {self._what()}{self._also()}"

    def _what(self) -> str:
        if self.verdict == "same bytes":
            return "same bytes, every text and every log-probability."
        moved = f"log-probabilities moved by up to {self.largest_nats:.2g} nats"
        texts = f"{self.texts_differ} texts differ"
        if self.verdict == "same labels":
            return f"same labels, all {self.labels}; {texts}, {moved}."
        count = f"{self.differing} of {self.labels} labels differ"
        if self.verdict == "differs":
            return f"differs. {count}, {self._width()}; {texts}, {moved}."
        return f"{count}, all with a margin below {CLOSE_NATS:g} nats; {texts}, {moved}."

    def _width(self) -> str:
        if math.isinf(self.widest_nats):
            return "and how narrowly they had won is not known"
        return f"one of them though it had won by {self.widest_nats:.2g} nats"

    def _also(self) -> str:
        parts = []
        if self.other_weights:
            parts.append(" These are not the weights of the run.")
        if self.prompts_differ:
            parts.append(f" {self.prompts_differ} prompts are not those of the run.")
        return "".join(parts)


def replay(
    folder: RunFolder, experiment: Experiment, subject: Subject, sandbox: Sandbox,
    cancel: CancelToken, *, model: str = "", n_items: int | None = None,
) -> Generator[Any, None, Replay]:  # fmt: skip
    """Ask `subject` the trials of `model` again, all or those of seeded items; nothing is kept.

    Trials are read in the mode in which they were read then. Raises UserError when the run has
    no finished trial of that model.
    """
    plan, model = folder.plan(), model or subject.id
    design = design_of(plan, experiment)
    manifest = folder.json(MANIFEST)
    entry = entry_of(manifest, model)
    before = _chosen(plan, folder.trials(), model, n_items)
    if entry is None or not before:
        raise UserError(
            f"The run in {folder.path} has no finished trials of {model}.",
            f"It was planned for {', '.join(plan.models)}.",
        )
    identity = yield from subject.identity(cancel)
    context = entry["context"]
    need = ContextNeed(context["n_ctx"], context.get("n_seq", 1))
    lease = yield from subject.lease(need, cancel)
    try:
        clock = datetime.fromisoformat(manifest["template_clock"])
        writer = PromptWriter(lease.engine.info, sandbox, clock, is_simulated=subject.is_simulated)
        asker = Asker(
            model, lease.engine, writer, design, experiment.scorer, plan.seed, lambda: clock,
            cancel, lambda prompt: None, thinks=entry["thinking"]["thinks"],
        )  # fmt: skip
        after = yield from _ask(asker, design, before)
    finally:
        lease.release()
    other = any(
        entry.get(kind) and entry[kind] != getattr(identity, kind)
        for kind in ("sha256", "manifest_sha256")
    )
    return compare(model, before, after, other_weights=other)


def _chosen(
    plan: Plan, records: Sequence[TrialRecord], model: str, n_items: int | None
) -> dict[str, TrialRecord]:
    """Finished trials by their keys; what failed then cannot be compared."""
    own = {r.key: r for r in records if r.model == model and not r.error}
    items = sorted({record.item for record in own.values()})
    if n_items is not None and n_items < len(items):
        items = random.Random(f"replay {plan.seed}").sample(items, max(1, n_items))
    return {key: record for key, record in own.items() if record.item in items}


def _ask(
    asker: Asker, design: Design, before: Mapping[str, TrialRecord]
) -> Generator[Replayed, None, dict[str, TrialRecord]]:
    after: dict[str, TrialRecord] = {}
    by_mode: dict[RowMode, list[Trial]] = {}
    for trial in design.trials:
        if trial.key in before:
            mode: Any = before[trial.key].mode
            by_mode.setdefault(mode, []).append(trial)
    for mode, trials in by_mode.items():
        for trial, row in asker.ask(trials, mode):
            after[trial.key] = asker.record(trial, row, mode)
            yield Replayed(len(after), len(before))
    return after


def compare(
    model: str, before: Mapping[str, TrialRecord], after: Mapping[str, TrialRecord], *,
    other_weights: bool = False,
) -> Replay:  # fmt: skip
    """How the same trials compare, told by their keys."""
    pairs = [(before[key], after[key]) for key in after]
    margins = [margin for old, new in pairs for margin in _differing(old, new)]
    return Replay(
        model=model,
        n=len(pairs),
        labels=sum(len(old.lanes) for old, _ in pairs),
        differing=len(margins),
        widest_nats=max(margins, default=0.0),
        largest_nats=max((_moved(old, new) for old, new in pairs), default=0.0),
        texts_differ=sum(_text(old) != _text(new) for old, new in pairs),
        prompts_differ=sum(old.prompt != new.prompt for old, new in pairs),
        other_weights=other_weights,
    )


def _differing(old: TrialRecord, new: TrialRecord) -> list[float]:
    """For each lane with another outcome the margin that the old one had."""
    return [
        _margin(old, lane)
        for lane, result in old.lanes.items()
        if result.outcome != ERROR and result.outcome != new.outcome(lane)
    ]


def _margin(record: TrialRecord, lane: str) -> float:
    """The lead of the likeliest label, or for free text of the likeliest first token: how close
    a later token was is not kept."""
    lean = record.lanes.get("likelihood")
    labels = list(lean.logprobs.values()) if lean else []
    values = [logprob for _, logprob in record.top] if lane == "free" else labels
    ranked = sorted(values, reverse=True)
    return ranked[0] - ranked[1] if len(ranked) > 1 else math.inf


def _moved(old: TrialRecord, new: TrialRecord) -> float:
    """How far any label's log-probability moved, in nats."""
    lanes = (old.lanes.get("likelihood"), new.lanes.get("likelihood"))
    first, second = (lane.logprobs if lane else {} for lane in lanes)
    return max((abs(first[name] - second[name]) for name in first if name in second), default=0.0)


def _text(record: TrialRecord) -> str | None:
    lane = record.lanes.get("free")
    return lane.text if lane else None
