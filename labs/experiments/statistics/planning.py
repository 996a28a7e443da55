"""What a design can and cannot show, said before the run."""

from __future__ import annotations

from dataclasses import dataclass

from labs.experiments.statistics.chance import ChanceSpread, chance_spread
from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.power import (
    fewest_one_way_flips,
    smallest_difference,
    smallest_drop,
)
from labs.experiments.statistics.proportions import normal_quantile, wilson_bounds
from labs.experiments.statistics.wording import percentage_points


@dataclass(frozen=True)
class Preview:
    """What `n_items` in `n_formats` can and cannot show, with sentences for the reader.

    `fewest_flips` are one-way flips that the most marked of `comparisons` needs under Holm;
    `smallest_difference` and `smallest_drop` are found with 80 % power.
    """

    n_items: int
    n_formats: int
    comparisons: int
    half_width: float
    fewest_flips: int
    smallest_difference: float | NotDefined
    smallest_drop: float | NotDefined
    chance_spread: ChanceSpread
    sentences: tuple[str, ...]


def preview(
    n_items: int,
    n_formats: int,
    *,
    comparisons: int | None = None,
    seed: int = 0,
    confidence: float = 0.95,
) -> Preview:
    """All of the above for one design; `comparisons` is formats less the baseline if not given.

    Items that come in groups show less than this; in the worst case each group counts once.
    """
    if n_items < 1 or n_formats < 2:
        raise ValueError("a design has items, and at least two formats")
    family = comparisons if comparisons is not None else n_formats - 1
    low, high = wilson_bounds(0.5, n_items, normal_quantile(confidence))
    difference = smallest_difference(n_items, comparisons=family, alpha=1 - confidence)
    drop = smallest_drop(n_items, n_formats, seed=seed, alpha=1 - confidence)
    flips = fewest_one_way_flips(family, alpha=1 - confidence)
    spread = chance_spread(n_items, n_formats)
    return Preview(
        n_items,
        n_formats,
        family,
        (high - low) / 2,
        flips,
        difference,
        drop,
        spread,
        (
            f"A share near one half is known to about ±{percentage_points((high - low) / 2)}.",
            _chance_sentence(spread, n_formats),
            _difference_sentence(difference, family, flips),
            _drop_sentence(drop),
        ),
    )


def _chance_sentence(spread: ChanceSpread, n_formats: int) -> str:
    return (
        f"A model for which the {n_formats} formats make no difference would still show about "
        f"{percentage_points(spread.mean)} between the best and the worst, and up to "
        f"{percentage_points(spread.percentile_95)} in 95 of 100 runs."
    )


def _difference_sentence(difference: float | NotDefined, comparisons: int, flips: int) -> str:
    if isinstance(difference, NotDefined):
        return difference.reason
    return (
        f"A format that is {percentage_points(difference)} better or worse than the baseline "
        f"would be found in 80 of 100 runs, after the correction for {comparisons} comparisons; "
        f"fewer than {flips} items that change in one direction can never be enough."
    )


def _drop_sentence(drop: float | NotDefined) -> str:
    if isinstance(drop, NotDefined):
        return drop.reason
    return (
        f"That some format is worse at all would be found in 80 of 100 runs if one loses "
        f"{percentage_points(drop)}."
    )
