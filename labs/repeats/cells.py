"""The answers to one question at one temperature, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labs.experiments.analysis.tables import answer_mix
from labs.experiments.record.trials import TrialRecord
from labs.experiments.scoring.answers import NO_ANSWER
from labs.repeats.entropy import entropy_bits
from labs.repeats.reading import RIGHT, first_sentence, meaning

LANE = "free"


@dataclass(frozen=True)
class Cell:
    """One question at one temperature, over `n` answers. `n_texts` counts different texts,
    `n_distinct` different meanings."""

    item: str
    n: int
    n_right: int
    n_unclear: int
    n_distinct: int
    n_texts: int
    semantic_bits: float
    text_bits: float

    @property
    def right(self) -> float:
        """The share of right answers where no unclear one is right."""
        return self.n_right / self.n

    @property
    def unclear(self) -> float:
        return self.n_unclear / self.n

    @property
    def right_at_most(self) -> float:
        """The same where every unclear one is."""
        return (self.n_right + self.n_unclear) / self.n


def at(records: Sequence[TrialRecord], temperature: str) -> list[TrialRecord]:
    return [record for record in records if record.factors["temperature"] == temperature]


def cells_of(records: Sequence[TrialRecord], temperature: str) -> tuple[Cell, ...]:
    """One for each question that was answered there at all."""
    items: dict[str, list[TrialRecord]] = {}
    for record in at(records, temperature):
        if not record.error:
            items.setdefault(record.item, []).append(record)
    return tuple(_cell(item, asked) for item, asked in sorted(items.items()))


def mix_of(records: Sequence[TrialRecord], temperature: str) -> Mapping[str, int]:
    """How many answers there were right, wrong and of each kind that is unclear."""
    return answer_mix(at(records, temperature), LANE)


def _cell(item: str, asked: Sequence[TrialRecord]) -> Cell:
    texts = [record.lanes[LANE].text or "" for record in asked]
    outcomes = [record.outcome(LANE) for record in asked]
    meanings = [meaning(text, said) for text, said in zip(texts, outcomes, strict=True)]
    return Cell(
        item, len(asked), outcomes.count(RIGHT), sum(said in NO_ANSWER for said in outcomes),
        len(set(meanings)), len(set(texts)), entropy_bits(meanings),
        entropy_bits(map(first_sentence, texts)),
    )  # fmt: skip
