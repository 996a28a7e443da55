"""Thirty answers to read by hand, drawn by the seed of the run. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.experiments.record.run_folder import RunFolder
from labs.experiments.record.trials import TrialRecord
from labs.experiments.scoring.answers import TRUNCATED, UNPARSED
from labs.experiments.scoring.rescoring import Key, checked_by_hand, drawn_to_label, read_labels
from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.wording import percent


@dataclass(frozen=True)
class Labelling:
    """The drawn answers, what each was asked, and the labels that were given so far."""

    path: Path
    records: tuple[TrialRecord, ...]
    asked: Mapping[str, str]  # by the hash of the prompt
    labels: Mapping[Key, str]
    outcomes: tuple[str, ...]


def load_labelling(path: Path) -> Generator[str, None, Labelling]:
    """Raises UserError."""
    yield "Drawing the answers"
    folder = RunFolder(path)
    plan = folder.plan()
    records = drawn_to_label(folder.trials(), plan.seed)
    asked = {key: _user_text(parts) for key, parts in folder.prompts().items()}
    outcomes = (*plan.design["classes"], UNPARSED, TRUNCATED)
    return Labelling(path, records, asked, read_labels(folder), outcomes)


def _user_text(parts: list[dict[str, Any]]) -> str:
    return "".join(str(part["text"]) for part in parts if part["origin"] == "user")


def agreement_sentences(records: tuple[TrialRecord, ...], labels: Mapping[Key, str]) -> list[str]:
    """How often the scorer agrees with the hand, and how well it finds each outcome."""
    found = checked_by_hand(records, labels)
    if isinstance(found, NotDefined):
        return [found.reason]
    agreement = found.agreement
    if isinstance(agreement, NotDefined):
        return [agreement.reason]
    lines = [
        f"The scorer agrees with you in {percent(agreement.value)} of {agreement.n} answers.",
        agreement.sentence,
    ]
    for check in found.labels:
        shares = (
            (f"Of {{n}} answers that you read as “{check.label}”, it reads {{share}} so too.",
             check.sensitivity),
            (f"Of {{n}} that you read otherwise, it does not read {{share}} as “{check.label}”.",
             check.specificity),
        )  # fmt: skip
        lines += [
            sentence.format(n=share.n, share=percent(share.value))
            for sentence, share in shares if not isinstance(share, NotDefined)
        ]  # fmt: skip
    return lines
