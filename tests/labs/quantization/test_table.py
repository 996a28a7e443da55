"""Numbers with their errors, as a reader wants them."""

from __future__ import annotations

import pytest

from labs.quantization.figure import Figure
from labs.quantization.table import figure_text


@pytest.mark.parametrize(
    ("value", "se", "told"),
    [
        (0.23236, 0.00834, "0.2324 ± 0.0083"),
        (279.4, 104.2, "279 ± 104"),
        (20.1, 10.3, "20.1 ± 10.3"),
        (0.0034441, 0.00017, "0.00344 ± 0.00017"),
        (0.0, 0.0, "0"),
        (17.5, None, "17.5"),
    ],
)
def test_the_error_decides_how_many_figures_are_told(
    value: float, se: float | None, told: str
) -> None:
    assert figure_text(Figure(value, se)) == told
