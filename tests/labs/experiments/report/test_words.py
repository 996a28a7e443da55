"""Numbers as they are read."""

from __future__ import annotations

import pytest

from labs.experiments.report.words import counted_text, figure_of
from labs.experiments.results import Number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number("x", 0.5, n=40, method="Wilson interval"), "n = 40"),
        (Number("x", 0.5, n=20, method="Wilson, clustered by 20 groups of items"), "n = 20 groups"),
        (Number("x", None), ""),
    ],
)
def test_n_says_when_it_counts_groups_and_not_items(number: Number, text: str) -> None:
    assert counted_text(number) == text
    assert figure_of(number).around == text
