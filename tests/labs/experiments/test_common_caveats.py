"""What limits any run is said from its numbers."""

import pytest

from labs.experiments.analysis.common_caveats import common_caveats, is_able
from labs.experiments.results import Number


def share(value, low=None):
    return Number("", value, low=low)


ABLE = {"answered_rate": share(1.0), "accuracy": share(0.9), "balanced_accuracy": share(0.9, 0.8)}


@pytest.mark.parametrize(("n_items", "numbers", "lean", "words"), [
    (12, ABLE, {}, "12 items show large effects only"),
    (40, ABLE | {"answered_rate": share(0.5)}, {}, "Only 50 % of the answers were clear"),
    (40, ABLE | {"balanced_accuracy": share(0.5, 0.4)}, {}, "tell right from wrong"),
    (40, ABLE, {"auroc": share(0.5, 0.4)}, "tell right from wrong"),
    (40, ABLE, {"weak_share": share(0.25)}, "In 25 % of the leans"),
])  # fmt: skip
def test_each_limit_has_its_sentence(n_items, numbers, lean, words):
    (sentence,) = common_caveats(n_items, numbers, lean)
    assert words in sentence


def test_a_good_run_and_one_without_truth_have_none():
    assert common_caveats(40, ABLE, {"auroc": share(0.9, 0.8), "weak_share": share(0.0)}) == ()
    assert common_caveats(40, {"obeyed": share(0.2)}, {}) == ()


def test_the_lean_decides_on_ability_where_it_has_an_interval():
    assert is_able({"balanced_accuracy": share(0.5, 0.4)}, {"auroc": share(0.9, 0.8)})
    assert is_able(ABLE, {"auroc": share(0.5)})
