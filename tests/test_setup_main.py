"""The two commands as a whole, run for real where the checkout is already set up."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from setup.lab import lab_key
from setup.lock import Lock
from setup.main import is_ready, main, make_run

ROOT = Path(__file__).parents[1]


@pytest.fixture
def without_network() -> list[str]:
    """Words that run a program where there is no network at all."""
    words = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*words, "true"], check=False).returncode:
        pytest.skip("This system does not let us make a place without a network.")
    return words


@pytest.mark.slow
def test_a_second_start_needs_no_network_and_says_little(without_network: list[str]):
    run = make_run(ROOT)
    if not run.stamps.matches("lab", lab_key(run)) or not is_ready(run):
        pytest.skip("This checkout was not set up by start.py since its last change.")
    ended = subprocess.run(
        [*without_network, sys.executable, "start.py", "setup"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("\n") == 1
    assert ended.stdout.endswith("Everything is ready.\n")


def test_an_unknown_command_is_refused_with_the_known_ones(capsys, tmp_path: Path):
    with pytest.raises(SystemExit):
        main(tmp_path, ["fly"])
    assert "open" in capsys.readouterr().err


def test_a_second_set_up_beside_a_running_one_is_refused(capsys, tmp_path: Path):
    with Lock(make_run(tmp_path).places.lock):
        assert main(tmp_path, ["setup"]) == 1
    assert "Another start.py is at work here" in capsys.readouterr().out


@pytest.mark.parametrize("path", [ROOT / "start.py", *sorted((ROOT / "setup").glob("*.py"))])
def test_the_set_up_needs_nothing_but_python(path: Path):
    program = f"import runpy; runpy.run_path({str(path)!r})"
    words = [sys.executable, "-S", "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); "]
    subprocess.run([*words[:-1], words[-1] + program], check=True)
