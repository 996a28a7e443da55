"""An empty figure in the app's look, laid out in inches, and the bytes of a finished one."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text

from labs.experiments.figures.palette import SMALL_PT, TEXT_PT, TITLE_PT, Palette, font

Kind = Literal["svg", "png"]
MARGIN_IN = 0.14
LINE_IN = 0.165  # one line of small text
NO_METADATA = ("Date", "Creator", "Format", "Type")


@dataclass(frozen=True)
class Sheet:
    """A figure of fixed width; lengths are in inches from its upper left corner."""

    figure: Figure
    palette: Palette
    width_in: float
    height_in: float

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Axes with these margins, only the line below drawn."""
        width, height = self.width_in, self.height_in
        made = self.figure.add_axes(
            (left / width, bottom / height, (width - left - right) / width,
             (height - top - bottom) / height),
        )  # fmt: skip
        made.set_facecolor("none")
        for side in ("top", "left", "right"):
            made.spines[side].set_visible(False)
        made.spines["bottom"].set_color(self.palette.line)
        made.tick_params(color=self.palette.line, labelcolor=self.palette.quiet, length=3)
        return made

    def write(
        self, x: float, y: float, text: str, *, size: float = TEXT_PT, bold: bool = False,
        mono: bool = False, colour: str = "", side: Literal["left", "center", "right"] = "left",
    ) -> Text:  # fmt: skip
        """Text whose top is `y` inches from the top."""
        return self.figure.text(
            x / self.width_in, 1 - y / self.height_in, literal(text), ha=side, va="top",
            color=colour or self.palette.text, fontproperties=font(size, bold=bold, mono=mono),
            linespacing=1.35,
        )  # fmt: skip

    def style_ticks(self, axes: Axes) -> None:
        """Letters of the axes, once all ticks are set."""
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            label.set_fontproperties(font(SMALL_PT))
        axes.xaxis.label.set_fontproperties(font(SMALL_PT))
        axes.yaxis.label.set_fontproperties(font(SMALL_PT))
        axes.xaxis.label.set_color(self.palette.quiet)
        axes.yaxis.label.set_color(self.palette.quiet)


def sheet(
    title: str, palette: Palette, width_in: float, body_in: float, *, simulated: bool
) -> tuple[Sheet, float]:
    """A sheet with its title; returns it with the inches that the heading takes. `body_in` is
    the height of the rest."""
    lines = wrapped(title, width_in - 2 * MARGIN_IN, TITLE_PT)
    heading = MARGIN_IN + 0.2 * len(lines) + (0.2 if simulated else 0) + 0.06
    figure = Figure(figsize=(width_in, heading + body_in), facecolor=palette.surface)
    made = Sheet(figure, palette, width_in, heading + body_in)
    made.write(MARGIN_IN, MARGIN_IN, "\n".join(lines), size=TITLE_PT, bold=True)
    if simulated:
        made.write(
            MARGIN_IN, MARGIN_IN + 0.2 * len(lines), "SIMULATED: not a language model",
            size=SMALL_PT, bold=True, colour=palette.warning,
        )  # fmt: skip
    return made, heading


def wrapped(text: str, width_in: float, size_pt: float = TEXT_PT) -> list[str]:
    """The words of a text in lines that fit; a letter is taken as 0.54 of its size wide."""
    room = max(6, int(width_in * 72 / (0.54 * size_pt)))
    lines = [""]
    for word in text.split():
        word = word if len(word) <= room else word[: room - 1] + "…"
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def shortened(text: str, width_in: float, size_pt: float = TEXT_PT, lines: int = 2) -> str:
    """A label on at most `lines` lines."""
    found = wrapped(text, width_in, size_pt)
    if len(found) > lines:
        found = [*found[: lines - 1], found[lines - 1][:-1] + "…"]
    return "\n".join(found)


def literal(text: str) -> str:
    """Text in which a dollar sign begins no formula."""
    return text.replace("$", r"\$")


def save(figure: Figure, kind: Kind, dpi: float, title: str) -> bytes:
    """The bytes of a figure; equal figures give equal bytes."""
    target = io.BytesIO()
    if kind == "png":
        figure.set_dpi(dpi)
        FigureCanvasAgg(figure).print_png(target, metadata={"Software": None, "Description": title})
        return target.getvalue()
    FigureCanvasSVG(figure).print_svg(
        target, metadata={"Title": title, **dict.fromkeys(NO_METADATA)}
    )
    return _with_own_ids(target.getvalue().decode()).encode()


def _with_own_ids(svg: str) -> str:
    """Ids that are equal for equal figures and differ between figures, so that several can stand
    in one page."""
    ids: Sequence[str] = list(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg)))
    bare = svg
    for old in ids:
        bare = bare.replace(old, "")
    prefix = hashlib.sha256(bare.encode()).hexdigest()[:8]
    new = {old: f"f{prefix}-{place}" for place, old in enumerate(ids)}
    return re.sub(r'(\bid="|href="#|url\(#)([^")]+)', lambda m: m[1] + new.get(m[2], m[2]), svg)
