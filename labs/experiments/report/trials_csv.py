"""All trials as one table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labs.experiments.record.spreadsheet import Cell, csv_text
from labs.experiments.record.trials import LaneResult, TrialRecord

NOTHING = LaneResult("")

PLAIN = (
    "seed", "mode", "cold_repeat", "prompt_tokens", "cached_tokens", "reply_tokens", "prompt_s",
    "generation_s", "finish", "error", "at", "prompt",
)  # fmt: skip


def trials_csv(records: Sequence[TrialRecord], lanes: Sequence[str]) -> str:
    """One line a trial: what was varied, what is right, what each lane said, how it was made.
    `lean_nats` is the log-odds of the first class, `prompt` the hash of the prompt's bytes."""
    return csv_text(_rows(records, lanes))


def _rows(records: Sequence[TrialRecord], lanes: Sequence[str]) -> Iterator[Sequence[Cell]]:
    factors = list(dict.fromkeys(name for r in records for name in r.factors))
    numbers = list(dict.fromkeys(name for r in records for name in r.numbers))
    yield (
        "model", "item", "cluster", *factors, "repeat", *numbers, "truth", *lanes, "text", "rule",
        "lean_nats", "room_left_for_the_label", *PLAIN,
    )  # fmt: skip
    for record in records:
        free = record.lanes.get("free", NOTHING)
        lean = record.lanes.get("likelihood", NOTHING)
        yield (
            record.model, record.item, record.cluster,
            *(record.factors.get(name, "") for name in factors), record.repeat,
            *(record.numbers.get(name) for name in numbers), record.truth,
            *(record.outcome(lane) for lane in lanes),
            free.text, free.rule, lean.score, lean.label_mass,
            *(getattr(record, name) for name in PLAIN),
        )  # fmt: skip
