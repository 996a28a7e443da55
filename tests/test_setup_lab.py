"""The environment is made once; only what changed is installed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import UserError
from setup.lab import prepare_lab, prepare_qt, prepare_venv
from setup.run import SetupRun
from setup.system import System
from tests.setup_fakes import WrittenCommands, setup_run


def make_python(run: SetupRun) -> None:
    run.places.python.parent.mkdir(parents=True, exist_ok=True)
    run.places.python.touch()


def prepare_all(run: SetupRun, extras: str = "") -> None:
    prepare_venv(run)
    prepare_lab(run, extras)
    prepare_qt(run)


@pytest.fixture
def done(tmp_path: Path) -> tuple[SetupRun, WrittenCommands]:
    """A set-up after its first start, its commands forgotten."""
    run, commands = setup_run(tmp_path)
    commands.effects["venv"] = lambda words: make_python(run)
    prepare_all(run, "test")
    assert commands.did("venv") == 1
    commands.commands.clear()
    return run, commands


def test_a_second_start_runs_no_pip(done):
    run, commands = done
    prepare_all(run, "test")
    assert commands.commands == []


def test_plain_starts_need_no_tools_of_the_tests(done):
    run, commands = done
    prepare_all(run)
    assert commands.commands == []


def test_other_extras_are_installed_when_asked_for(done):
    run, commands = done
    prepare_all(run, "test,dev")
    assert commands.did(".[test,dev]") == 1


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_changed_versions_are_installed(done, name):
    run, commands = done
    with (run.places.root / name).open("a") as file:
        file.write("# changed\n")
    prepare_all(run)
    assert commands.did("-e") == 1


def test_the_exact_versions_hold_for_builds_too(done):
    run, commands = done
    run.pip("install", "x", log="x", failure="")
    assert commands.environments[-1]["PIP_BUILD_CONSTRAINT"] == str(run.places.constraints)


def test_a_failed_installation_is_tried_again_at_the_next_start(tmp_path: Path):
    run, commands = setup_run(tmp_path)
    commands.failing.add("install-lab")
    with pytest.raises(UserError, match="online"):
        prepare_lab(run)
    commands.failing.clear()
    prepare_lab(run)
    assert commands.did("-e") == 2


def test_an_environment_that_no_longer_runs_is_made_anew(done):
    run, commands = done
    commands.outputs[run.places.python.name] = None
    prepare_venv(run)
    assert commands.did("venv") == 1
    assert not run.stamps.matches("qt", "1")


def test_damaged_stamps_only_mean_that_the_steps_run_again(done):
    run, commands = done
    run.places.stamps.write_text("{")
    prepare_lab(run)
    assert commands.did("-e") == 1


def test_missing_libraries_of_qt_are_named(tmp_path: Path):
    run, commands = setup_run(tmp_path, System("dnf"))
    commands.outputs[run.places.python.name] = "libEGL.so.1"
    with pytest.raises(UserError, match="mesa-libEGL"):
        prepare_qt(run)
