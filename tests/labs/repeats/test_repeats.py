"""The same question asked again and again."""

from __future__ import annotations

import math
import re
from collections.abc import Generator, Sequence

import pytest

from labs.experiments.design import Design, Trial
from labs.experiments.experiment import Request
from labs.experiments.record.manifest import GREEDY, sampling_at
from labs.experiments.record.plan import Order, design_of, lock
from labs.experiments.record.trials import LaneResult, TrialRecord
from labs.experiments.results import ModelResult
from labs.experiments.running.certificate import certify
from labs.repeats.analysis import FALLS, NO_CHANGE, analyse
from labs.repeats.entropy import entropy_bits
from labs.repeats.experiment import EXPERIMENT, Options
from labs.repeats.reading import meaning, normalised
from models.engine.messages import RowMode, RowResult
from models.errors import UserError
from tests.labs.repeats.conftest import NOW, request_of
from tests.long_work import watch


def answered(design: Design, texts: dict[str, Sequence[str]]) -> list[TrialRecord]:
    """Each question answered alike: at each temperature the given texts in turn."""
    found = []
    for trial in design.trials:
        said = texts[trial.factors["temperature"]]
        text = said[trial.repeat % len(said)].replace("RIGHT", trial.oracle["labels"]["right"])
        outcome = EXPERIMENT.scorer.read(trial, text, "end").outcome
        found.append(TrialRecord(
            "m", trial.item, trial.cluster, trial.factors, trial.repeat, trial.truth,
            {"free": LaneResult(outcome, text=text)}, "", 0, "exact",
        ))  # fmt: skip
    return found


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
    ],
)  # fmt: skip
def test_an_answer_is_right_where_it_names_the_known_one(text: str, outcome: str) -> None:
    trial = next(t for t in EXPERIMENT.prepare(request_of(40)).trials if t.item == "open-01")
    assert EXPERIMENT.scorer.read(trial, text, "end").outcome == outcome


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
    assert analyse(design, "m", right, 1).finding.verdict == NO_CHANGE


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
