"""One text in many languages, aligned by article. Where it is from: assets/parallel/SOURCES.md."""

from __future__ import annotations

import json
from dataclasses import dataclass

from assets import PARALLEL

ENGLISH = "en"


@dataclass(frozen=True)
class Language:
    """`articles[n]` says the same in every language. `has_words`: blanks part its words."""

    code: str  # BCP 47
    name: str
    script: str
    has_words: bool
    articles: tuple[str, ...]


def parallel_text() -> tuple[Language, ...]:
    """The thirty articles of the Universal Declaration of Human Rights, English first."""
    index = json.loads((PARALLEL / "languages.json").read_text("utf-8"))
    return tuple(Language(**about, articles=_articles(about["code"])) for about in index)


def _articles(code: str) -> tuple[str, ...]:
    return tuple((PARALLEL / f"{code}.txt").read_text("utf-8").splitlines())
