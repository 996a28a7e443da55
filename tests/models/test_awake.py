"""A long run keeps the machine awake, and lets go of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from models.hardware.awake import awake, inhibitor


@pytest.mark.parametrize(
    ("platform", "first"),
    [("linux", "systemd-inhibit"), ("darwin", "caffeinate"), ("freebsd14", None)],
)
def test_each_system_has_its_own_way(platform: str, first: str | None) -> None:
    command = inhibitor(platform, "a run", 42, find=lambda name: name)
    assert (command[0] if command else None) == first
    assert command is None or any("42" in word for word in command)


def test_a_system_without_a_way_goes_on_all_the_same() -> None:
    with awake("a run", find=lambda name: None) as how:
        assert how == ""


@pytest.mark.skipif(os.name != "posix", reason="needs a script")
def test_the_hold_ends_with_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "systemd-inhibit"
    script.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with awake("a run", platform="linux") as how:
        assert how == "systemd-inhibit"
    assert subprocess.run(["pgrep", "-f", str(script)], check=False).returncode == 1
