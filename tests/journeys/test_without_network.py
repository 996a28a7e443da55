"""Whole journeys where no network exists: a namespace of their own with only loopback up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NO_NETWORK = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
LIMIT_S = 150


def can_cut_the_network() -> bool:
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    return subprocess.run([*NO_NETWORK, "true"], capture_output=True).returncode == 0


@pytest.fixture(params=["as usual", "no network"])
def run(request: pytest.FixtureRequest, home: Path) -> Any:
    """Runs Python with these arguments and returns what it printed as JSON."""
    prefix: list[str] = []
    if request.param == "no network":
        if not can_cut_the_network():
            pytest.skip("this system gives no network namespace without privileges")
        prefix = NO_NETWORK

    def call(*arguments: str) -> Any:
        done = subprocess.run(
            [*prefix, sys.executable, *arguments], capture_output=True, text=True,
            timeout=LIMIT_S, env={**os.environ, "ASSAY_HOME": str(home)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


@pytest.mark.slow
@pytest.mark.model
def test_a_first_question_is_answered_and_found_again(run: Any, starter: Path) -> None:
    first = run(str(HERE / "first_minute.py"), str(starter))
    assert len(first["replies"]) == 1
    assert first["replies"][0]
    assert run(str(HERE / "first_minute.py"), "again") == first


@pytest.mark.slow
@pytest.mark.model
def test_one_turn_on_the_command_line(run: Any, starter: Path) -> None:
    turn = run("-m", "app", "chat", "What is the capital of France?", "--model", str(starter),
               "--seed", "1", "--max-tokens", "8", "--json")  # fmt: skip
    assert turn["text"]
    assert turn["stop_reason"] in ("length", "end")
    assert turn["provenance"]["seed"] == 1


@pytest.mark.slow
@pytest.mark.model
def test_the_doctor_finds_a_healthy_machine(run: Any, starter: Path) -> None:
    report = run("-m", "app", "doctor", "--json")
    assert all(check["state"] != "fail" for check in report["checks"])
