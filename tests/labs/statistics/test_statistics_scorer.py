"""The scorer against labels given by hand, counted by hand."""

import pytest

from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.proportions import wilson
from labs.experiments.statistics.scorer import check_scorer

HAND = ["YES", "YES", "YES", "NO", "NO", "UNPARSED"]
RULE = ["YES", "YES", "NO", "NO", "UNPARSED", "UNPARSED"]


def test_sensitivity_and_specificity_are_counted_for_each_outcome():
    yes = next(check for check in check_scorer(HAND, RULE).labels if check.label == "YES")
    assert (yes.sensitivity.value, yes.sensitivity.n) == (pytest.approx(2 / 3), 3)
    assert (yes.specificity.value, yes.specificity.n) == (1, 3)
    assert yes.sensitivity.low == wilson(2, 3).low


def test_agreement_confusion_and_disagreements_are_there():
    found = check_scorer(HAND, RULE)
    assert found.agreement.value == pytest.approx(4 / 6)
    assert found.disagreements == (2, 4)
    assert found.confusion["YES", "NO"] == 1


def test_an_outcome_never_seen_by_hand_has_no_sensitivity():
    found = check_scorer(["YES", "YES"], ["YES", "NO"])
    no, yes = found.labels
    assert "never NO" in no.sensitivity.reason
    assert "always YES" in yes.specificity.reason


def test_without_labels_by_hand_nothing_is_checked():
    assert isinstance(check_scorer([], []), NotDefined)


def test_labels_by_hand_must_match_the_answers():
    with pytest.raises(ValueError, match="zip"):
        check_scorer(["YES"], [])
