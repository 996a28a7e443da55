"""Numbers with their errors, as a reader wants them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labs.quantization.figure import Figure
from labs.quantization.table import SHARED_MEMORY, figure_text, interval_text, notes_of
from tests.labs.quantization.made import comparison, row


@pytest.mark.parametrize(
    ("value", "se", "told"),
    [
        (0.23236, 0.00834, "0.2324 ± 0.0083"),
        (279.4, 104.2, "279 ± 104"),
        (20.1, 10.3, "20.1 ± 10.3"),
        (0.0034441, 0.00017, "0.00344 ± 0.00017"),
        (6.81e-08, 1.76e-08, "6.81e-08 ± 1.8e-08"),
        (0.0, 0.0, "0"),
        (17.5, None, "17.5"),
        (0.931653, 4.4e-19, "0.9317 ± 0"),  # the same in every window
    ],
)
def test_the_error_decides_how_many_figures_are_told(
    value: float, se: float | None, told: str
) -> None:
    assert figure_text(Figure(value, se)) == told


@pytest.mark.parametrize(
    ("labels", "memory_mb", "is_apart", "is_said"),
    [
        (("hare-F16@q8_0/q8_0",), 400, False, True),
        (("hare-F16@q8_0/q8_0",), 380, False, False),  # the context of a device
        (("hare-Q4_0", "hare-Q4_0@q4_0/q4_0"), 400, False, True),
        (("hare-Q4_0", "hare-Q8_0"), 400, False, False),
        (("hare-Q4_0@q8_0/q8_0",), 400, False, False),
        (("hare-F16@q8_0/q8_0", "hare-Q4_0"), 400, True, True),
        (("hare-Q4_0", "hare-F16@q8_0/q8_0"), 400, True, False),
    ],
)
def test_it_is_said_where_two_rows_tell_the_memory_of_one_process(
    labels: tuple[str, ...], memory_mb: int, is_apart: bool, is_said: bool
) -> None:
    made = comparison(*(row(label, 16.0, 50.0, 0.01, memory_mb) for label in labels))
    made = replace(made, kept_bytes=1000 if is_apart else 0)
    assert (SHARED_MEMORY in notes_of(made)) is is_said


@pytest.mark.parametrize(
    ("value", "low", "high", "told"),
    [
        (0.10665, 0.09939, 0.1139, "0.107 nats (0.099 to 0.114)"),
        (0.005242, 0.00481, 0.00567, "0.00524 nats (0.00481 to 0.00567)"),
        (12.345, 9.871, 20.04, "12.3 nats (9.9 to 20.0)"),
        (3.27e-7, 1.04e-7, 5.5e-7, "3.27e-07 nats (1e-07 to 5.5e-07)"),
        (0.129, None, None, "0.129 nats"),
    ],
)
def test_an_interval_is_told_as_finely_as_its_value(
    value: float, low: float | None, high: float | None, told: str
) -> None:
    assert interval_text(Figure(value, None, low, high), "nats") == told
