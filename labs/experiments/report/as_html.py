"""A report as one HTML file: everything escaped, nothing loaded from anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

from labs.chat.export_html import markdown_to_html
from labs.experiments.figures.drawing import draw
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
from labs.experiments.report.page_style import SIMULATED_FOOT, STYLE

FIGURE_WIDTH_IN = 7.2
_BREAKABLE = re.compile(r"(?<=\d) (?=%)|(?<=\b[np]) (?=[=<])|(?<=[=<]) (?=\d)")

# The policy holds even if a mistake of ours let something through.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{marks}<p class="kicker">Assay · report of a run</p>
<h1>{title}</h1>
<dl class="facts">{facts}</dl>
{body}
{glossary}
</body>
</html>
"""


class HtmlReport:
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
        facts = "".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
            for name, value in document.facts
        )
        body = "\n".join(self._block(block) for block in document.blocks)
        return _PAGE.format(
            title=escape(document.title), marks=_marks(document.simulated),
            style=STYLE + (SIMULATED_FOOT if document.simulated else ""),
            facts=facts, body=body, glossary=self._terms(),
        )  # fmt: skip

    def _block(self, block: Block) -> str:
        return self._by_kind[type(block)](block)

    def _linked(self, text: str) -> str:
        pieces = [
            f'<a class="term" href="#term-{piece.term.id}">{escape(piece.text)}</a>'
            if piece.term
            else escape(piece.text)
            for piece in self._glossary.pieces(_unbroken(text), self._seen)
        ]
        return "".join(pieces)

    def _heading(self, block: Heading) -> str:
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"

    def _lead(self, block: Lead) -> str:
        return (
            f'<div class="lead"><p class="verdict">{escape(block.verdict)}</p>'
            f'<p class="sentence">{self._linked(block.sentence)}</p></div>'
        )

    def _text(self, block: Text) -> str:
        return f"<p>{self._linked(block.text)}</p>"

    def _bullets(self, block: Bullets) -> str:
        return self._list(block.items)

    def _box(self, block: Box) -> str:
        kind = "box warning" if block.is_warning else "box"
        return f'<div class="{kind}"><h4>{escape(block.title)}</h4>{self._list(block.items)}</div>'

    def _list(self, items: tuple[str, ...]) -> str:
        return f"<ul>{''.join(f'<li>{self._linked(item)}</li>' for item in items)}</ul>"

    def _picture(self, block: Picture) -> str:
        chart = block.chart
        svg = inline_svg(draw(chart, width_in=FIGURE_WIDTH_IN, simulated=block.simulated))
        label = escape(f"{chart.title}. {chart.finding}", quote=True)
        figure = svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
        caption = f"<figcaption>{self._linked(chart.finding)}</figcaption>"
        return f"<figure>{figure}{caption}</figure>"

    def _figures(self, block: Figures) -> str:
        rows = []
        for each in block.figures:
            none = " none" if each.value == "not defined" else ""
            rows.append(
                f'<div class="number"><div class="value{none}">{escape(each.value)}</div><div>'
                f'<div class="title">{self._linked(each.title)}</div>'
                f'<div class="around">{self._linked(each.around)}</div>'
                f'<p class="sentence">{self._linked(each.sentence)}</p></div></div>'
            )
        return f'<div class="figures">{"".join(rows)}</div>'

    def _grid(self, block: Grid) -> str:
        caption = f"<caption>{self._linked(block.title)}</caption>" if block.title else ""
        heads = "".join(f'<th scope="col">{self._linked(name)}</th>' for name in block.columns)
        head = f"<thead><tr>{heads}</tr></thead>" if any(block.columns) else ""
        rows = "".join(
            f"<tr>{''.join(f'<td>{self._cell(cell)}</td>' for cell in row)}</tr>"
            for row in block.rows
        )
        note = f'<p class="note">{self._linked(block.note)}</p>' if block.note else ""
        kind = "numeric" if block.numeric else "plain"
        if len(block.columns) > 2:
            kind += " wide"
        table = f'<table class="{kind}">{caption}{head}<tbody>{rows}</tbody></table>'
        return f'<div class="scroll">{table}</div>{note}'

    def _cell(self, text: str) -> str:
        first, _, rest = text.partition("\n")
        more = f"<small>{self._linked(rest)}</small>" if rest else ""
        return self._linked(first) + more

    def _own(self, block: OwnWords) -> str:
        return f'<div class="own">{markdown_to_html(block.markdown)}</div>'

    def _terms(self) -> str:
        """Only the terms that the report used."""
        rows = "".join(
            f'<div><dt id="term-{term.id}">{escape(term.words)}</dt>'
            f"<dd>{escape(term.sentence)}</dd></div>"
            for term in self._glossary.terms.values()
            if term.id in self._seen
        )
        return f'<h2>Words used here</h2><dl class="glossary">{rows}</dl>' if rows else ""


def _unbroken(text: str) -> str:
    """Numbers stay with their signs at the end of a line."""
    return _BREAKABLE.sub("\N{NO-BREAK SPACE}", text)


def inline_svg(drawn: bytes) -> str:
    """The drawing without what only a file of its own needs: prologue, metadata, title."""
    svg = drawn.decode()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<title>.*?</title>|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    return svg.replace("<svg ", '<svg stroke-linejoin="round" ', 1)


def _marks(simulated: str) -> str:
    return f'<div class="simulated">{escape(simulated)}</div>\n' if simulated else ""
