"""MLX comes where it is usual or asked for, and stands in nobody's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from setup import mlx
from tests.setup_fakes import setup_run

WANTED = ".[mlx]"


@pytest.mark.parametrize("asked", [True, False])
def test_it_is_installed_where_asked_and_on_apple_silicon(tmp_path: Path, asked: bool):
    run, commands = setup_run(tmp_path)
    mlx.prepare_mlx(run, asked)
    mlx.prepare_mlx(run)
    assert commands.did(WANTED) == int(asked or mlx.is_usual())


def test_once_asked_for_it_follows_new_versions(tmp_path: Path):
    run, commands = setup_run(tmp_path)
    mlx.prepare_mlx(run, asked=True)
    run.places.constraints.write_text("mlx==9\n")
    mlx.prepare_mlx(run)
    assert commands.did(WANTED) == 2


def test_a_failure_is_said_and_stops_nothing(tmp_path: Path):
    run, commands = setup_run(tmp_path)
    run.report.begin()
    commands.failing.add("install-mlx")
    mlx.prepare_mlx(run, asked=True)
    mlx.prepare_mlx(run)  # not again by itself
    assert "all others can" in run.places.status.read_text()
    assert commands.did(WANTED) == 1
