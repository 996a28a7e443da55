"""What limits any run with right and wrong answers, from its numbers alone."""

from __future__ import annotations

from collections.abc import Mapping

from labs.experiments.results import Number
from labs.experiments.statistics.wording import percent

LEAST_ANSWERED = 0.8
FEW_ITEMS = 30


def common_caveats(
    n_items: int, numbers: Mapping[str, Number], lean: Mapping[str, Number]
) -> tuple[str, ...]:
    """`numbers` are those of the lane that counts, `lean` those of the lean, {} without one."""
    found = [_answered(numbers), _ability(numbers, lean), _weak_lean(lean), _size(n_items)]
    return tuple(sentence for sentence in found if sentence)


def is_able(numbers: Mapping[str, Number], lean: Mapping[str, Number]) -> bool:
    """Bias does not destroy a ranking: the lean tells whether there is ability at all. Without
    one, balanced accuracy does."""
    gate = lean.get("auroc")
    if gate is None or gate.low is None:
        gate = numbers.get("balanced_accuracy")
    return bool(gate and gate.low is not None and gate.low > 0.5)


def _answered(numbers: Mapping[str, Number]) -> str:
    rate = numbers.get("answered_rate")
    if rate is None or rate.value is None or rate.value >= LEAST_ANSWERED:
        return ""
    clear = f"Only {percent(rate.value)}" if rate.value else "None"
    return (
        f"{clear} of the answers were clear. The others count as not right, "
        "and never as a change of the answer."
    )


def _ability(numbers: Mapping[str, Number], lean: Mapping[str, Number]) -> str:
    asked = "accuracy" in numbers and ("auroc" in lean or "balanced_accuracy" in numbers)
    if not asked or is_able(numbers, lean):
        return ""
    return (
        "Whether this model can tell right from wrong on these items at all is not shown, so "
        "nothing is said about which condition is better."
    )


def _weak_lean(lean: Mapping[str, Number]) -> str:
    weak = lean.get("weak_share")
    if weak is None or not weak.value:
        return ""
    return (
        f"In {percent(weak.value)} of the leans less than half of the probability was left for "
        "the labels: the model did not want to answer in this form."
    )


def _size(n_items: int) -> str:
    if n_items >= FEW_ITEMS:
        return ""
    return (
        f"{n_items} items show large effects only: say what they show with its interval. Smaller "
        "effects need more items, which a longer time asks, or a larger set."
    )
