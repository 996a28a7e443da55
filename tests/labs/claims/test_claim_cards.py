"""The cards compute what eight items show; the figures they were checked against stand here."""

from __future__ import annotations

import pytest

from labs.catalog import find_experiment
from labs.claims.cards import ORIGINAL_SET, cards
from labs.claims.claims import CLAIMS
from labs.experiments.experiment import Request, options_from
from labs.experiments.scenarios.set_file import SCENARIOS, read_set


@pytest.fixture(scope="module")
def by_id():
    return {card.claim.id: card for card in cards()}


FIGURES = [
    ("H1", "claimed", 0.625),
    ("H1", "chance_mean", 0.39),
    ("H1", "chance_95", 0.625),
    ("H1", "rule_fires", 0.70),
    ("H1", "fewest_flips", 9),
    ("H2", "all_four", 1.0),
    ("H2", "always_yes_accuracy", 0.5),
    ("H2", "always_yes_d_prime", 0.0),
    ("H3", "one_step", 0.125),
]


@pytest.mark.parametrize(("claim", "name", "value"), FIGURES)
def test_a_figure_is_that_of_the_reference(by_id, claim, name, value):
    assert by_id[claim].numbers[name].value == pytest.approx(value, abs=0.006)


@pytest.mark.parametrize(
    ("name", "value"), [("chance_mean", 0.27), ("chance_95", 0.5), ("rule_fires", 0.32)]
)
def test_items_of_unequal_difficulty_spread_less(by_id, name, value):
    varied = by_id["H1"].numbers[name].extra["items_of_unequal_difficulty"]
    assert varied == pytest.approx(value, abs=0.015)


@pytest.mark.parametrize(
    ("claim", "name", "low", "high"),
    [
        ("H1", "right_before", 0.68, 1.0),
        ("H2", "all_four", 0.51, 1.0),
        ("H2", "one_of_four", 0.046, 0.70),
        ("H3", "size_correlation", -0.705, 0.705),
    ],
)
def test_an_interval_is_that_of_the_reference(by_id, claim, name, low, high):
    found = by_id[claim].numbers[name]
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.005)


@pytest.mark.parametrize(
    ("claim", "name", "p"), [("H1", "mcnemar", 0.0625), ("H3", "all_against_none", 0.0078)]
)
def test_a_test_is_that_of_the_reference(by_id, claim, name, p):
    assert by_id[claim].numbers[name].p == pytest.approx(p, abs=1e-4)


def test_what_may_be_concluded_is_said_in_the_computed_figures(by_id):
    said = " ".join(by_id["H1"].may_conclude)
    for words in ("39.5 percentage points", "62.5 percentage points", "70 % of models", "9 such"):
        assert words in said
    assert "51 %" in " ".join(by_id["H2"].may_conclude)
    assert "-0.70 to 0.70" in " ".join(by_id["H3"].may_conclude)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
@pytest.mark.parametrize("side", ["replicate", "proper"])
def test_each_protocol_can_be_run(by_id, claim, side):
    protocol = getattr(by_id[claim.id], side)
    experiment = find_experiment(protocol.experiment)
    options = options_from(experiment, protocol.options)
    size = experiment.sizes[protocol.time]
    scenarios = (
        read_set(SCENARIOS / protocol.scenarios)
        if protocol.scenarios
        else experiment.scenarios(options, size, 1)
    )
    assert experiment.design(Request(options, size, 1, scenarios)).trials


def test_the_replication_uses_the_eight_items(by_id):
    assert by_id["H1"].replicate.scenarios == ORIGINAL_SET
    assert len(read_set(SCENARIOS / ORIGINAL_SET).items) == 8
