"""The same question asked again and again."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import replace
from statistics import mean

import pytest
from scipy import optimize

from labs.experiments.charts import MixChart
from labs.experiments.design import Design, Trial
from labs.experiments.experiment import Request
from labs.experiments.record.manifest import GREEDY, sampling_at
from labs.experiments.record.plan import Order, design_of, lock
from labs.experiments.record.trials import LaneResult, TrialRecord
from labs.experiments.results import ModelResult
from labs.experiments.running.certificate import certify
from labs.repeats.analysis import FALLS, NO_CHANGE, NOT_ASKED, analyse
from labs.repeats.entropy import entropy_bits
from labs.repeats.experiment import EXPERIMENT, TEMPERATURES, Options
from labs.repeats.reading import meaning, names_one, normalised
from models.engine.messages import RowMode, RowResult, StopReason
from models.errors import UserError
from tests.labs.repeats.conftest import NOW, request_of
from tests.long_work import watch


def answered(design: Design, texts: dict[str, Sequence[str]]) -> list[TrialRecord]:
    """Each question answered alike: at each temperature the given texts in turn. One that ends
    in “…” ran into its limit."""
    found = []
    for trial in design.trials:
        said = texts[trial.factors["temperature"]]
        text = said[trial.repeat % len(said)].replace("RIGHT", trial.oracle["labels"]["right"])
        ended: StopReason = "length" if text.endswith("…") else "end"
        outcome = EXPERIMENT.scorer.read(trial, text, ended).outcome
        found.append(TrialRecord(
            "m", trial.item, trial.cluster, trial.factors, trial.repeat, trial.truth,
            {"free": LaneResult(outcome, text=text)}, "", 0, "exact",
        ))  # fmt: skip
    return found


def at_all(*texts: str) -> dict[str, Sequence[str]]:
    """The same answers at every temperature."""
    return dict.fromkeys(TEMPERATURES, texts)


def result(texts: dict[str, Sequence[str]], n_items: int = 8) -> ModelResult:
    design = EXPERIMENT.prepare(request_of(n_items))
    return analyse(design, "m", answered(design, texts), 1)


@pytest.mark.parametrize(
    ("answers", "bits"),
    [("aaaa", 0.0), ("ab", 1.0), ("abcd", 2.0), ("aaab", 0.75 * math.log2(4 / 3) + 0.5), ("", 0.0)],
)
def test_entropy_is_what_one_works_out_by_hand(answers: str, bits: float) -> None:
    assert entropy_bits(answers) == pytest.approx(bits)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Canberra", "right"), (" canberra.\nQuestion: next", "right"),
        ("The capital of Australia is **Canberra**", "right"), ("Sydney", "wrong"),
        ("Sydney or Canberra", "wrong"), ("not Canberra", "wrong"), ("Canberran", "wrong"),
        ("", "UNPARSED"), ("?!", "UNPARSED"), ("<think>Sydney</think>\nCanberra", "right"),
        ("It isn't Canberra", "wrong"), ("It isn’t Canberra.", "wrong"),
        ("never Canberra", "wrong"), ("Sydney, not Canberra", "wrong"),
    ],
)  # fmt: skip
def test_an_answer_is_right_where_it_names_the_known_one(text: str, outcome: str) -> None:
    trial = next(t for t in EXPERIMENT.prepare(request_of(40)).trials if t.item == "open-01")
    assert EXPERIMENT.scorer.read(trial, text, "end").outcome == outcome


@pytest.mark.parametrize(
    ("said", "accepted", "is_named"),
    [
        ("Six sides", "six; 6", True), ("6.5 sides", "six; 6", False), ("6,000", "6", False),
        ("6. It has", "6", True), ("It is 6.", "6", True), ("Ça: ÉTÉ!", "été", True),
        ("東京 です", "東京", True), ("It has not 6 but six", "6; six", True),
    ],
)  # fmt: skip
def test_a_spelling_is_named_as_a_word_or_number_of_its_own(
    said: str, accepted: str, is_named: bool
) -> None:
    assert names_one(normalised(said), accepted) == is_named


def test_an_answer_that_ran_into_its_limit_counts_as_cut_unless_it_was_right_already() -> None:
    trial = next(t for t in EXPERIMENT.prepare(request_of(40)).trials if t.item == "open-01")
    assert EXPERIMENT.scorer.read(trial, "Well, the", "length").outcome == "TRUNCATED"
    assert EXPERIMENT.scorer.read(trial, "Canberra, of", "length").outcome == "right"
    assert EXPERIMENT.scorer.read(trial, "Sydney\nAnd", "length").outcome == "wrong"
    assert EXPERIMENT.scorer.read(trial, "Sydney. And Canberra", "length").outcome == "wrong"
    [end] = EXPERIMENT.scorer.until(trial)
    assert re.search(end, "It is Sydney. And") and not re.search(end, "1. Sydney")


def test_answers_that_say_the_same_words_are_one_and_all_right_ones_are_one() -> None:
    assert (
        normalised("The  Pacific, Ocean!\nmore") == normalised("pacific ocean") == "pacific ocean"
    )
    assert meaning("It is Paris", "right") == meaning("paris", "right") != meaning("Rome", "wrong")


def test_a_design_asks_every_question_twenty_times_at_every_temperature() -> None:
    design = EXPERIMENT.prepare(request_of(2))
    assert len(design.trials) == 2 * 5 * 20 == len({trial.key for trial in design.trials})
    assert sorted({trial.temperature for trial in design.trials}) == [0, 0.1, 0.5, 1, 2]
    assert len({trial.seed(1) for trial in design.trials}) == len(design.trials)


def test_fewer_temperatures_keep_those_that_are_compared() -> None:
    request = request_of(2, formats=2)
    assert {t.temperature for t in EXPERIMENT.prepare(request).trials} == {0, 1}
    with pytest.raises(UserError, match="One temperature"):
        EXPERIMENT.prepare(request_of(2, formats=1))


def test_only_the_temperature_shapes_a_draw() -> None:
    assert sampling_at(0) == GREEDY
    drawn = sampling_at(0.5)
    assert (drawn.temperature, drawn.top_k, drawn.top_p, drawn.min_p) == (0.5, 0, 1.0, 0.0)


def test_right_answers_and_their_scatter_are_what_one_counts_by_hand() -> None:
    """At 1 every question is right in 15 of 20; 5 wrong answers of two kinds: 3 and 2."""
    drawn = ["RIGHT"] * 15 + ["Sydney"] * 3 + ["Perth."] * 2
    numbers = result({"0": ["RIGHT"], "0.1": ["RIGHT", "right is RIGHT"], "0.5": ["RIGHT"],
                      "1": drawn, "2": ["x", "y"]}).lanes["free"]  # fmt: skip
    assert numbers["accuracy_at_1"].value == pytest.approx(0.75)
    assert numbers["distinct_at_1"].value == 3
    by_hand = -(0.75 * math.log2(0.75) + 0.15 * math.log2(0.15) + 0.1 * math.log2(0.1))
    assert numbers["semantic_bits_at_1"].value == pytest.approx(by_hand)
    assert numbers["semantic_bits_at_0.1"].value == 0 and numbers["text_bits_at_0.1"].value == 1
    assert numbers["accuracy_at_2"].value == 0


def test_falling_accuracy_is_told_where_the_interval_shows_it() -> None:
    """Six of twelve questions fall from always to never: −0.5 ± t(11)·√(12/11·3/144), by hand."""
    design = EXPERIMENT.prepare(request_of(12))
    right, wrong = (answered(design, {level.id: [text] for level in design.factors[0].levels})
                    for text in ("RIGHT", "no"))  # fmt: skip
    falling = set(design.items[:6])
    records = [
        w if r.item in falling and r.factors["temperature"] == "1" else r
        for r, w in zip(right, wrong, strict=True)
    ]
    found = analyse(design, "m", records, 1)
    change = found.lanes["free"]["accuracy_change"]
    assert found.finding.verdict == FALLS and change.value == -0.5
    assert (change.low, change.high) == pytest.approx((-0.8318, -0.1682), abs=1e-4)
    assert "runs from −83 points to −17 points" in change.sentence
    assert analyse(design, "m", right, 1).finding.verdict == NO_CHANGE


FALLING = {"0": ["RIGHT"], "0.1": ["RIGHT"], "0.5": ["RIGHT"], "2": ["no"]}


def test_unclear_answers_stand_beside_right_ones_with_what_they_leave_open() -> None:
    """At 1 of 20 answers 10 are right, 6 wrong and 4 cut before they named anything."""
    found = result(FALLING | {"1": ["RIGHT"] * 10 + ["no"] * 6 + ["Well, the…"] * 4})
    numbers = found.lanes["free"]
    assert numbers["unclear_at_1"].value == pytest.approx(0.2)
    assert numbers["accuracy_at_1"].value == pytest.approx(0.5)
    assert numbers["accuracy_at_1_if_unclear_right"].value == pytest.approx(0.7)
    assert numbers["accuracy_change"].value == pytest.approx(-0.5)
    assert numbers["accuracy_change_highest"].value == pytest.approx(-0.3)
    assert numbers["accuracy_change_lowest"].value == pytest.approx(-0.5)
    assert "20 % of those at 1 were unclear" in found.finding.sentence
    mix = next(chart for chart in found.charts if isinstance(chart, MixChart))
    assert mix.rows[3].counts["TRUNCATED"] == 4 * 8 and mix.rows[3].counts["right"] == 10 * 8
    [by_temperature, by_question] = found.tables
    assert "Unclear" in by_temperature.columns
    assert by_question.rows[0][4] == "10 of 20 right, 4 unclear, 3 distinct"
    assert any("4.0 % of all answers were unclear" in each for each in found.caveats)


def test_a_fall_that_hangs_on_unclear_answers_says_so() -> None:
    shaky = result(FALLING | {"1": ["Well, the…"]})
    firm = result(FALLING | {"1": ["no"]})
    assert shaky.finding.verdict == firm.finding.verdict == FALLS
    assert "hangs on the unclear answers" in shaky.finding.sentence
    assert "hangs" not in firm.finding.sentence


def test_a_fall_of_every_question_alike_is_a_fall_though_nothing_scatters() -> None:
    """Six signs alike come up in 2 of 64 runs if there is no change; five in 2 of 32."""
    for n_items, verdict in ((6, FALLS), (5, NO_CHANGE)):
        found = result(FALLING | {"1": ["no"]}, n_items)
        change = found.lanes["free"]["accuracy_change"]
        assert (change.value, change.low, change.n) == (-1, None, n_items)
        assert found.finding.verdict == verdict and "100 %" in found.finding.sentence


def test_one_question_has_values_and_no_interval() -> None:
    numbers = result(FALLING | {"1": ["RIGHT", "no"]}, 1).lanes["free"]
    for name, value in (("accuracy_at_1", 0.5), ("accuracy_change", -0.5), ("distinct_at_1", 2)):
        assert numbers[name].value == pytest.approx(value) and numbers[name].low is None
        assert numbers[name].reason


def test_a_run_whose_every_trial_failed_judges_nothing() -> None:
    design = EXPERIMENT.prepare(request_of(2))
    texts = {level.id: ["RIGHT"] for level in design.factors[0].levels}
    failed = [replace(record, error="The engine ended.", lanes={"free": LaneResult("ERROR")})
              for record in answered(design, texts)]  # fmt: skip
    found = analyse(design, "m", failed, 1)
    assert found.finding.verdict == NOT_ASKED
    assert f"{len(failed)} of {len(failed)} could not be asked" in found.finding.sentence
    assert [chart.kind for chart in found.charts] == ["mix"]


@pytest.mark.parametrize("texts", [["RIGHT"], ["Well, the…"], [""]], ids=["right", "cut", "empty"])
def test_answers_of_one_kind_alone_have_their_numbers(texts: list[str]) -> None:
    found = result(at_all(*texts))
    numbers = found.lanes["free"]
    share = float(texts == ["RIGHT"])
    assert numbers["accuracy_at_2"].value == share and numbers["unclear_at_2"].value == 1 - share
    assert numbers["semantic_bits_at_2"].value == 0 and numbers["distinct_at_2"].value == 1
    assert numbers["accuracy_change"].value == 0 and found.finding.verdict == NO_CHANGE


def random_records(n_items: int, seed: int) -> tuple[Design, list[TrialRecord]]:
    """Each question with a chance of its own to be answered right, at every temperature."""
    rng = random.Random(seed)
    design = EXPERIMENT.prepare(request_of(n_items))
    chances = {item: rng.random() for item in design.items}
    records = [
        replace(r, lanes={"free": LaneResult(
            "right" if rng.random() < chances[r.item] else "wrong", text=rng.choice("abcdefgh"))})
        for r in answered(design, at_all("x"))
    ]  # fmt: skip
    return design, records


@pytest.mark.parametrize("n_items", [3, 12])
def test_numbers_and_intervals_are_those_of_other_programs(n_items: int) -> None:
    """Means over questions: t of scipy. Shares: the roots of Wilson's equation, found by search,
    with the variance that statsmodels gives for clusters. Entropy: scipy's."""
    from scipy import stats
    from statsmodels.regression.linear_model import OLS

    design, records = random_records(n_items, 7)
    numbers = analyse(design, "m", records, 1).lanes["free"]

    def of(level: str) -> list[list[TrialRecord]]:
        here = [r for r in records if r.factors["temperature"] == level]
        return [[r for r in here if r.item == item] for item in sorted(design.items)]

    shares = {level: [mean(r.outcome("free") == "right" for r in each) for each in of(level)]
              for level in ("0", "1")}  # fmt: skip
    change = stats.ttest_1samp([b - a for a, b in zip(*shares.values(), strict=True)], 0)
    ends = change.confidence_interval()
    assert (numbers["accuracy_change"].low, numbers["accuracy_change"].high) == pytest.approx(
        (max(-1, ends.low), min(1, ends.high))
    )
    bits = [stats.entropy(list(Counter(
        "right" if r.outcome("free") == "right" else r.lanes["free"].text for r in each
    ).values()), base=2) for each in of("1")]  # fmt: skip
    told, ends = numbers["semantic_bits_at_1"], stats.ttest_1samp(bits, 0).confidence_interval()
    assert told.value == pytest.approx(mean(bits))
    assert (told.low, told.high) == pytest.approx((max(0, ends.low), ends.high))
    hits = [float(r.outcome("free") == "right") for each in of("1") for r in each]
    groups = [n for n, each in enumerate(of("1")) for _ in each]
    p = mean(hits)
    found = OLS(hits, [1.0] * len(hits)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    n, t = min(p * (1 - p) / found.bse[0] ** 2, n_items), stats.t.ppf(0.975, n_items - 1)
    wilson = [optimize.brentq(lambda x: (p - x) ** 2 - t**2 * x * (1 - x) / n, *ends)
              for ends in ((0, p), (p, 1))]  # fmt: skip
    told = numbers["accuracy_at_1"]
    assert (told.value, told.low, told.high) == pytest.approx((p, *wilson))


POSSIBLE = {"change": (-1, 1), "bits": (0, math.log2(20)), "distinct": (1, 20), "_": (0, 1)}


def test_no_interval_leaves_what_is_possible() -> None:
    """Two questions of three scatter: Student's t alone would go below 0 bits and above 20."""
    design, records = random_records(3, 1)
    quiet = [replace(r, lanes={"free": LaneResult("right", text="x")})
             if r.item == design.items[0] else r for r in records]  # fmt: skip
    for name, number in analyse(design, "m", quiet, 1).lanes["free"].items():
        if name == "accuracy" or None in (number.low, number.value, number.high):
            continue
        least, most = next(ends for part, ends in POSSIBLE.items() if part in name)
        assert least <= number.low <= number.value <= number.high <= most + 1e-9, name
        assert "-1." not in number.sentence


def test_a_question_stands_in_its_own_words_in_the_table() -> None:
    [_, by_question] = result(FALLING | {"1": ["no"]}, 40).tables
    assert "What is the capital of Australia?" in {row[0] for row in by_question.rows}


@pytest.mark.parametrize(
    ("level", "texts", "told"),
    [("0", ["RIGHT", "no"], "At temperature 0 the answers to 8 of 8 questions differ"),
     ("1", ["no"], "Drawn at temperature 1, all answers to every question are the same")],
)  # fmt: skip
def test_draws_that_are_not_what_their_temperature_promises_are_told(
    level: str, texts: list[str], told: str
) -> None:
    others = {
        "0": ["RIGHT"],
        "0.1": ["x", "y"],
        "0.5": ["x", "y"],
        "1": ["x", "y"],
        "2": ["x", "y"],
    }
    assert not any("temperature 0 the answers" in each or "Drawn at" in each
                   for each in result(others).caveats)  # fmt: skip
    assert any(told in each for each in result(others | {level: texts}).caveats)


def test_a_locked_plan_gives_the_same_design_again() -> None:
    request: Request = request_of(3)
    design = EXPERIMENT.prepare(request)
    plan = lock(EXPERIMENT, Order(request, ("m",)), design, "", NOW)
    assert design_of(plan, EXPERIMENT).hash == design.hash
    assert isinstance(request.options, Options)


def test_drawn_answers_are_never_written_together() -> None:
    """A draw moves with any logit, so no margin would tell which of them to repeat."""
    design, asked = EXPERIMENT.prepare(request_of(2)), []

    def ask(trials: Sequence[Trial], mode: RowMode) -> Generator[object, None, list[RowResult]]:
        asked.append(mode)
        yield mode
        return [RowResult(n, "Paris") for n, _ in enumerate(trials)]

    _, certificate = watch(certify(design, EXPERIMENT.scorer, ask, "batched", 1))
    assert certificate.mode == "exact" and "batched" not in asked
