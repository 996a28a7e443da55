"""Flips between two models: against hand-computed values and independent implementations."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from labs.experiments.record.trials import LaneResult, TrialRecord
from labs.experiments.statistics.wording import percent
from labs.quantization.flip_table import as_csv
from labs.quantization.flip_words import (
    Names,
    chart_of,
    headline,
    label_sentence,
    may_not,
    net_sentence,
)
from labs.quantization.flips import Flips, change_of, flips, pairs_of

NAMES = Names("Q8_0", "Q4_0")


def record(model: str, item: str, outcome: str, *, fmt: str = "prose", text: str = "",
           cluster: str = "") -> TrialRecord:  # fmt: skip
    lanes = {"free": LaneResult(outcome, text=text or outcome)}
    return TrialRecord(model, item, cluster, {"format": fmt}, 0, "YES", lanes, "hash", 1, "exact")


def compared(answers: Sequence[tuple[str, str]], formats: int = 1) -> Flips:
    """`answers` of (first, second), `formats` of them for each item; right is YES."""
    sides: list[list[TrialRecord]] = [[], []]
    for place, pair in enumerate(answers):
        for side, said in enumerate(pair):
            sides[side].append(
                record("ab"[side], f"item {place // formats}", said, fmt=str(place % formats))
            )
    return flips(pairs_of(sides[0], sides[1], "free"), "free", len(answers))


def of_counts(both: int, lost: int, gained: int, neither: int) -> list[tuple[str, str]]:
    return [("YES", "YES")] * both + [("YES", "NO")] * lost + [("NO", "YES")] * gained + [
        ("NO", "NO")] * neither  # fmt: skip


@pytest.mark.parametrize(
    ("said", "change"),
    [
        (("YES", "YES"), ""), (("YES", "NO"), "to_wrong"), (("NO", "YES"), "to_right"),
        (("NO", "MAYBE"), "other_wrong"), (("NO", "NO"), ""), (("YES", "UNPARSED"), "to_unclear"),
        (("TRUNCATED", "NO"), "to_clear"), (("UNPARSED", "TRUNCATED"), ""),
    ],
)  # fmt: skip
def test_a_change_is_named_by_what_was_right_before_and_after(
    said: tuple[str, str], change: str
) -> None:
    assert change_of(said, "YES") == change


def test_rates_in_both_directions_are_those_worked_out_by_hand() -> None:
    found = compared(of_counts(60, 12, 5, 23))
    assert (found.to_wrong.value, found.to_right.value) == (0.12, 0.05)
    assert found.changed.value == pytest.approx(0.17)
    assert found.net.value == pytest.approx(0.05 - 0.12)
    low, high = proportion_confint(12, 100, method="wilson")
    assert (found.to_wrong.low, found.to_wrong.high) == pytest.approx((low, high))


@pytest.mark.parametrize("counts", [(60, 12, 5, 23), (10, 1, 9, 0), (3, 4, 4, 3), (5, 0, 6, 1)])
def test_the_test_of_the_net_agrees_with_statsmodels(counts: tuple[int, int, int, int]) -> None:
    found = compared(of_counts(*counts))
    both, lost, gained, neither = counts
    expected = mcnemar([[both, lost], [gained, neither]], exact=True).pvalue
    assert found.mcnemar.p == pytest.approx(expected)
    assert found.by_group is None  # every answer is a group of its own


def test_answers_to_one_item_change_sides_together_in_the_test_by_groups() -> None:
    lost = [("YES", "NO")] * 3 + [("YES", "YES")]
    found = compared(lost * 4 + [("NO", "YES"), *[("YES", "YES")] * 3] * 2, formats=4)
    nets = [-3, -3, -3, -3, 1, 1]
    turned = [abs(sum(s * n for s, n in zip(signs, nets, strict=True)))
              for signs in itertools.product((1, -1), repeat=6)]  # fmt: skip
    assert found.by_group is not None
    assert found.by_group.p == pytest.approx(sum(t >= 10 for t in turned) / 64)
    assert found.mcnemar.p is not None and found.mcnemar.p < found.by_group.p
    assert found.n_groups == 6 and "Trust this one" in net_sentence(found, NAMES)


def test_items_asked_in_several_formats_widen_the_interval() -> None:
    alone = compared(of_counts(40, 20, 0, 20))
    together = compared(of_counts(40, 20, 0, 20), formats=4)
    assert alone.to_wrong.value == together.to_wrong.value == 0.25
    assert together.to_wrong.high > alone.to_wrong.high
    assert "clustered by 20 groups" in together.to_wrong.method


def test_no_clear_answer_is_no_flip_and_is_counted_apart() -> None:
    found = compared([*of_counts(5, 1, 0, 4), ("YES", "UNPARSED"), ("UNPARSED", "NO"),
                      ("UNPARSED", "UNPARSED"), ("ERROR", "YES")])  # fmt: skip
    assert (found.n_clear, found.n_changed, found.n_neither_clear) == (10, 1, 1)
    assert (found.count("to_unclear"), found.count("to_clear"), found.n_missing) == (1, 1, 1)
    told = " ".join(may_not(found, NAMES, is_control=False))
    assert "3 of 13 had no clear answer" in told and "could not be asked: 1 trial" in told


def test_no_net_change_is_not_told_as_no_change() -> None:
    found = compared(of_counts(40, 6, 6, 28))
    assert found.net.value == 0 and found.mcnemar.p == 1
    assert "12 of 80 answers changed" in headline(found, NAMES)
    told = may_not(found, NAMES, is_control=False)
    assert "moved by 0 percentage points, while 15 % of the answers" in told[0]


def test_the_same_model_asked_twice_is_told_as_the_control() -> None:
    same, other = compared(of_counts(9, 0, 0, 3)), compared(of_counts(9, 1, 0, 2))
    (control, *_) = may_not(same, NAMES, is_control=True)
    assert "Nothing changed" in control and percent(same.changed.high) in control
    assert "comes from how the prompts were read" in may_not(other, NAMES, is_control=True)[0]


def factor(name: str, levels: int) -> dict[str, Any]:
    return {"id": name, "title": name, "levels": [{"id": str(n), "title": f"{name} {n}"}
                                                  for n in range(levels)]}  # fmt: skip


def test_the_chart_has_a_row_a_condition_or_a_level_where_conditions_are_many() -> None:
    few = compared(of_counts(4, 2, 2, 4), formats=4)
    chart = chart_of(few, NAMES, [factor("format", 4)])
    titles = ["All together", "format 0", "format 1", "format 2", "format 3"]
    assert [row.title for row in chart.rows] == titles
    assert sum(row.lost for row in chart.rows[1:]) == chart.rows[0].lost == 2
    many = compared(of_counts(20, 4, 4, 4), formats=16)
    rows = chart_of(many, NAMES, [factor("format", 16), factor("other", 2)]).rows
    assert [row.title for row in rows] == ["All together"]  # too many levels for a chart


def test_how_often_each_says_one_word_is_told_beside_the_net() -> None:
    found = compared([*of_counts(3, 5, 0, 2), ("YES", "UNPARSED")])
    assert label_sentence(found, NAMES, "YES") == (
        "Of these answers 80 % are “YES” with Q8_0, 30 % with Q4_0."
    )
    assert label_sentence(found, NAMES, "") == ""


def test_where_nothing_is_clear_there_is_a_reason_instead_of_a_number() -> None:
    found = compared([("UNPARSED", "YES"), ("NO", "UNPARSED")])
    assert found.to_wrong.value is None and "clear on both sides" in found.to_wrong.reason
    assert "Look at the lean" in headline(found, NAMES) and net_sentence(found, NAMES)


def test_what_changed_goes_into_a_file_one_row_each() -> None:
    *_, head, lost, gained = csv.reader(
        as_csv(compared(of_counts(2, 1, 1, 1)), NAMES, ()).splitlines()
    )
    assert head[:6] == ["item", "condition", "right", "Q8_0", "Q4_0", "change"]
    assert lost[:6] == ["item 2", "Baseline", "YES", "YES", "NO", "Right → wrong"]
    assert gained[0] == "item 3"


def test_the_file_begins_with_both_rates_and_the_test_of_them() -> None:
    """12 and 5 of 100: Wilson's 7.0 to 19.8 and 2.2 to 11.2; the binomial tail of 5 of 17, doubled:
    2 · 9,402 / 2^17 = 0.143."""
    found = compared(of_counts(60, 12, 5, 23))
    told = list(csv.reader(as_csv(found, NAMES, (), ["A remark."]).splitlines()))
    assert told[0] == [headline(found, NAMES)]
    assert told[1:4] == [
        ["measure", "rate", "95 % interval", "n", "p"],
        ["Right with Q8_0, wrong with Q4_0: 12 of 100", "12 %", "7.0 % to 20 %", "n = 100"],
        ["Wrong with Q8_0, right with Q4_0: 5 of 100", "5.0 %", "2.2 % to 11 %", "n = 100"],
    ]
    assert told[6] == ["McNemar's exact test of the two directions", "", "", "", "0.143"]
    assert told[7:10] == [[net_sentence(found, NAMES)], ["A remark."], []]


def test_an_item_that_begins_like_a_formula_stays_text_in_a_spreadsheet() -> None:
    sides = [[record(model, "=1+1", said)] for model, said in (("a", "YES"), ("b", "NO"))]
    told = as_csv(flips(pairs_of(*sides, "free"), "free", 1), NAMES, ())
    assert told.splitlines()[-1].startswith("'=1+1,")


def test_a_file_without_clear_answers_says_why_there_are_no_rates() -> None:
    told = as_csv(compared([("UNPARSED", "YES"), ("NO", "UNPARSED")]), NAMES, ())
    assert 'not defined,"No answer was clear on both sides' in told and "McNemar" not in told


def test_other_words_for_the_same_answer_are_counted_apart() -> None:
    first, second = record("a", "1", "NO", text="No."), record("b", "1", "NO", text="No, never.")
    found = flips(pairs_of([first], [second], "free"), "free", 1)
    assert found.n_other_words == 1 and found.n_changed == 0
