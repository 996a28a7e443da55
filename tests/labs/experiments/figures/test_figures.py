"""Charts as pictures and as tables."""

from __future__ import annotations

import csv
import io
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from labs.experiments.charts import (
    Chart,
    CurveChart,
    CurvePoint,
    CurveSeries,
    DifferenceChart,
    DifferenceRow,
    Dot,
    DotChart,
    DotRow,
    MixChart,
    MixRow,
)
from labs.experiments.figures import draw
from labs.experiments.figures.canvas import wrapped
from labs.experiments.figures.chart_csv import chart_csv
from labs.experiments.figures.mix import fills_of
from labs.experiments.figures.palette import DARK, LIGHT, Palette

DIFFERENCE = DifferenceChart(
    "YES answers against the baseline", "difference in YES answers",
    (DifferenceRow("JSON", 0.42, 0.2, 0.6, 10, 0), DifferenceRow("=A $1 table", None)),
    "One fact a line", "The largest difference is $42.", (-0.1, 0.05),
)  # fmt: skip
MIX = MixChart(
    "How answers divide", ("right", "wrong", "UNPARSED", "TRUNCATED", "ERROR"),
    (MixRow("One fact a line", {"right": 11, "wrong": 10, "UNPARSED": 2, "TRUNCATED": 1}),
     MixRow("JSON", {})),
    "3 of 24 answers were not clear.",
)  # fmt: skip
CURVE = CurveChart(
    "YES over the margin", "time to spare",
    (CurveSeries("Plain", (CurvePoint(-1, 1, 8, 0.0, 0.5), CurvePoint(1, 7, 8, 0.5, 1.0)),
                 ((-1.0, 0.1), (0.0, 0.5), (1.0, 0.9)), (0.0, -0.5, 0.5)),
     CurveSeries("Clinical", (CurvePoint(1, 0, 0, 0.0, 1.0),))),
    ((-1.0, "−1 min"), (1.0, "+1 min")), "It turns at 0.",
)  # fmt: skip
DOTS = DotChart(
    "Tokens for the same text", "times the tokens of English", ("cl100k", "=A $1 model"),
    (DotRow("German", (Dot(1.6, 1.5, 1.7), None)), DotRow("Thai", (None, Dot(0.9, 0.8, 1.1)))),
    "Thai takes fewer.", reference=1.0, is_ratio=True, note="Bars: 95 % intervals.",
)  # fmt: skip
CHARTS: tuple[Chart, ...] = (DIFFERENCE, MIX, CURVE, DOTS)
by_kind = pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)


@by_kind
@pytest.mark.parametrize("width_in", [3.5, 7.0])
def test_a_png_has_the_width_and_density_that_were_asked_for(chart, width_in):
    png = draw(chart, width_in=width_in, kind="png", dpi=100, dark=True)
    assert png.startswith(b"\x89PNG") and int.from_bytes(png[16:20]) == round(100 * width_in)


@by_kind
def test_an_svg_is_well_formed_and_says_what_it_shows(chart):
    root = ElementTree.fromstring(draw(chart, width_in=6))
    assert root.find("{http://www.w3.org/2000/svg}title").text == chart.finding


@by_kind
def test_equal_charts_give_equal_bytes_on_any_thread(chart):
    with ThreadPoolExecutor(2) as threads:
        drawn = list(threads.map(lambda _: draw(chart, width_in=6), range(3)))
    assert len(set(drawn)) == 1 and "matplotlib.pyplot" not in sys.modules


def test_ids_of_two_figures_on_a_page_differ():
    def ids(chart):
        return {each.get("id") for each in ElementTree.fromstring(draw(chart, width_in=6)).iter()}

    assert ids(DIFFERENCE) & ids(replace(DIFFERENCE, title="Another")) <= {None}


@by_kind
def test_a_simulated_subject_is_marked_in_the_picture(chart):
    plain, marked = (draw(chart, width_in=6, simulated=flag) for flag in (False, True))
    assert plain != marked


@pytest.mark.parametrize("chart", [
    replace(DIFFERENCE, rows=(), band=None), replace(MIX, rows=()),
    replace(CURVE, series=(), ticks=()), replace(DIFFERENCE, title="A very long title " * 20),
    replace(MIX, rows=(MixRow("x", {"right": 1}),) * 40),
])  # fmt: skip
def test_empty_and_crowded_charts_are_drawn(chart):
    assert draw(chart, width_in=4, kind="png", dpi=40)


def test_the_table_of_a_chart_has_all_its_numbers_and_no_formula():
    rows = list(csv.reader(io.StringIO(chart_csv(DIFFERENCE))))
    assert rows[1] == ["JSON", "0.42", "0.2", "0.6", "10", "0"]
    assert rows[2][0] == "'=A $1 table" and rows[3][:4] == ["placebo band", "", "-0.1", "0.05"]
    assert chart_csv(MIX).splitlines()[1] == "One fact a line,11,10,2,1,0"
    assert chart_csv(CURVE).splitlines()[1] == "Plain,-1,1,8,0.0,0.5"
    assert chart_csv(DOTS).splitlines()[1:] == [
        "German,cl100k,1.6,1.5,1.7",
        "Thai,'=A $1 model,0.9,0.8,1.1",
    ]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_outcomes_differ_by_more_than_colour(palette: Palette):
    fills = fills_of((*MIX.outcomes, "executed", "reported"), palette)
    assert len({fill.colour for fill in fills.values()}) == len(fills)
    answers = [fill.hatch for outcome, fill in fills.items() if not outcome.isupper()]
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_of_figures_has_enough_contrast(palette: Palette):
    pairs = [(ink, palette.surface) for ink in (palette.text, palette.quiet, palette.warning)]
    pairs += [(fill.ink, fill.colour) for fill in fills_of(MIX.outcomes, palette).values()]
    assert min(contrast(*pair) for pair in pairs) >= 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_words_without_end_are_cut_to_the_width():
    assert all(len(line) < 40 for line in wrapped("x" * 500 + " y", 2.0))
