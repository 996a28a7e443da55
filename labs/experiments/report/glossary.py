"""The glossary: one plain sentence a term, and where in a text terms stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import yaml

from assets import GLOSSARY
from models.errors import UserError

# The parser in C, where PyYAML has it, is ten times as fast: every report reads the glossary.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Term:
    """`words` as it stands on screen, `forms` other ways in which it is written."""

    id: str
    words: str
    sentence: str
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """Text, with its term where it names one for the first time."""

    text: str
    term: Term | None = None


def read_glossary() -> Glossary:
    """The shipped glossary, in the order of the alphabet."""
    data = yaml.load(GLOSSARY.read_text(encoding="utf-8"), Loader=_LOADER)
    terms = [
        Term(key, each["words"], each["sentence"], tuple(each.get("forms", ())))
        for key, each in data.items()
    ]
    return Glossary({term.id: term for term in sorted(terms, key=lambda t: t.words.casefold())})


@dataclass(frozen=True)
class Glossary:
    """Finds terms in text."""

    terms: Mapping[str, Term]

    def __getitem__(self, term_id: str) -> Term:
        try:
            return self.terms[term_id]
        except KeyError as error:
            raise UserError(f"The glossary has no entry “{term_id}”.") from error

    def pieces(self, text: str, seen: set[str]) -> Iterator[Piece]:
        """The text in pieces; each term that is not in `seen` is marked once and added to it."""
        start = 0
        for found in self._pattern.finditer(text):
            term = self._by_form[_key(found[0])]
            if term.id in seen:
                continue
            seen.add(term.id)
            if found.start() > start:
                yield Piece(text[start : found.start()])
            yield Piece(found[0], term)
            start = found.end()
        if start < len(text):
            yield Piece(text[start:])

    @cached_property
    def _by_form(self) -> dict[str, Term]:
        return {_key(form): term for term in self.terms.values() for form in _forms(term)}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Whole words, long forms before short ones."""
        forms = sorted((f for t in self.terms.values() for f in _forms(t)), key=len, reverse=True)
        return re.compile(rf"(?<![\w′'’-])(?:{'|'.join(map(_any_case, forms))})(?![\w′-])")


def _forms(term: Term) -> Iterable[str]:
    return (term.words, *term.forms)


def _any_case(form: str) -> str:
    """A single letter is a symbol: N is another one than n."""
    return re.escape(form) if len(form) == 1 else f"(?i:{re.escape(form)})"


def _key(form: str) -> str:
    return form.casefold()
