"""What a report consists of, before it is HTML or Markdown. Texts are plain: whoever renders
them escapes them and links their terms."""

from __future__ import annotations

from dataclasses import dataclass

from labs.experiments.charts import Chart


@dataclass(frozen=True)
class Heading:
    """`level` 2 is a part, 3 a section of it."""

    text: str
    level: int = 3


@dataclass(frozen=True)
class Lead:
    """The finding: its verdict in a few words, and the sentence."""

    verdict: str
    sentence: str


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """Sentences that must not be overlooked."""

    title: str
    items: tuple[str, ...]
    is_warning: bool = False


@dataclass(frozen=True)
class Picture:
    chart: Chart
    simulated: bool


@dataclass(frozen=True)
class Figure:
    """One number: its value with unit, then interval or range and n, then what that means."""

    value: str
    title: str
    around: str
    sentence: str


@dataclass(frozen=True)
class Figures:
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Grid:
    """A table, of numbers or plain; what stands in a cell after a line break is set smaller."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    numeric: bool = True


@dataclass(frozen=True)
class OwnWords:
    """Markdown of the student."""

    markdown: str


Block = Heading | Lead | Text | Bullets | Box | Picture | Figures | Grid | OwnWords


@dataclass(frozen=True)
class Document:
    """`facts` are name and value for the head; `simulated` is the line that marks every page."""

    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    simulated: str = ""
