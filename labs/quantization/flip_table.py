"""A flip comparison as a file: first what it comes to, then every answer that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labs.experiments.record.spreadsheet import csv_text
from labs.experiments.report.answer_words import condition_words, outcome_words
from labs.experiments.report.words import around_text, counted_text, value_text
from labs.experiments.results import Number
from labs.experiments.statistics.wording import p_text
from labs.quantization.flip_words import (
    CHANGE_WORDS,
    Names,
    headline,
    label_shares,
    lean_text,
    net_sentence,
    rates,
)
from labs.quantization.flips import Flips

Row = Sequence[str]


def as_csv(
    found: Flips, names: Names, factors: Sequence[Mapping[str, Any]], remarks: Sequence[str] = ()
) -> str:
    """The rates with their intervals and what McNemar's test says of them, as the page has them;
    `remarks` are further sentences below. Then a row for each answer that changed."""
    return csv_text([
        [headline(found, names)],
        ["measure", "rate", "95 % interval", "n", "p"],
        *(_rate_row(rate) for rate in rates(found, names)),
        *_test_rows(found),
        *([sentence] for sentence in (net_sentence(found, names), *remarks)),
        [],
        ["item", "condition", "right", names.first, names.second, "change",
         f"right label, {names.first}", f"right label, {names.second}"],
        *_answer_rows(found, factors),
    ])  # fmt: skip


def _rate_row(rate: Number) -> Row:
    return [rate.title, value_text(rate), around_text(rate) or rate.reason, counted_text(rate)]


def _test_rows(found: Flips) -> list[Row]:
    """Empty where there is nothing to test; the sentence tells why."""
    tests = ("McNemar's exact test of the two directions", found.mcnemar), (
        "The same, whole groups of items changing sides", found.by_group)  # fmt: skip
    return [[what, "", "", "", p_text(test.p).removeprefix("= ")] for what, test in tests
            if test is not None and test.p is not None]  # fmt: skip


def _answer_rows(found: Flips, factors: Sequence[Mapping[str, Any]]) -> list[Row]:
    told: list[Row] = []
    for pair in found.pairs:
        if pair.change:
            truth = pair.first.truth
            told.append([
                pair.first.item, condition_words(factors, pair.first.factors), truth,
                *(outcome_words(outcome) for outcome in pair.outcomes), CHANGE_WORDS[pair.change],
                *(lean_text(shares, truth) for shares in label_shares(pair)),
            ])  # fmt: skip
    return told
