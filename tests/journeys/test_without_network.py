"""The proof of offline: whole journeys in a network of their own that holds loopback only."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ISOLATE = [
    "unshare",
    "--map-root-user",
    "--net",
    "sh",
    "-c",
    'ip link set lo up && exec "$@"',
    "sh",
]


@pytest.fixture(scope="module")
def isolated() -> list[str]:
    """The beginning of a command that runs without a network; skips where that cannot be had."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("This system cannot take the network away from a process.")
    tried = subprocess.run([*ISOLATE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"No network of one's own is allowed here: {tried.stderr.strip()}")
    return [*ISOLATE, sys.executable, "-m"]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_there_really_is_no_network(isolated: list[str]) -> None:
    seen = run([*isolated[:-2], "cat", "/proc/net/dev"]).stdout.splitlines()[2:]
    assert [line.split(":")[0].strip() for line in seen] == ["lo"]


def test_a_simulated_model_chats_without_a_network(isolated: list[str], home: Path) -> None:
    done = run([*isolated, "app", "chat", "Hello there", "--model", "sim:echo"])
    assert (done.returncode, done.stdout.strip()) == (0, "Hello there"), done.stderr


@pytest.mark.model
def test_the_real_starter_chats_without_a_network(
    isolated: list[str], home: Path, starter: Path
) -> None:
    done = run([*isolated, "app", "chat", "Hello", "--model", "starter", "--max-tokens", "8"])
    assert done.returncode == 0 and done.stdout.strip(), done.stderr


@pytest.mark.model
def test_the_doctor_finds_everything_ready_without_a_network(
    isolated: list[str], home: Path, starter: Path
) -> None:
    done = run([*isolated, "app", "doctor"])
    assert done.returncode == 0 and "are refused" in done.stdout, done.stdout


def test_the_window_opens_its_page_without_a_network(isolated: list[str], home: Path) -> None:
    done = run([*isolated, "tests.bench.children.assay_window"])
    assert done.returncode == 0 and "page_at" in done.stdout, done.stderr


@pytest.mark.model
@pytest.mark.slow
def test_a_chat_a_run_and_every_page_ask_for_no_connection_at_all(
    isolated: list[str], home: Path, starter: Path, tmp_path: Path
) -> None:
    words = [str(starter), str(tmp_path / "run")]
    done = run([*isolated, "tests.journeys.sealed_window", *words])
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert len(seen["replies"]) == 1 and (tmp_path / "run" / "results.json").is_file()
    assert (seen["ledger"], seen["native"]) == ([], [])
