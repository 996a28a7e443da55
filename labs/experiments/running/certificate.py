"""The repeatability check that opens a run: its own prompts, cold against the fast modes.

A greedy answer may change when part of its prompt was read before, or when it shares a batch. So
a run first reads some of its prompts both ways and only then chooses how to go on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from labs.experiments.design import Design, Trial
from labs.experiments.experiment import Scorer
from labs.experiments.scoring.lanes import (
    lanes_of,
    largest_difference,
    lead_change,
    margin_of,
    same_answers,
)
from models.engine.messages import RowMode, RowResult

CHECKED = 20  # prompts read both ways
PILOT = 40  # prompts among which those with the smallest margins are preferred
CHECK_TRIALS = PILOT + CHECKED  # what the check reads
MARGIN_FACTOR = 3.0  # batched answers with a lead below this times the largest change are repeated
MOST_REPEATED = 0.3  # beyond this share of repeats a batched run goes on in exact

Ask = Callable[[Sequence[Trial], RowMode], Generator[object, None, list[RowResult]]]


@dataclass(frozen=True)
class Comparison:
    """One mode against cold: the largest difference of any score in nats, the largest change of
    a winner's lead, how many texts and outcomes differed."""

    mode: RowMode
    n: int
    largest_difference_nats: float
    largest_lead_change_nats: float
    texts_differ: int
    outcomes_differ: int

    @property
    def is_exact(self) -> bool:
        return self.largest_difference_nats == 0 and self.texts_differ == 0


@dataclass(frozen=True)
class Certificate:
    """What was compared, the mode that the run uses, and one sentence for the reader."""

    mode: RowMode
    comparisons: tuple[Comparison, ...]
    thinks: bool
    sentence: str

    @property
    def repeat_below_nats(self) -> float:
        """Batched answers with a smaller margin are repeated from scratch."""
        changes = [c.largest_lead_change_nats for c in self.comparisons if c.mode == "batched"]
        return MARGIN_FACTOR * max(changes, default=0.0)


UNCHECKED = Certificate(
    "cold", (), False,
    "The engine ended while repeatability was checked, so every prompt is read from scratch.",
)  # fmt: skip


def certify(
    design: Design, scorer: Scorer, ask: Ask, wanted: RowMode, seed: int, *, served: bool = False
) -> Generator[object, None, Certificate]:
    """Compare `wanted` with cold on prompts of this design; fall back where it is not true.

    A model is `served` where a server decides how its prompts are read: asking twice then shows
    how far its answers vary by themselves, and no mode changes that.
    """
    if wanted == "batched" and any(trial.temperature for trial in design.trials):
        wanted = "exact"  # a draw may move with any logit, so no margin tells which to repeat
    rng = random.Random(f"certificate {seed}")
    pilot = rng.sample(design.trials, min(PILOT, len(design.trials)))
    read = yield from ask(pilot, "cold" if wanted == "cold" else "exact")
    thinks = any(row.text.lstrip().startswith("<think>") for row in read)
    if wanted == "cold" and not served:
        return Certificate("cold", (), thinks, "Every prompt was read from scratch.")
    closest = sorted(range(len(pilot)), key=lambda place: margin_of(read[place]))[:CHECKED]
    checked = [pilot[place] for place in closest]
    cold = yield from ask(checked, "cold")
    exact = _compare(design, scorer, "exact", checked, cold, [read[place] for place in closest])
    if served:
        return Certificate("exact", (exact,), thinks, _served_sentence(exact))
    if wanted == "exact":
        mode: RowMode = "exact" if exact.is_exact else "cold"
        return Certificate(mode, (exact,), thinks, _exact_sentence(exact))
    together = yield from ask(checked, "batched")
    batched = _compare(design, scorer, "batched", checked, cold, together)
    return Certificate("batched", (exact, batched), thinks, _batched_sentence(batched))


def _compare(
    design: Design, scorer: Scorer, mode: RowMode, trials: Sequence[Trial],
    cold: Sequence[RowResult], other: Sequence[RowResult],
) -> Comparison:  # fmt: skip
    pairs = list(zip(trials, cold, other, strict=True))
    return Comparison(
        mode,
        len(pairs),
        max((largest_difference(a, b) for _, a, b in pairs), default=0.0),
        max((lead_change(a, b) for _, a, b in pairs), default=0.0),
        sum(a.text != b.text for _, a, b in pairs),
        sum(
            not same_answers(lanes_of(t, a, design, scorer), lanes_of(t, b, design, scorer))
            for t, a, b in pairs
        ),
    )


def _exact_sentence(found: Comparison) -> str:
    if found.is_exact:
        return (
            f"{found.n} prompts of this run were read twice, once from scratch and once with "
            "their common beginnings shared: nothing differed by a bit, so beginnings are shared."
        )
    return (
        f"Sharing common beginnings changed {found.n} prompts of this run by up to "
        f"{found.largest_difference_nats:.2g} nats, {found.outcomes_differ} of them in their "
        "answer: so every prompt is read from scratch."
    )


def _served_sentence(found: Comparison) -> str:
    if found.is_exact:
        return (
            f"{found.n} prompts of this run were sent twice, and the server answered each alike. "
            "How it reads prompts is its own affair."
        )
    return (
        f"{found.n} prompts of this run were sent twice, and {found.texts_differ} got another text "
        f"the second time, {found.outcomes_differ} of them another answer: the server does not "
        "repeat itself, and differences of that size mean nothing."
    )


def _batched_sentence(found: Comparison) -> str:
    if found.is_exact:
        return (
            f"{found.n} prompts of this run were read twice, once from scratch and once with "
            "their answers written together: nothing differed by a bit, so none is repeated."
        )
    return (
        f"Writing answers together moved the lead of the likeliest word in {found.n} prompts of "
        f"this run by up to {found.largest_lead_change_nats:.2g} nats, "
        f"{found.outcomes_differ} of them in their answer: every answer with a lead below "
        f"{MARGIN_FACTOR:g} times that anywhere is repeated from scratch, and the repeat counts."
    )
