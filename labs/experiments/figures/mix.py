"""The answer mix: one bar of shares for each condition, its counts written in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from labs.experiments.charts import MixChart, MixRow
from labs.experiments.figures.canvas import MARGIN_IN, Sheet, literal, sheet, shortened
from labs.experiments.figures.palette import (
    CATEGORIES,
    HATCHES,
    SMALL_PT,
    TEXT_PT,
    Palette,
    font,
    ink_on,
)

ROW_IN, LEGEND_ROW_IN, LEAST_SHARE_WITH_COUNT = 0.36, 0.19, 0.045
MARK_IN = 0.35  # the patch before each word of the legend, and the room after it
WORDS: Mapping[str, str] = {
    "UNPARSED": "no clear answer",
    "TRUNCATED": "cut off at the limit",
    "ERROR": "failed",
}


@dataclass(frozen=True)
class Fill:
    """How one outcome is painted; `ink` is legible on `colour`."""

    colour: str
    hatch: str
    ink: str


def mix_figure(chart: MixChart, palette: Palette, width_in: float, *, simulated: bool) -> Sheet:
    """Shares from 0 to 100 %; the right column counts what is in a row."""
    shown = _shown(chart)
    columns = _legend_columns(shown, width_in)
    above = 0.5 + LEGEND_ROW_IN * (ceil(len(shown) / columns) - 1)
    made, heading = sheet(
        chart.title, palette, width_in, above + ROW_IN * max(1, len(chart.rows)) + 0.55,
        simulated=simulated,
    )  # fmt: skip
    label_in, top = min(0.3 * width_in, 1.9), heading + above
    axes = made.axes(label_in + MARGIN_IN, top, 0.7, 0.55)
    axes.set_xlim(0, 100)
    axes.set_ylim(max(1, len(chart.rows)) - 0.5, -0.5)
    fills = fills_of(chart.outcomes, palette)
    for place, row in enumerate(chart.rows):
        _bar(axes, row, place, shown, fills, palette)
        y_in = top + ROW_IN * (place + 0.5)
        label = shortened(row.title, label_in - 0.05, TEXT_PT)
        made.write(MARGIN_IN, y_in - 0.085 * (label.count("\n") + 1), label)
        made.write(width_in - MARGIN_IN, y_in - 0.08, str(sum(row.counts.values())), mono=True,
                   size=SMALL_PT, side="right")  # fmt: skip
    made.write(width_in - MARGIN_IN, top - 0.2, chart.counted, size=SMALL_PT, colour=palette.quiet,
               side="right")  # fmt: skip
    _legend(made, shown, fills, heading, columns)
    axes.set_yticks([])
    axes.set_xlabel(literal(f"share of the {chart.counted}, %"))
    made.style_ticks(axes)
    return made


def fills_of(outcomes: tuple[str, ...], palette: Palette) -> dict[str, Fill]:
    """Greys for what is no answer, a colour and a pattern of its own for the rest."""
    fills: dict[str, Fill] = {}
    for outcome in outcomes:
        if outcome in WORDS:
            place = list(WORDS).index(outcome)
            colour, hatch = palette.neutral[place], ("", "\\\\\\", "xxx")[place]
        else:
            place = len([key for key in fills if key not in WORDS]) % len(CATEGORIES)
            colour, hatch = CATEGORIES[place], HATCHES[place]
        fills[outcome] = Fill(colour, hatch, ink_on(colour))
    return fills


def _shown(chart: MixChart) -> tuple[str, ...]:
    """Outcomes that occur, and those that are answers."""
    return tuple(
        outcome for outcome in chart.outcomes
        if outcome not in WORDS or any(row.counts.get(outcome) for row in chart.rows)
    )  # fmt: skip


def _bar(
    axes: Axes, row: MixRow, place: int, shown: tuple[str, ...], fills: Mapping[str, Fill],
    palette: Palette,
) -> None:  # fmt: skip
    total = sum(row.counts.values())
    start = 0.0
    for outcome in shown:
        count, fill = row.counts.get(outcome, 0), fills[outcome]
        if not count:
            continue
        share = 100 * count / total
        axes.barh(place, share, left=start, height=0.66, color=fill.colour, hatch=fill.hatch,
                  edgecolor=palette.surface, linewidth=1)  # fmt: skip
        if count >= LEAST_SHARE_WITH_COUNT * total:
            axes.text(
                start + share / 2, place, str(count), ha="center", va="center_baseline",
                color=fill.ink, fontproperties=font(SMALL_PT, bold=True, mono=True),
                bbox={"facecolor": fill.colour, "edgecolor": "none", "pad": 1.5},
            )  # fmt: skip
        start += share


def _legend_columns(shown: tuple[str, ...], width_in: float) -> int:
    """All side by side, or as many as fit where each is as wide as the widest; a letter is taken
    as 0.54 of its size wide."""
    room = width_in - 2 * MARGIN_IN
    widths = [len(WORDS.get(o, o)) * 0.54 * SMALL_PT / 72 + MARK_IN for o in shown]
    if not widths or sum(widths) <= room:
        return max(1, len(widths))
    return max(1, int(room / max(widths)))


def _legend(
    made: Sheet, shown: tuple[str, ...], fills: Mapping[str, Fill], heading: float, columns: int
) -> None:
    patches = [
        Patch(facecolor=fills[o].colour, hatch=fills[o].hatch, edgecolor=made.palette.surface,
              label=WORDS.get(o, o))
        for o in shown
    ]  # fmt: skip
    made.figure.legend(
        handles=patches, loc="upper left", ncols=columns, frameon=False, borderpad=0,
        bbox_to_anchor=(MARGIN_IN / made.width_in, 1 - heading / made.height_in),
        borderaxespad=0, handlelength=1.3, handleheight=0.9, columnspacing=1.4,
        prop=font(SMALL_PT), labelcolor=made.palette.quiet,
    )  # fmt: skip
