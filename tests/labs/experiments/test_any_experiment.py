"""Experiments are data: one that nobody here knows gets flags, a run and results all the same."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import run as command
from app.settings import Settings
from labs.experiments.experiment import options_from
from labs.experiments.record.conclude import conclude
from models.errors import UserError
from tests.labs.experiments.dummy_experiment import EXPERIMENT, Options
from tests.labs.experiments.running import Lab


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    command.add_arguments(made, (EXPERIMENT,))
    return made


def test_its_options_become_flags_with_their_hints() -> None:
    text = " ".join(parser().format_help().split())
    assert "--carrier {email,page}" in text
    assert "Plant the instruction in capitals." in text


def test_a_value_that_is_not_offered_is_a_sentence() -> None:
    with pytest.raises(UserError, match="cannot be chosen for Carrier"):
        options_from(EXPERIMENT, {"carrier": "fax"})
    assert options_from(EXPERIMENT, {"carrier": "page"}) == Options(carrier="page")


def test_it_runs_from_the_command_line(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = SimpleNamespace(current=Settings(keep_awake=False))
    services: Any = SimpleNamespace(
        library=lab.library, pool=lab.pool, sandbox=lab.sandbox, settings=settings
    )
    words = ["planted", "--model", "sim:late-canary", "--items", "4", "--carrier", "page",
             "--seed", "3", "--out", str(tmp_path / "run")]  # fmt: skip
    with lab.working():
        assert command.run(parser().parse_args(words), services) == 0
    assert "obeys late" in capsys.readouterr().out


def test_five_outcomes_and_three_factors_are_kept(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:late-canary", experiment=EXPERIMENT, items=4)
    results = lab.finish(made, EXPERIMENT)
    assert len(made.trials()) == 4 * 8
    assert {r.outcome("free") for r in made.trials()} == {"executed", "processed"}
    numbers = results["models"][0]["lanes"]["free"]
    assert (numbers["obeyed_end"]["value"], numbers["obeyed_start"]["value"]) == (1.0, 0.0)
    assert conclude(made, EXPERIMENT)["models"] == results["models"]
