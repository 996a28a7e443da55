"""The whole instrument on the real starter model: it answers by the wording, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.labs.experiments.running import Lab

# The certificate and sixteen items in three formats take most of the time.
pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_starter_answers_by_the_wording_and_each_trial_can_be_checked(
    lab: Lab, tmp_path: Path, starter: Path
) -> None:
    made = lab.plan(tmp_path / "run", lab.subject("starter").id, items=16, formats=3)
    (result,) = lab.finish(made)["models"]
    assert result["finding"]["verdict"] == "answers by the wording"
    (entry,) = made.json("manifest.json")["models"]
    (comparison,) = entry["certificate"]["comparisons"]
    assert (comparison["largest_difference_nats"], entry["mode"]) == (0.0, "exact")
    assert len(entry["sha256"]) == 64
    assert "SmolLM" in entry["added_system_prompt"]
    for record in made.trials():
        assert set(record.lanes) == {"free", "forced", "likelihood"}
        assert 0 < record.lanes["likelihood"].label_mass <= 1
