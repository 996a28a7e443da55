"""Divergence over speed, one dot a model: its size is its memory, its bars are the errors."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, sqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator

from labs.experiments.charts import FrontierChart, FrontierPoint
from labs.experiments.figures.canvas import LINE_IN, MARGIN_IN, Sheet, literal, sheet, wrapped
from labs.experiments.figures.palette import SMALL_PT, TEXT_PT, Palette, font
from models.amounts import size_text

PLOT_IN, LEAST_DOT, MOST_DOT = 3.0, 40.0, 190.0  # areas in points²
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
TICK_APART = 0.11  # of the axis
LETTER, LINE_HEIGHT = 0.56, 1.35  # of a letter's size
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
ON_A_NAME = 10.0  # times worse than on a bar: neither of two names can be read
BAR = 4.0  # half of what a bar takes of a name's room, in points
AWAY = (5.0, 18.0, 34.0, 52.0, 72.0, 94.0)  # from the edge of a dot to its name, in points
Box = tuple[float, float, float, float]


def frontier_figure(
    chart: FrontierChart, palette: Palette, width_in: float, *, simulated: bool
) -> Sheet:
    """x in tokens a second, y in nats on a scale of square roots, which shows small ones, too."""
    notes = [line for text in (*chart.notes, _legend(chart))
             for line in wrapped(text, width_in - 2 * MARGIN_IN, SMALL_PT)]  # fmt: skip
    below = 0.62 + LINE_IN * len(notes)
    made, heading = sheet(
        chart.title, palette, width_in, 0.12 + PLOT_IN + below, simulated=simulated
    )
    axes = made.axes(0.85, heading + 0.12, MARGIN_IN + 0.1, below)
    _limits(axes, chart)
    _ground(axes, chart, palette)
    for point in chart.points:
        _dot(axes, point, _area(point, chart), palette)
    _names(made, axes, chart)
    axes.set_xlabel("writes, tokens a second")
    axes.set_ylabel("mean KL divergence, nats")
    made.style_ticks(axes)
    made.write(MARGIN_IN, made.height_in - LINE_IN * len(notes) - 0.1, "\n".join(notes),
               size=SMALL_PT, colour=palette.quiet)  # fmt: skip
    return made


def _legend(chart: FrontierChart) -> str:
    told = "Larger dots take more memory. Bars: 95 % interval of the divergence, spread of speed."
    if any(point.beaten_by for point in chart.points):
        told += " Crossed out: another is no worse in all three."
    return told


def _limits(axes: Axes, chart: FrontierChart) -> None:
    highest = max(max(point.kld_high, point.kld) for point in chart.points) or 0.01
    ends = [point.speed + side * point.speed_sd for point in chart.points for side in (-1, 1)]
    room = 0.12 * (max(ends) - min(ends) or max(ends) or 1.0)
    axes.set_xlim(max(0.0, min(ends) - room), max(ends) + room)
    axes.set_yscale("function", functions=(lambda y: np.sqrt(np.maximum(y, 0)), np.square))
    axes.set_ylim(0, highest * 1.3)
    axes.yaxis.set_major_locator(FixedLocator(_ticks(highest * 1.3)))
    axes.yaxis.set_minor_locator(FixedLocator([]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_major_locator(MaxNLocator(6))


def _ticks(top: float) -> list[float]:
    """0 and round numbers below `top`, from above, so far apart that their figures have room."""
    kept: list[float] = []
    for step in reversed([each for each in STEPS if each < top]):
        before = sqrt(kept[-1] / top) if kept else 1.0 + TICK_APART
        if before - sqrt(step / top) >= TICK_APART and sqrt(step / top) >= TICK_APART:
            kept.append(step)
    return [0.0, *reversed(kept)]


def _ground(axes: Axes, chart: FrontierChart, palette: Palette) -> None:
    axes.grid(color=palette.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    best = _edge(chart.points)
    axes.plot([p.speed for p in best], [p.kld for p in best], color=palette.line, linewidth=1.2,
              linestyle=(0, (4, 2)), zorder=1, clip_on=False)  # fmt: skip


def _edge(points: Sequence[FrontierPoint]) -> list[FrontierPoint]:
    """From the fastest to the closest: those that nobody faster is closer than."""
    best: list[FrontierPoint] = []
    for point in sorted(points, key=lambda each: (-each.speed, each.kld)):
        if not best or point.kld < best[-1].kld:
            best.append(point)
    return best


def _area(point: FrontierPoint, chart: FrontierChart) -> float:
    most = max(each.memory_bytes for each in chart.points) or 1
    return max(LEAST_DOT, MOST_DOT * point.memory_bytes / most)


def _dot(axes: Axes, point: FrontierPoint, area: float, palette: Palette) -> None:
    colour = palette.quiet if point.is_base or point.beaten_by else palette.accent
    axes.errorbar(
        [point.speed], [point.kld], fmt="none", ecolor=colour, elinewidth=1.3, zorder=2,
        xerr=[[point.speed_sd], [point.speed_sd]], clip_on=False,
        yerr=[[max(0.0, point.kld - point.kld_low)], [max(0.0, point.kld_high - point.kld)]],
    )  # fmt: skip
    axes.scatter(
        [point.speed], [point.kld], s=area, marker="s" if point.is_base else "o", zorder=3,
        clip_on=False, linewidths=1.2, edgecolors=colour if point.beaten_by else palette.surface,
        facecolors=palette.surface if point.beaten_by else colour,
    )  # fmt: skip
    if point.beaten_by:
        axes.scatter([point.speed], [point.kld], s=area / 2, marker="x", color=colour, zorder=4,
                     linewidths=1.4, clip_on=False)  # fmt: skip


# ---- names beside their dots -------------------------------------------------------------------


def _names(made: Sheet, axes: Axes, chart: FrontierChart) -> None:
    """Each where it covers no dot, no bar and no other name, near its dot or a little away with a
    line to it; lengths in points."""
    scale = 72 / made.figure.dpi

    def at(x: float, y: float) -> tuple[float, float]:
        place = axes.transData.transform((x, y)) * scale
        return float(place[0]), float(place[1])

    places = [at(point.speed, point.kld) for point in chart.points]
    radii = [sqrt(_area(point, chart)) / 2 for point in chart.points]
    taken: list[Box] = []
    named: list[Box] = []
    for point, (x, y), radius in zip(chart.points, places, radii, strict=True):
        taken.append((x - radius, y - radius, x + radius, y + radius))
        (left, low), (right, high) = (at(point.speed - point.speed_sd, point.kld_low),
                                      at(point.speed + point.speed_sd, point.kld_high))  # fmt: skip
        taken += [(left, y - BAR, right, y + BAR), (x - BAR, low, x + BAR, high)]
    frame = axes.get_window_extent()
    inside = (frame.x0 * scale, frame.y0 * scale, frame.x1 * scale, frame.y1 * scale + 20)
    for point, (x, y), radius in zip(chart.points, places, radii, strict=True):
        lines = (f"{point.title} (base)" if point.is_base else point.title,
                 size_text(point.memory_bytes))  # fmt: skip
        size = (LETTER * TEXT_PT * max(map(len, lines)), LINE_HEIGHT * (TEXT_PT + SMALL_PT))
        boxes = [_box(x, y, dx, dy, radius + away, size) for away in AWAY for dx, dy in SIDES]
        box = min(boxes, key=lambda each: _covered(each, taken, named, inside))
        named.append(box)
        quiet = bool(point.beaten_by)
        if boxes.index(box) >= len(SIDES):
            _leader(made, (x, y), radius, box)
        _name(made, lines, box, quiet=quiet)


def _box(x: float, y: float, dx: int, dy: int, away: float, size: tuple[float, float]) -> Box:
    left = x + dx * away + (dx - 1) / 2 * size[0]
    low = y + dy * away + (dy - 1) / 2 * size[1]
    return left, low, left + size[0], low + size[1]


def _leader(made: Sheet, dot: tuple[float, float], radius: float, box: Box) -> None:
    """From the edge of the dot to the nearest point of its name."""
    end = (min(max(dot[0], box[0]), box[2]), min(max(dot[1], box[1]), box[3]))
    length = hypot(end[0] - dot[0], end[1] - dot[1])
    start = tuple(d + (e - d) * radius / length for d, e in zip(dot, end, strict=True))
    across, up = 72 * made.width_in, 72 * made.height_in
    made.figure.add_artist(
        Line2D((start[0] / across, end[0] / across), (start[1] / up, end[1] / up),
               color=made.palette.line, linewidth=0.8)
    )  # fmt: skip


def _covered(box: Box, taken: list[Box], named: list[Box], inside: Box) -> float:
    """The area that lies on something else, and what stands out of the axes."""
    lost = sum(_shared(box, other) for other in taken)
    lost += ON_A_NAME * sum(_shared(box, other) for other in named)
    out = (box[2] - box[0]) * (box[3] - box[1]) - _shared(box, inside)
    return lost + out


def _shared(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _name(made: Sheet, lines: tuple[str, str], box: Box, *, quiet: bool) -> None:
    left, low, _, high = (edge / 72 for edge in box)
    top = made.height_in - high
    colour = made.palette.quiet if quiet else made.palette.text
    for text, size, y in ((lines[0], TEXT_PT, top),
                          (lines[1], SMALL_PT, top + (high - low) * 0.53)):  # fmt: skip
        made.figure.text(
            left / made.width_in, 1 - y / made.height_in, literal(text), va="top", color=colour,
            fontproperties=font(size), zorder=5,
        )  # fmt: skip
