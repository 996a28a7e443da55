"""`assay telemetry` says what every sensor found, in words and as JSON."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import telemetry as command
from models.errors import UserError


@pytest.fixture
def services(tmp_path: Path) -> Any:
    return SimpleNamespace(paths=SimpleNamespace(data=tmp_path / "not made yet"))


def run(services: Any, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words), services)


def test_every_sensor_has_a_value_or_a_reason(
    services: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    sensors = told["sensors"]
    assert all((s["value"] is None) == bool(s.get("reason")) for s in sensors.values())
    assert sensors["cpu_percent"]["value"] is not None and sensors["core 0"]["unit"] == "%"
    assert sensors["disk_free_bytes"]["value"] > 0 and told["machine"]["threads"] >= 1


def test_in_words_the_unreadable_stand_below_with_their_reasons(
    services: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services) == 0
    above, _, below = capsys.readouterr().out.partition("Cannot be read:")
    assert "Memory in use" in above and "GB" in above
    assert "battery" in below.lower() or "%" in above


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e9"])
def test_watching_needs_a_time(services: Any, seconds: str) -> None:
    with pytest.raises(UserError, match="--watch"):
        run(services, "--watch", seconds)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal")
def test_watching_prints_a_line_each_time_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "app", "telemetry", "--watch", "0.1"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env={"ASSAY_HOME": str(tmp_path)}
    ) as child:
        assert child.stdout is not None
        lines = [json.loads(child.stdout.readline()) for _ in range(3)]
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 0
    assert lines[0]["time"] < lines[1]["time"] < lines[2]["time"]
