"""What a run on times shows for one model: biases and ability first, then where it fails."""

from __future__ import annotations

from collections.abc import Sequence

from labs.experiments.analysis.common_numbers import common_numbers
from labs.experiments.design import LANE_TITLES, Design, Factor
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import ModelResult, Number, Table, number
from labs.experiments.scoring.answers import NO_ANSWER
from labs.temporal.crossing import Reply, crossed_auroc, crossed_numbers, replies
from labs.temporal.margins import (
    FEW_ITEMS,
    curve_chart,
    distance_table,
    margin_numbers,
    off_boundary,
    right_share,
)
from labs.temporal.verdict import Evidence, finding_of

LEADING = ("acting_share", "word_share", "first_named_share", "d_prime", "accuracy")


def analyse(design: Design, model: str, records: Sequence[TrialRecord], seed: int) -> ModelResult:
    """Every lane that was run, and the finding in the primary one. Nothing here is drawn by
    chance, so `seed` is not needed."""
    given = {lane: replies(design, records, lane) for lane in design.lanes}
    given = {lane: found for lane, found in given.items() if found}
    numbers = {lane: _numbers(design, records, lane, found) for lane, found in given.items()}
    primary = design.primary.lane if design.primary.lane in given else next(iter(given))
    own = given[primary]
    evidence = Evidence(
        design,
        numbers[primary],
        primary,
        numbers.get("likelihood", {}),
        _unclear(own),
        thinks=_thinks(records),
    )
    threshold = numbers[primary]["threshold_minutes"]
    return ModelResult(
        model=model,
        finding=finding_of(evidence),
        lanes=numbers,
        leading=tuple((primary, name) for name in LEADING),
        charts=(curve_chart(design, own, primary, threshold),) if off_boundary(own) else (),
        tables=(
            *(_confusion(design, found, lane) for lane, found in given.items()),
            distance_table(own, primary),
            *(_by_factor(factor, own, primary) for factor in _item_factors(design)),
        ),
        caveats=evidence.caveats(),
    )


def _numbers(
    design: Design, records: Sequence[TrialRecord], lane: str, given: Sequence[Reply]
) -> dict[str, Number]:
    found = crossed_numbers(design, given)
    found |= common_numbers(records, lane, design.classes, design.acting)
    found |= margin_numbers(given)
    return found | ({"crossed_auroc": crossed_auroc(given)} if lane == "likelihood" else {})


def _unclear(given: Sequence[Reply]) -> tuple[int, int]:
    turned = [r.is_turned for r in given if not r.is_clear]
    return len(turned) - sum(turned), sum(turned)


def _thinks(records: Sequence[TrialRecord]) -> bool:
    texts = [r.lanes["free"].text or "" for r in records if "free" in r.lanes]
    return any(text.lstrip().startswith("<think>") for text in texts)


def _item_factors(design: Design) -> list[Factor]:
    names = ("surface", "domain", "relation")
    return [f for f in design.factors if f.id in names and len(f.levels) > 1]


def _confusion(design: Design, given: Sequence[Reply], lane: str) -> Table:
    """YES, NO and no clear answer for each question and each right word."""
    levels = design.factor("question").levels
    rows = []
    for is_turned, question in zip((False, True), levels, strict=True):
        for yes_is_right in (True, False):
            own = [r for r in given
                   if r.is_turned == is_turned and r.yes_is_right == yes_is_right]  # fmt: skip
            word = "YES" if yes_is_right else "NO"
            rows.append((f"{question.title} {word} is right", *_counts(own)))
    return Table(
        f"Answers, {LANE_TITLES[lane]}", ("Asked", "YES", "NO", "No clear answer"), tuple(rows),
        "A bias to acting fills YES in the first two rows and NO in the last two; a bias to a word "
        "fills the same column in all four.",
    )  # fmt: skip


def _counts(given: Sequence[Reply]) -> tuple[str, str, str]:
    clear = [r for r in given if r.is_clear]
    yes = sum(r.said_yes for r in clear)
    return str(yes), str(len(clear) - yes), str(len(given) - len(clear))


def _by_factor(factor: Factor, given: Sequence[Reply], lane: str) -> Table:
    rows = []
    for level in factor.levels:
        own = [r for r in given if r.record.factors[factor.id] == level.id]
        unclear = sum(r.record.outcome(lane) in NO_ANSWER for r in own)
        items = str(len({r.record.item for r in own}))
        rows.append((level.title, items, number("Right answers", right_share(own)), str(unclear)))
    return Table(
        f"Right answers by {factor.title.lower()}, {LANE_TITLES[lane]}".replace("allen", "Allen"),
        (factor.title, "Items", "Right answers", "No clear answer"), tuple(rows), FEW_ITEMS,
    )  # fmt: skip
