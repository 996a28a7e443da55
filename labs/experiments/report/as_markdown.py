"""A report as Markdown, with its figures as sentences and their numbers as tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from labs.experiments.figures.chart_csv import chart_rows
from labs.experiments.report.blocks import (
    Block,
    Box,
    Bullets,
    Document,
    Figures,
    Grid,
    Heading,
    Lead,
    OwnWords,
    Picture,
    Text,
)
from labs.experiments.report.glossary import Glossary


class MarkdownReport:
    """Renders the blocks of one document; terms are linked where they first stand."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._seen: set[str] = set()
        self._by_kind: dict[type, Callable[[Any], str]] = {
            Heading: self._heading, Lead: self._lead, Text: self._text, Bullets: self._bullets,
            Box: self._box, Picture: self._picture, Figures: self._figures, Grid: self._grid,
            OwnWords: self._own,
        }  # fmt: skip

    def page(self, document: Document) -> str:
        head = [f"# {escaped(document.title)}"]
        if document.simulated:
            head.append(f"**{escaped(document.simulated)}**")
        head.append(" · ".join(f"{name}: {escaped(value)}" for name, value in document.facts))
        body = [self._block(block) for block in document.blocks]
        return "\n\n".join([*head, *body, *self._terms()]) + "\n"

    def _block(self, block: Block) -> str:
        return self._by_kind[type(block)](block)

    def _linked(self, text: str) -> str:
        return "".join(
            f"[{escaped(piece.text)}](#term-{piece.term.id})" if piece.term else escaped(piece.text)
            for piece in self._glossary.pieces(text, self._seen)
        )

    def _heading(self, block: Heading) -> str:
        return f"{'#' * block.level} {escaped(block.text)}"

    def _lead(self, block: Lead) -> str:
        return f"**{escaped(block.verdict)}**\n\n{self._linked(block.sentence)}"

    def _text(self, block: Text) -> str:
        return self._linked(block.text)

    def _bullets(self, block: Bullets) -> str:
        return "\n".join(f"- {self._linked(item)}" for item in block.items)

    def _box(self, block: Box) -> str:
        return f"**{escaped(block.title)}**\n\n{self._bullets(Bullets(block.items))}"

    def _picture(self, block: Picture) -> str:
        columns, *rows = chart_rows(block.chart)
        mark = "SIMULATED. " if block.simulated else ""
        table = _table([str(name) for name in columns], [[_cell(c) for c in row] for row in rows])
        title = f"**{escaped(block.chart.title)}**"
        return f"{title}\n\n{mark}{self._linked(block.chart.finding)}\n\n{table}"

    def _figures(self, block: Figures) -> str:
        lines = []
        for each in block.figures:
            around = f" ({self._linked(each.around)})" if each.around else ""
            value, title = escaped(each.value), self._linked(each.title)
            lines.append(f"- **{value}** {title}{around}. {self._linked(each.sentence)}")
        return "\n".join(lines)

    def _grid(self, block: Grid) -> str:
        parts = [f"**{self._linked(block.title)}**"] if block.title else []
        columns = [self._linked(name) for name in block.columns]
        parts.append(_table(columns, [[self._cell(cell) for cell in row] for row in block.rows]))
        return "\n\n".join([*parts, *([self._linked(block.note)] if block.note else [])])

    def _cell(self, text: str) -> str:
        return "<br>".join(self._linked(line) for line in text.split("\n"))

    def _own(self, block: OwnWords) -> str:
        return "\n".join(f"> {line}".rstrip() for line in block.markdown.splitlines())

    def _terms(self) -> list[str]:
        used = [term for term in self._glossary.terms.values() if term.id in self._seen]
        lines = [
            f'- <a id="term-{term.id}"></a>**{escaped(term.words)}**: {escaped(term.sentence)}'
            for term in used
        ]
        return ["## Words used here", "\n".join(lines)] if lines else []


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return "" if value is None else escaped(str(value))


def escaped(text: str) -> str:
    """Text that Markdown leaves as it is, on one line."""
    one_line = re.sub(r"\s+", " ", text)
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", one_line)
