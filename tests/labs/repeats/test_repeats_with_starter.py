"""Questions that the real starter is asked again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from labs.experiments.design import Trial
from labs.experiments.record.trials import TrialRecord
from labs.experiments.running.asker import Asker
from labs.experiments.running.prompts import PromptWriter
from labs.experiments.running.room import context_need
from labs.repeats.analysis import analyse
from labs.repeats.experiment import EXPERIMENT
from models.cancel import CancelToken
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.library.library import Library
from models.long_work import result_of
from tests.labs.experiments.running import Lab
from tests.labs.repeats.conftest import NOW, request_of

pytestmark = pytest.mark.slow
DESIGN = EXPERIMENT.prepare(request_of(2, formats=2))
TRIALS = [trial for trial in DESIGN.trials if trial.repeat < 2]


@pytest.fixture
def asker(starter: Path, sandbox: Sandbox, tmp_path: Path) -> Iterator[Asker]:
    library = Library(tmp_path / "models.sqlite3", (), (), starter=starter)
    with closing(Pool()) as pool:
        subject = Lab(library, pool, sandbox).subject("starter")
        lease = result_of(subject.lease(context_need(DESIGN, "exact", None), CancelToken()))
        writer = PromptWriter(lease.engine.info, sandbox, NOW, is_simulated=False)
        yield Asker("starter", lease.engine, writer, DESIGN, EXPERIMENT.scorer, 1, lambda: NOW,
                    CancelToken(), lambda prompt: None)  # fmt: skip
        lease.release()


def ask(asker: Asker, trials: Sequence[Trial]) -> dict[str, TrialRecord]:
    rows = asker.ask(trials, "exact")
    return {trial.key: asker.record(trial, row, "exact") for trial, row in rows}


def text_of(record: TrialRecord) -> str:
    return record.lanes["free"].text or ""


def test_draws_of_a_question_differ_above_temperature_0_and_come_again_with_their_seed(
    asker: Asker,
) -> None:
    first = ask(asker, TRIALS)
    told = {(t.item, t.factors["temperature"], t.repeat): text_of(first[t.key]) for t in TRIALS}
    assert len(told) == 2 * 2 * 2 and all(told.values())
    for item in DESIGN.items:
        assert told[item, "0", 0] == told[item, "0", 1]
        assert told[item, "1", 0] != told[item, "1", 1]
    drawn = [trial for trial in TRIALS if trial.temperature]
    again = ask(asker, drawn[::-1])
    assert {key: text_of(record) for key, record in again.items()} == {
        trial.key: text_of(first[trial.key]) for trial in drawn
    }
    found = analyse(DESIGN, "starter", list(first.values()), 1)
    assert "2 questions, each asked 2 times" in found.finding.sentence
    assert found.lanes["free"]["distinct_at_0"].value == 1
