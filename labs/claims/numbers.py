"""What eight items can show, computed: nothing here is typed from a paper but the design."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt, tanh

from labs.experiments.results import Number, number
from labs.experiments.statistics.chance import (
    chance_above,
    chance_above_varied,
    chance_spread,
    chance_spread_varied,
)
from labs.experiments.statistics.detection import SignalDetection, signal_detection
from labs.experiments.statistics.paired import PairedCounts, mcnemar_exact
from labs.experiments.statistics.power import fewest_one_way_flips
from labs.experiments.statistics.proportions import normal_quantile, wilson

ITEMS, CLOSED, FORMATS, MODELS = 8, 4, 5, 8
CLAIMED_FLIPS = 5  # 62.5 points of eight items
RULE = 0.30  # “more than 30 points is pattern matching”
SEED = 1

Numbers = Mapping[str, Number]


def of_formats() -> Numbers:
    """H1: what formats without any effect do to eight items, and what five changed items show."""
    alike, varied = chance_spread(ITEMS, FORMATS), chance_spread_varied(ITEMS, FORMATS, seed=SEED)
    rule = chance_above(RULE, ITEMS, FORMATS)
    least = chance_above_varied(RULE, ITEMS, FORMATS, seed=SEED, runs=20_000)
    flips = PairedCounts(ITEMS - CLAIMED_FLIPS, CLAIMED_FLIPS, 0, 0)
    pairs = FORMATS * (FORMATS - 1) // 2
    return {
        "claimed": Number("The difference that was reported", CLAIMED_FLIPS / ITEMS, "points",
                          n=ITEMS),
        "chance_mean": Number(
            "Spread of five formats without effect, on average", alike.mean, "points", n=ITEMS,
            extra={"items_of_unequal_difficulty": varied.mean},
        ),
        "chance_95": Number(
            "Spread of five formats without effect, 95 of 100 runs stay within",
            alike.percentile_95, "points", n=ITEMS,
            extra={"items_of_unequal_difficulty": varied.percentile_95},
        ),
        "rule_fires": Number(
            "How often “more than 30 points” comes up with no effect", rule, n=ITEMS,
            extra={"items_of_unequal_difficulty": least},
        ),
        "mcnemar": number("Five items that all change one way", mcnemar_exact(flips)),
        "fewest_flips": Number("One-way changes that the most marked of ten pairs needs",
                               fewest_one_way_flips(pairs), "count", n=ITEMS),
        "right_before": number("Eight of eight right", wilson(ITEMS, ITEMS)),
        "right_after": number("Three of eight right",
                              wilson(ITEMS - CLAIMED_FLIPS, ITEMS)),
    }  # fmt: skip


def of_false_positives() -> Numbers:
    """H2: what four closed items show, and what a model that always says yes looks like."""
    open_items = ITEMS - CLOSED
    always = signal_detection([True] * ITEMS, [True] * open_items + [False] * CLOSED)
    assert isinstance(always, SignalDetection)
    return {
        "all_four": number("YES to four of four closed items", wilson(CLOSED, CLOSED)),
        "one_of_four": number("YES to one of four closed items", wilson(1, CLOSED)),
        "always_yes_accuracy": Number("Right answers of a model that always says YES",
                                      open_items / ITEMS, n=ITEMS),
        "always_yes_d_prime": number("Its d′: can it tell yes from no?", always.d_prime, "number"),
        "always_yes_criterion": number("Its criterion c: negative leans to YES", always.criterion,
                                       "number"),
    }  # fmt: skip


def of_models() -> Numbers:
    """H3: what eight models with eight items each show of kinds and of size."""
    alike = chance_spread(ITEMS, MODELS)
    all_or_none = PairedCounts(0, ITEMS, 0, 0)
    reach = tanh(normal_quantile(0.95) / sqrt(MODELS - 3))  # Fisher's z of a correlation of 0
    return {
        "one_step": Number("The smallest step between two accuracies", 1 / ITEMS, "points",
                           n=ITEMS),
        "equal_models": Number(
            "Best minus worst of eight equally able models, on average", alike.mean, "points",
            n=ITEMS, extra={"chance_95": alike.percentile_95},
        ),
        "all_right": number("A model with eight of eight right", wilson(ITEMS, ITEMS)),
        "all_against_none": number("Eight of eight against none of eight",
                                   mcnemar_exact(all_or_none)),
        "size_correlation": Number(
            "A correlation with size that was observed as 0, eight models", 0.0, "number",
            -reach, reach, MODELS, method="Fisher's z",
        ),
    }  # fmt: skip
