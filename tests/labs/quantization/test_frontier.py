"""The frontier: what another file beats is marked and said in words."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest
from matplotlib.transforms import Bbox

from labs.experiments.charts import FrontierChart, FrontierPoint
from labs.experiments.figures import draw
from labs.experiments.figures.chart_csv import chart_csv
from labs.experiments.figures.frontier import frontier_figure
from labs.experiments.figures.palette import LIGHT
from labs.quantization.comparison import Comparison, Costs, Row
from labs.quantization.finding import finding_of
from labs.quantization.frontier import frontier
from labs.quantization.naming import short_labels
from labs.quantization.speed import Spread
from tests.labs.quantization.made import comparison, row


def replace_costs(row: Row, costs: Costs) -> Row:
    return replace(row, costs=costs)


def drawn(made: Comparison) -> FrontierChart:
    chart = frontier(made)
    assert chart is not None
    return chart


def test_a_file_that_another_beats_in_all_is_named() -> None:
    rows = (row("hare-Q4_0", 4.5, 100.0, 0.1, 180), row("hare-Q4_1", 5.0, 31.0, 0.2, 190))
    chart = drawn(comparison(*rows))
    assert [point.beaten_by for point in chart.points] == ["", "", "Q4_0"]
    assert chart.notes == (
        "Q4_1 is slower, further off and larger in memory than Q4_0: nothing speaks for it here.",
    )
    assert chart.finding.endswith(chart.notes[0])
    assert "Q4_0" in chart.finding and "100.0 ± 2.0 tokens a second" in chart.finding


@pytest.mark.parametrize(
    ("speed", "shift", "memory_mb"), [(140.0, 0.2, 190), (31.0, 0.05, 190), (31.0, 0.2, 150)]
)
def test_who_is_better_in_one_thing_is_not_beaten(
    speed: float, shift: float, memory_mb: int
) -> None:
    other = row("hare-Q4_1", 5.0, speed, shift, memory_mb)
    chart = drawn(comparison(row("hare-Q4_0", 4.5, 100.0, 0.1, 180), other))
    assert not any(point.beaten_by for point in chart.points)


def test_a_smaller_cache_is_not_held_against_the_base() -> None:
    """What it saves grows with the length of a chat, and a window is short."""
    cache = row("hare-F16@q8_0/q8_0", 16.0, 49.0, 0.01, 400)
    chart = drawn(comparison(cache))
    assert [point.title for point in chart.points] == ["F16", "F16 with q8_0 cache"]
    assert not any(point.beaten_by for point in chart.points)


def test_what_lies_within_the_errors_beats_nobody() -> None:
    near = row("hare-Q4_1", 5.0, 99.0, 0.1001, 190)
    chart = drawn(comparison(row("hare-Q4_0", 4.5, 100.0, 0.1, 180), near))
    assert not any(point.beaten_by for point in chart.points)


def test_a_type_in_name_only_is_left_off_and_said_so() -> None:
    false = row("hare-Q2_K", 5.1, 90.0, 0.3, remark="Q2_K in name only: no weight gets that type.")
    chart = drawn(comparison(row("hare-Q4_0", 4.5, 100.0, 0.1), false))
    assert [point.title for point in chart.points] == ["F16", "Q4_0"]
    assert chart.notes == ("Q2_K is left off: it bears its type in name only.",)


def test_the_closest_is_named_also_where_the_base_beats_it() -> None:
    """Larger, slower and all but the same as the base: closest all the same."""
    near = row("hare-BF16", 16.0, 30.0, 0.001, 420)
    chart = drawn(comparison(near, row("hare-Q4_0", 4.5, 100.0, 0.2)))
    assert chart.finding == (
        "BF16 is closest to the base (0.0013 nats), Q4_0 writes fastest (100.0 ± 2.0 tokens a "
        "second, 0.26 nats). BF16 is slower, further off and larger in memory than F16: nothing "
        "speaks for it here."
    )


def test_the_fastest_is_named_only_where_readings_do_not_spread_as_far() -> None:
    near = row("hare-Q5_0", 5.5, 98.0, 0.1), row("hare-Q8_0", 8.5, 76.0, 0.01)
    assert drawn(comparison(row("hare-Q4_0", 4.5, 100.0, 0.2), *near)).finding == (
        "Q8_0 is closest to the base (0.013 nats). Which writes fastest is within noise: Q4_0 with "
        "100.0 ± 2.0, Q5_0 with 98.0 ± 2.0 tokens a second."
    )


def test_of_single_readings_none_is_the_fastest() -> None:
    def once(speed: float, label: str) -> Row:
        made = row(label, 4.5, speed, 0.2)
        return replace(made, costs=replace(made.costs, write_speed=Spread(speed, speed, None, 1)))

    slow, slower, fast = once(3.0, "a"), once(2.0, "b"), row("c", 5.5, 50.0, 0.1)
    assert "fastest is within noise: a with 3, b with 2" in drawn(comparison(slow, slower)).finding
    assert "c is the fastest" in drawn(comparison(slow, slower, fast)).finding


def test_the_closest_and_the_fastest_are_named_also_where_they_are_left_off() -> None:
    false = row("hare-Q6_K", 8.4, 120.0, 0.01, remark="Q6_K in name only: no weight gets it.")
    chart = drawn(comparison(row("hare-Q4_0", 4.5, 100.0, 0.2), false))
    assert chart.finding.startswith("Q6_K is the fastest of the others and the closest to the base")


def test_the_closest_needs_no_speed() -> None:
    near = row("hare-Q8_0", 8.5, 76.0, 0.01)
    near = replace(near, costs=replace(near.costs, write_speed=None))
    others = (row("hare-Q4_0", 4.5, 100.0, 0.2), row("hare-Q5_0", 5.5, 90.0, 0.1))
    assert drawn(comparison(near, *others)).finding.startswith("Q8_0 is closest to the base")


@pytest.mark.parametrize("has_speed", [True, False])
def test_a_file_that_gave_no_number_now_and_then_is_never_the_closest(has_speed: bool) -> None:
    """What is left of its tokens may lie close to the base."""
    broken = row("hare-Q5_0", 5.5, 120.0, 0.001)
    assert broken.measures is not None
    broken = replace(broken, measures=replace(broken.measures, n_not_finite=90))
    made = comparison(broken, row("hare-Q8_0", 8.5, 76.0, 0.01), row("hare-Q4_0", 4.5, 100.0, 0.2))
    if has_speed:
        assert "Q5_0" not in [point.title for point in drawn(made).points]
        assert "Q5_0 is left off: it gave no finite number at 90 tokens." in drawn(made).notes
    else:
        costs = [replace(each.costs, write_speed=None) for each in made.rows]
        made = replace(made, rows=tuple(map(replace_costs, made.rows, costs)))
    assert finding_of(made).startswith("Q8_0 is closest to")


def test_without_speeds_there_is_no_chart() -> None:
    made = comparison()
    rows = tuple(replace(r, costs=replace(r.costs, write_speed=None)) for r in made.rows)
    assert frontier(replace(made, rows=rows)) is None


@pytest.mark.parametrize("width_in", [8.6, 9.5, 11.0])
def test_no_name_lies_on_another(width_in: float) -> None:
    points = (
        FrontierPoint("F16", 0, 0, 0, 70.5, 6.1, 637_600_000, is_base=True),
        FrontierPoint("Q5_0", 0.0679, 0.049, 0.087, 79.3, 15.3, 352_000_000),
        FrontierPoint("Q4_1", 0.004, 0.003, 0.005, 78.1, 13, 345_300_000),
        FrontierPoint("Q4_0", 0.264, 0.15, 0.37, 136, 21, 397_900_000),
        FrontierPoint("F16 with q8_0 cache", 0.000187, 0.00014, 0.00024, 73.4, 5.9, 637_600_000),
    )
    made = frontier_figure(FrontierChart("Names", points, "", ()), LIGHT, width_in, simulated=False)
    sizes = [at for at, text in enumerate(made.figure.texts) if text.get_text().endswith(" MB")]
    assert len(sizes) == len(points)
    names = [Bbox.union([text.get_window_extent() for text in made.figure.texts[at - 1 : at + 1]])
             for at in sizes]  # fmt: skip
    assert not [1 for one, two in combinations(names, 2) if one.overlaps(two)]


def test_it_is_drawn_and_exported_like_every_chart() -> None:
    chart = drawn(comparison())
    svg = draw(chart, width_in=6.0)
    assert ElementTree.fromstring(svg.decode()).tag.endswith("svg")
    assert draw(chart, width_in=6.0) == svg
    assert draw(chart, width_in=6.0, kind="png", dark=True).startswith(b"\x89PNG")
    head, base, *others = chart_csv(chart).splitlines()
    assert head.startswith("model,kld_nats") and base.startswith("F16,0.0,")
    assert len(others) == 2


@pytest.mark.parametrize(
    ("labels", "short"),
    [
        (("a-135M-F16", "a-135M-Q4_0"), ("F16", "Q4_0")),
        (
            ("a-F16", "a-mlx-4bit", "a-F16@q8_0/q8_0"),
            ("F16", "mlx-4bit", "F16 with q8_0 cache"),
        ),
        (("a", "a@f16/q8_0"), ("a", "a with f16/q8_0 cache")),
        (("a@b-F16", "a@b-Q4_0"), ("F16", "Q4_0")),
        (("hare", "tortoise"), ("hare", "tortoise")),
        (("one",), ("one",)),
        (("hare-Q4_0", "hare-Q4_1"), ("Q4_0", "Q4_1")),
        (("hare_Q4_K_M", "hare_Q4_K_S"), ("Q4_K_M", "Q4_K_S")),
        (("hare-Q8_0", "hare-Q8_0@q8_0/q8_0"), ("Q8_0", "Q8_0 with q8_0 cache")),
    ],
)
def test_names_say_what_tells_files_apart(labels: tuple[str, ...], short: tuple[str, ...]) -> None:
    assert short_labels(labels) == short
