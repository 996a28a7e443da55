"""Every result can be written to a file, says how it was made, and speaks in sentences."""

import json
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass

import numpy as np
import pytest

from labs.experiments.statistics.clusters import (
    cluster_bootstrap,
    clustered_mean,
    paired_difference,
    proportion,
)
from labs.experiments.statistics.detection import signal_detection
from labs.experiments.statistics.estimate import Estimate, HypothesisTest, NotDefined
from labs.experiments.statistics.flips import consistency_rate, flip_rate, yes_rate_movement
from labs.experiments.statistics.formats import against_baseline, cochrans_q
from labs.experiments.statistics.paired import PairedCounts, matched_odds_ratio, newcombe
from labs.experiments.statistics.planning import preview
from labs.experiments.statistics.psychometric import psychometric
from labs.experiments.statistics.ranking import auroc
from labs.experiments.statistics.scorer import check_scorer
from labs.experiments.statistics.spread import spread, worst_format

RNG = np.random.default_rng(60)
TABLE = (RNG.random((48, 3)) < [0.8, 0.6, 0.5]).astype(float)
WORDS = [["YES" if cell else "NO" for cell in row] for row in TABLE]
TRUTH = np.arange(48) % 2 == 0
GROUPS = np.repeat(range(24), 2).tolist()
MARGINS = [-60, -5, -1, 1, 5, 60] * 8

RESULTS = {
    "proportion": proportion(TABLE[:, 0]),
    "grouped proportion": proportion(TABLE[:, 0], GROUPS),
    "grouped mean": clustered_mean(TABLE.mean(axis=1), GROUPS),
    "grouped difference": paired_difference(TABLE[:, 0], TABLE[:, 1], GROUPS),
    "bootstrap": cluster_bootstrap(lambda i: TABLE[i, 0].mean(), GROUPS, seed=1),
    "newcombe": newcombe(PairedCounts(9, 4, 2, 5)),
    "odds ratio": matched_odds_ratio(PairedCounts(9, 4, 2, 5)),
    "spread": spread(TABLE, seed=1),
    "worst format": worst_format(TABLE, "abc", seed=1),
    "contrasts": against_baseline(dict(zip("abc", TABLE.T, strict=True)), "a")[0],
    "grouped contrasts": against_baseline(dict(zip("abc", TABLE.T, strict=True)), "a", GROUPS)[0],
    "cochran": cochrans_q(TABLE),
    "grouped cochran": cochrans_q(TABLE, GROUPS),
    "flips": flip_rate(WORDS, ("YES", "NO")),
    "consistency": consistency_rate(WORDS, ("YES", "NO")),
    "yes rate": yes_rate_movement(WORDS, "YES", ("YES", "NO"), seed=1),
    "detection": signal_detection(TABLE[:, 0], TRUTH),
    "grouped detection": signal_detection(TABLE[:, 0], TRUTH, GROUPS),
    "auroc": auroc(RNG.normal(size=48) + TRUTH, TRUTH),
    "psychometric": psychometric(MARGINS, np.array(MARGINS) + RNG.normal(size=48) * 9 > 0),
    "preview": preview(12, 3),
    "scorer": check_scorer(["YES", "NO", "NO"], ["YES", "NO", "YES"]).labels[0],
    "not defined": proportion([]),
}


def parts(result: object) -> Iterator[Estimate | HypothesisTest | NotDefined]:
    """The estimates, tests and reasons in a result."""
    if isinstance(result, Estimate | HypothesisTest | NotDefined):
        yield result
    elif is_dataclass(result):
        for field in fields(result):
            yield from parts(getattr(result, field.name))


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_made_of_plain_python_numbers(name):
    record = asdict(RESULTS[name])
    if name == "psychometric":
        record["curve"].pop("covariance")
    assert json.loads(json.dumps(record, allow_nan=False))


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_speaks_in_sentences_and_holds_its_value(name):
    for part in parts(RESULTS[name]):
        text = part.reason if isinstance(part, NotDefined) else part.sentence
        assert text[0].isupper() and text.endswith((".", ")"))
        assert "nan" not in text
        if isinstance(part, Estimate):
            assert part.low <= part.value <= part.high
            assert part.method
