"""Scenario sets: items with their facts and truth, the questions asked of them, their tones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Slot:
    """A fact that every item states, such as `now`; `label` names it in lists and tables."""

    id: str
    label: str


@dataclass(frozen=True)
class Question:
    """One way to ask. `labels` gives the word that answers for each class; with `turned` the
    right class is the other one of the two."""

    id: str
    text: str
    labels: Mapping[str, str]
    turned: bool = False


@dataclass(frozen=True)
class Tone:
    """A text over the slots, `{slot}` standing for its value, in one way of speaking."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Scenario:
    """One item. `facts` holds the value of every slot; `derivation` says why `truth` is right;
    items that are variants of each other share a `cluster`; `numbers` are kept for the analysis,
    as a margin in minutes."""

    id: str
    facts: Mapping[str, str]
    truth: str
    derivation: str
    cluster: str = ""
    domain: str = ""
    tags: tuple[str, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """What counts as independent of other items."""
        return self.cluster or self.id


@dataclass(frozen=True)
class ScenarioSet:
    """`classes` are the possible truths; the first question is the usual one, the first class
    the one that counts as acting (yes)."""

    id: str
    version: int
    title: str
    classes: tuple[str, ...]
    slots: tuple[Slot, ...]
    questions: tuple[Question, ...]
    tones: tuple[Tone, ...]
    items: tuple[Scenario, ...]
    summary: str = ""
    measured: str = ""  # what the starter does on it
    source: str = ""  # licence and origin of the items

    @property
    def hash(self) -> str:
        """SHA-256 over everything that reaches a model or a score; not over titles and notes."""
        parts = {key: value for key, value in asdict(self).items()
                 if key not in ("title", "summary", "measured", "source")}  # fmt: skip
        text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def question(self, question_id: str) -> Question:
        """Raises KeyError for a question the set does not have."""
        return next(q for q in self.questions if q.id == question_id)

    def truth_of(self, item: Scenario, question: Question) -> str:
        """The right class for this item under this question."""
        if not question.turned:
            return item.truth
        return next(name for name in self.classes if name != item.truth)
