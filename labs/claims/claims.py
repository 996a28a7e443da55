"""Three well-known claims about small models, as they were made and how they were studied."""

from __future__ import annotations

from dataclasses import dataclass

_COURSE = "course syllabus “Production LLM Deployment”, J. Marín, 2025, session 5"
_PAPER = "arXiv 2511.10654"


@dataclass(frozen=True)
class Claim:
    """`studied` says on how much the claim rests; `caution` what is known against the method."""

    id: str
    title: str
    sentence: str
    source: str
    studied: str
    caution: str


BRITTLE = Claim(
    "H1",
    "62.5 points from the format",
    "A change of the format alone lowers accuracy by 62.5 percentage points.",
    f"{_COURSE}; {_PAPER}",
    "Eight items, each asked once for each format at temperature 0.7. 62.5 points are five items.",
    "The abstract of the paper reports 30 to 60 points. In the public figures that differ by so "
    "much, the items differ as well as the format.",
)
ALWAYS_ACTS = Claim(
    "H2",
    "100 % false positives",
    "Models that fail say “act” every time: their false-positive rate is 100 %.",
    f"{_COURSE}; {_PAPER}",
    "Eight items, four of them closed. One public notebook has closed items only: two prompts, "
    "asked in turn.",
    "In that notebook an answer without a label, and a model that did not load, count as false "
    "positives too.",
)
TWO_KINDS = Claim(
    "H3",
    "Models of two kinds",
    "Models either can or cannot: one of 3.8 billion parameters matches those of 7 billion while "
    "another of 7 billion fails, so the number of parameters does not matter.",
    f"{_COURSE}; {_PAPER}",
    "Eight models of 2.8 to 8 billion parameters, eight items each.",
    "Base models and instruct models are compared, and no chat template is used.",
)
CLAIMS: tuple[Claim, ...] = (BRITTLE, ALWAYS_ACTS, TWO_KINDS)
