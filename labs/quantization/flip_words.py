"""A flip comparison in sentences, as a chart, and as rows for a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Any

from labs.experiments.charts import DifferenceChart, DifferenceRow
from labs.experiments.report.answer_words import condition_words
from labs.experiments.report.words import around_text, value_text
from labs.experiments.results import Number
from labs.experiments.statistics.wording import p_text, percent, percentage_points
from labs.quantization.flips import Change, Flips, Pair, by_condition, flips

MOST_ROWS, MOST_LEVELS = 12, 6  # of the chart
CHANGE_WORDS: Mapping[Change, str] = {
    "to_wrong": "Right → wrong",
    "to_right": "Wrong → right",
    "other_wrong": "Wrong → other wrong",
    "to_unclear": "Clear → no clear answer",
    "to_clear": "No clear answer → clear",
    "": "Unchanged",
}


@dataclass(frozen=True)
class Names:
    """What the two sides are called in sentences and heads."""

    first: str
    second: str


def headline(found: Flips, names: Names) -> str:
    if not found.n_clear:
        return (
            f"None of the {len(found.pairs):,} answers was clear on both sides, so whether answers "
            "change cannot be said here. Look at the lean instead: it needs no reading of words."
        )
    lost, gained = found.count("to_wrong"), found.count("to_right")
    if not found.n_changed:
        return f"None of {found.n_clear:,} answers changed from {names.first} to {names.second}."
    parts = [f"{lost:,} from right to wrong", f"{gained:,} from wrong to right"]
    if other := found.count("other_wrong"):
        parts.append(f"{other:,} from wrong to another wrong answer")
    return (
        f"{found.n_changed:,} of {found.n_clear:,} answers changed from {names.first} to "
        f"{names.second}: {', '.join(parts)}."
    )


def net_sentence(found: Flips, names: Names) -> str:
    """What the changes come to, and whether a toss of a coin explains it."""
    net = found.net
    if net.value is None:
        return net.reason
    how = "more often" if net.value > 0 else "more rarely"
    amount = f"{percentage_points(abs(net.value))} {how}"
    around = f" ({around_text(net)})" if net.low is not None else ""
    said = (
        f"On balance {names.second} is right {amount} than {names.first}{around}." if net.value
        else f"On balance {names.second} is right exactly as often as {names.first}{around}."
    )  # fmt: skip
    return " ".join([said, *test_sentences(found)])


def label_sentence(found: Flips, names: Names, acting: str) -> str:
    """How often each says the word that stands for `acting`: a model that leans to one word flips
    many answers and changes its accuracy little. "" where there is no such word."""
    clear = [pair for pair in found.pairs if pair.is_clear]
    if not acting or not clear:
        return ""
    one, two = (sum(p.outcomes[side] == acting for p in clear) / len(clear) for side in (0, 1))
    return (
        f"Of these answers {percent(one)} are “{acting}” with {names.first}, {percent(two)} with "
        f"{names.second}."
    )


def test_sentences(found: Flips) -> list[str]:
    said = []
    if found.mcnemar.p is not None:
        said.append(f"McNemar's exact test of the two directions: p {p_text(found.mcnemar.p)}.")
    if found.by_group is not None and found.by_group.p is not None:
        said.append(
            "Answers to one item in several formats hang together, which that test does not know; "
            f"when whole groups of items change sides, p {p_text(found.by_group.p)}. Trust this "
            "one."
        )
    return said


def may_not(found: Flips, names: Names, *, is_control: bool) -> tuple[str, ...]:
    """What the numbers do not allow one to conclude."""
    told = []
    if is_control:
        told.append(_control_sentence(found))
    elif found.n_changed and found.net.value is not None:
        share = percent(found.n_changed / found.n_clear)
        told.append(
            "The net change is not how much changed: accuracy moved by "
            f"{percentage_points(abs(found.net.value))}, while {share} of the answers are others."
        )
    elif found.n_clear:
        told.append(_none_changed(found))
    told += _unclear(found, names)
    if found.n_missing:
        told.append(
            f"Not finished on both sides, or could not be asked: {found.n_missing:,} trials, which "
            "are in no number."
        )
    if not is_control:
        told.append(
            "A flip is one answer to one wording. These rates hold for questions like those of "
            "this set; they say nothing about other tasks."
        )
    return tuple(told)


def _control_sentence(found: Flips) -> str:
    if found.n_changed or found.count("to_clear") or found.count("to_unclear"):
        return (
            "Both sides are the same weights, asked twice: every change here comes from how the "
            "prompts were read. Flips of that size mean nothing between two other files."
        )
    high = found.changed.high
    most = f" (of answers like these at most {percent(high)})" if high is not None else ""
    return (
        "Both sides are the same weights, asked twice. Nothing changed, so reading alone changes "
        f"none or few{most}. What changes more often between two other files that are read in this "
        "way comes from the files."
    )


def _none_changed(found: Flips) -> str:
    high = found.changed.high
    most = f"up to {percent(high)} of such answers may still change" if high is not None else ""
    return f"None changed here; over all questions like these, {most}." if most else ""


def _unclear(found: Flips, names: Names) -> list[str]:
    lost, gained, neither = (
        found.count("to_unclear"), found.count("to_clear"), found.n_neither_clear,
    )  # fmt: skip
    if not lost + gained + neither:
        return []
    return [
        f"{lost + gained + neither:,} of {len(found.pairs):,} had no clear answer on one side or "
        f"both and are in no rate: clear with {names.first} only {lost:,}, with {names.second} "
        f"only {gained:,}, with neither {neither:,}."
    ]


def rates(found: Flips, names: Names) -> tuple[Number, ...]:
    """Both directions, what else changed and what is left of it, each named by what it counts."""

    def counted(rate: Number, what: str, count: int) -> Number:
        return replace(rate, title=f"{what}: {count:,} of {found.n_clear:,}")

    lost, gained = found.count("to_wrong"), found.count("to_right")
    told = [
        counted(found.to_wrong, f"Right with {names.first}, wrong with {names.second}", lost),
        counted(found.to_right, f"Wrong with {names.first}, right with {names.second}", gained),
        counted(found.changed, "Changed at all", found.n_changed),
        replace(found.net, title="Net change in right answers"),
    ]
    if other := found.count("other_wrong"):
        told.insert(2, counted(found.other_wrong, "Wrong with both, but another answer", other))
    return tuple(told)


def direction_text(rate: Number) -> str:
    """“3.2 % (1.8 to 5.6)”."""
    around = around_text(rate)
    return f"{value_text(rate)} ({around})" if around else value_text(rate)


def chart_of(found: Flips, names: Names, factors: Sequence[Mapping[str, Any]]) -> DifferenceChart:
    """The net change of each condition, with the raw flips beside it; of each level of a factor
    where conditions are many."""
    groups = _conditions(found, factors)
    if len(groups) > MOST_ROWS:
        groups = _levels(found, factors)
    rows = sorted((_row(title, flips(pairs, found.lane, len(pairs)))
                   for title, pairs in groups.items()), key=lambda row: row.title)  # fmt: skip
    return DifferenceChart(
        f"Right answers, {names.second} against {names.first}",
        "Net change", (_row("All together", found), *rows), names.first,
        headline(found, names),
    )  # fmt: skip


def _conditions(found: Flips, factors: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Pair, ...]]:
    return {
        condition_words(factors, dict(condition)).removeprefix("Baseline: "): pairs
        for condition, pairs in by_condition(found.pairs).items()
    }


def _levels(found: Flips, factors: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Pair, ...]]:
    """Each level with all the answers given under it."""
    shown = [factor for factor in factors if 2 <= len(factor["levels"]) <= MOST_LEVELS]
    groups = {
        str(level["title"]): tuple(
            pair for pair in found.pairs if pair.first.factors.get(factor["id"]) == level["id"]
        )
        for factor in shown for level in factor["levels"]
    }  # fmt: skip
    return {title: pairs for title, pairs in groups.items() if pairs}


def _row(title: str, part: Flips) -> DifferenceRow:
    net = part.net
    return DifferenceRow(
        title, net.value, net.low, net.high, part.count("to_right"), part.count("to_wrong")
    )


def label_shares(pair: Pair) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """The probability of each label on both sides; {} where no lean was read."""
    one, two = (_shares(record.lanes.get("likelihood")) for record in (pair.first, pair.second))
    return one, two


def _shares(lane: Any) -> Mapping[str, float]:
    return {} if lane is None else {name: exp(value) for name, value in lane.logprobs.items()}


def lean_text(shares: Mapping[str, float], truth: str) -> str:
    """How much of the probability of all labels the right one has."""
    total = sum(shares.values())
    return percent(shares.get(truth, 0.0) / total) if total else ""
