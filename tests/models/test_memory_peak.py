"""The most memory that a process has held is its own, not that of the one that started it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from models.hardware.memory_peak import peak_bytes

ASK = "from models.hardware.memory_peak import peak_bytes; print(peak_bytes())"
MORE = 400 * 2**20


def test_a_child_of_a_large_process_does_not_count_its_parents_memory() -> None:
    held = bytearray(MORE)
    held[::4096] = b"x" * len(held[::4096])
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, check=True, text=True)
    assert 2**20 < int(told.stdout) < MORE / 2


def test_it_grows_with_what_is_held_and_stays_when_that_is_gone() -> None:
    script = f"{ASK}; x = b'x' * {MORE}; del x; print(peak_bytes())"
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    before, after = map(int, told.stdout.split())
    assert after - before > 0.9 * MORE
    assert peak_bytes() > 2**20


def test_a_system_that_does_not_tell_it_is_asked_otherwise(tmp_path: Path) -> None:
    for text in ("", "VmHWM:\n", "VmHWM: much kB\n"):
        (tmp_path / "status").write_text(text)
        assert peak_bytes(tmp_path / "status") > 2**20
    assert peak_bytes(tmp_path / "none") > 2**20
