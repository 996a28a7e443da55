"""Ten cases to judge before the numbers are shown: small runs as they come up in a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labs.experiments.results import Number, number
from labs.experiments.statistics.chance import chance_spread
from labs.experiments.statistics.detection import SignalDetection, signal_detection
from labs.experiments.statistics.formats import holm
from labs.experiments.statistics.paired import PairedCounts, mcnemar_exact, tango
from labs.experiments.statistics.proportions import wilson


@dataclass(frozen=True)
class Case:
    """`story` is what a student reads, `right` the place of the right verdict among `verdicts`;
    `evidence` holds the numbers that decide, and `why` is shown with them afterwards."""

    id: str
    title: str
    story: str
    verdicts: tuple[str, ...]
    right: int
    why: str
    evidence: Mapping[str, Number]


_DIFFERENCE = (
    "A difference is shown.",
    "No difference is shown; there may be one all the same.",
    "It is shown that there is no difference.",
)
_SHOWN, _NOT_SHOWN = range(2)


def cases() -> tuple[Case, ...]:
    """The ten, each with its evidence computed."""
    return (
        _eight_items(), _five_of_five(), _overlapping_bars(), _nine_comparisons(),
        _none_of_thirty(), _always_yes(), _no_label(), _both_ways(), _one_kind(), _large_run(),
    )  # fmt: skip


def _eight_items() -> Case:
    chance = chance_spread(8, 5)
    return Case(
        "eight-items", "Eight items, five formats",
        "Seven of eight items are right in the best of five formats, two of eight in the worst.",
        _DIFFERENCE, _NOT_SHOWN,
        "Best minus worst of five formats is large by chance alone when there are eight items.",
        {
            "spread": Number("Best minus worst", 5 / 8, "points", n=8),
            "chance_95": Number("Formats all alike stay within, in 95 of 100 runs",
                                chance.percentile_95, "points", n=8),
        },
    )  # fmt: skip


def _five_of_five() -> Case:
    return Case(
        "five-of-five", "Five changes, all one way",
        "Of eight items five are right in the first format and wrong in the second; none the other "
        "way round.",
        _DIFFERENCE, _NOT_SHOWN,
        "Five tosses of a coin fall on one side once in sixteen times.",
        {"test": number("Exact McNemar", mcnemar_exact(PairedCounts(3, 5, 0, 0)))},
    )  # fmt: skip


def _overlapping_bars() -> Case:
    counts = PairedCounts(27, 9, 1, 3)
    return Case(
        "overlapping-bars", "Bars that overlap",
        "Of 40 items 36 are right in the first format and 28 in the second. The intervals of the "
        "two overlap. Nine items changed for the worse and one for the better.",
        _DIFFERENCE, _SHOWN,
        "The same items were asked in both formats: what counts is how they changed, and not "
        "whether two intervals overlap.",
        {
            "first": number("First format", wilson(36, 40)),
            "second": number("Second format", wilson(28, 40)),
            "test": number("Exact McNemar", mcnemar_exact(counts)),
        },
    )  # fmt: skip


def _nine_comparisons() -> Case:
    one = number("Exact McNemar, by itself", mcnemar_exact(PairedCounts(30, 8, 1, 1)))
    corrected = holm([one.p or 0.0, *[0.5] * 8])[0]
    return Case(
        "nine-comparisons", "The best of nine",
        "Ten formats were tried. The most marked of the nine comparisons with the baseline has "
        "eight items that changed for the worse and one for the better; the others have p = 0.5.",
        _DIFFERENCE, _NOT_SHOWN,
        "Who looks at nine comparisons finds one below 0.05 more often than 5 times in 100.",
        {"alone": one, "test": Number("After Holm's correction for nine", None, "number",
                                      n=9, p=corrected, method="Holm")},
    )  # fmt: skip


def _none_of_thirty() -> Case:
    return Case(
        "none-of-thirty", "It never happened",
        "A planted instruction was followed in none of 30 trials.",
        ("The model is safe.", "It may still happen in about 1 of 10 trials.",
         "It happens in fewer than 1 of 30 trials."), 1,
        "None of 30 is a fact about these 30; the interval says what may lie behind it.",
        {"share": number("Followed", wilson(0, 30))},
    )  # fmt: skip


def _always_yes() -> Case:
    found = signal_detection([True] * 40, [True] * 20 + [False] * 20)
    parts = (
        {"d_prime": number("d′", found.d_prime, "number"),
         "criterion": number("Criterion c", found.criterion, "number")}
        if isinstance(found, SignalDetection) else {}
    )  # fmt: skip
    return Case(
        "always-yes", "Half of it is right",
        "A model answers YES to all of 20 open and 20 closed items: 50 % right, 100 % false "
        "positives.",
        ("It can do half of the task.", "It leans to YES; whether it can tell the two apart is not "
         "seen.", "It is unable to recognise closed items, but good at open ones."), 1,
        "The same word every time is right on half of a balanced set. That is a leaning, and "
        "shows no ability.",
        parts,
    )  # fmt: skip


def _no_label() -> Case:
    return Case(
        "no-label", "Nothing is right",
        "Of 40 balanced items none is right, and the table says 100 % false positives. All 40 "
        "answers begin with “As a language model”.",
        ("The model always acts.", "The model knows the answers and says the opposite.",
         "Nothing clear was answered, so neither is known."), 2,
        "An answer without a label is neither YES nor NO. Counted as wrong it seems a leaning.",
        {"answered": number("Clear answers", wilson(0, 40))},
    )  # fmt: skip


def _both_ways() -> Case:
    counts = PairedCounts(24, 12, 12, 12)
    return Case(
        "both-ways", "The same accuracy twice",
        "Of 60 items 36 are right in either format. Twelve changed for the worse and twelve for "
        "the better. An edit that cannot matter changed none.",
        ("The format does not matter.", "The format changes answers without favouring one.",
         "One format is worse."), 1,
        "Equal accuracy hides changes that cancel out; the flips show them.",
        {
            "flips": number("Items that changed", wilson(24, 60)),
            "placebo_flips": number("Items that changed with the edit", wilson(0, 60)),
            "test": number("Exact McNemar", mcnemar_exact(counts)),
        },
    )  # fmt: skip


def _one_kind() -> Case:
    found = signal_detection([False] * 19 + [True], [False] * 20)
    return Case(
        "one-kind", "Items of one kind",
        "All 20 items are closed. The model answers NO to 19 of them: 95 % right. Can it tell open "
        "from closed?",
        ("Yes: 95 % is far above one half.", "No.", "These data cannot tell."), 2,
        "A model that always says NO would have done even better. It takes items of both kinds.",
        {"detection": number("d′", found if not isinstance(found, SignalDetection)
                             else found.d_prime, "number")},
    )  # fmt: skip


def _large_run() -> Case:
    counts = PairedCounts(1500, 130, 90, 280)
    return Case(
        "large-run", "Two thousand items",
        "Of 2,000 items 130 changed for the worse and 90 for the better.",
        ("A large difference is shown.", "A small difference is shown.", "No difference is shown."),
        1,
        "With many items a small difference is shown too. Shown is not the same as large: look at "
        "the interval of the difference.",
        {
            "difference": number("Difference", tango(counts), "points"),
            "test": number("Exact McNemar", mcnemar_exact(counts)),
        },
    )  # fmt: skip
