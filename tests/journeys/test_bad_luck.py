"""Bad luck from outside the window: it is killed or hangs, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.crash import RUN_PREFIX
from labs.chat.store import ChatStore

ONE_MESSAGE = [sys.executable, "-m", "tests.journeys.one_message"]
WINDOW = [sys.executable, "-m", "app"]
LOOK_FOR_OLLAMA = 'AF_INET, sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")'
posix = pytest.mark.skipif(os.name != "posix", reason="needs signals")


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "ASSAY_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}


def start(home: Path, words: list[str]) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(words, env=environment(home), stdout=pipe, stderr=pipe, text=True)


def screen(home: Path, *words: str) -> dict[str, Any]:
    """What is on the screen after opening the window in `home`, and sending a message if told."""
    with start(home, [*ONE_MESSAGE, *words]) as window:
        out, err = window.communicate(timeout=120)
    assert window.returncode == 0 and "Traceback" not in err, err
    shown: dict[str, Any] = json.loads(out.splitlines()[-1])
    return shown


# ---- the window's own process ------------------------------------------------------------------


@pytest.mark.slow
@posix
def test_a_killed_window_leaves_no_orphan_and_loses_half_a_second(home: Path) -> None:
    with start(home, [*ONE_MESSAGE, "sim:slow", "go"]) as window:
        assert window.stdout is not None
        grown = [json.loads(window.stdout.readline())]
        while grown[-1]["at_s"] < grown[0]["at_s"] + 2:
            grown.append(json.loads(window.stdout.readline()))
        children = psutil.Process(window.pid).children(recursive=True)
        window.kill()
        grown += map(json.loads, window.stdout.readlines())
    assert children and psutil.wait_procs(children, timeout=10)[1] == []
    with closing(ChatStore(home / "chats.sqlite3")) as store:
        question, answer = store.messages(1)
    until_s = grown[-1]["at_s"] - 1.0  # saved every 0.4 s; a busy machine may be late with it
    assert (question.text, answer.state) == ("go", "interrupted")
    assert len(answer.text) >= max(g["n_letters"] for g in grown if g["at_s"] <= until_s)
    assert screen(home)["messages"][1][1] == "interrupted"


@contextmanager
def open_window(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Assay as a user starts it, once it has answered to a second start; killed in the end."""
    request = home / "raise-window"
    with start(home, WINDOW) as window:
        try:
            wait_until(window, (home / "crashes" / f"{RUN_PREFIX}{window.pid}.txt").exists)
            request.write_text("rise\n")
            wait_until(window, lambda: not request.stat().st_size)
            yield window
        finally:
            window.kill()


def wait_until(window: subprocess.Popen[str], happened: Callable[[], bool]) -> None:
    while not happened():
        with suppress(subprocess.TimeoutExpired):
            window.wait(0.05)
        assert window.poll() is None


def start_again(home: Path) -> str:
    """What a second start in the same home says."""
    second = subprocess.run(
        WINDOW, env=environment(home), capture_output=True, text=True, timeout=60
    )
    return second.stdout


@posix
def test_a_second_start_raises_the_first_window_and_says_when_that_hangs(home: Path) -> None:
    with open_window(home) as first:
        assert "comes to the front" in start_again(home)
        os.kill(first.pid, signal.SIGSTOP)
        with start(home, WINDOW) as second:
            assert second.stderr is not None
            said = second.stderr.readline()
            second.kill()
    assert "does not answer" in said and f"end the process {first.pid}" in said


@posix
def test_what_a_killed_window_left_does_not_keep_the_next_from_opening(home: Path) -> None:
    with open_window(home):
        pass
    with open_window(home):
        assert "comes to the front" in start_again(home)


def test_two_windows_of_two_homes_do_not_know_each_other(tmp_path: Path) -> None:
    homes = [tmp_path / "a home with spaces", tmp_path / "Häuschen ☃ 家"]
    windows = [start(home, [*ONE_MESSAGE, "sim:echo", home.name]) for home in homes]
    for home, window in zip(homes, windows, strict=True):
        with window:
            shown = json.loads(window.communicate(timeout=120)[0].splitlines()[-1])
        assert [text for _, _, text in shown["messages"]] == [home.name, home.name]


# ---- what a reply may not do ---------------------------------------------------------------------


def test_a_hostile_reply_opens_no_file_and_no_connection(home: Path, tmp_path: Path) -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is not there to watch.")
    log = tmp_path / "calls"
    watch = ["strace", "-f", "-e", "trace=open,openat,connect,sendto", "-o", str(log)]
    with start(home, [*watch, *ONE_MESSAGE, "sim:hostile", "go"]) as window:
        out, _ = window.communicate(timeout=120)
    assert "file:///etc/hostname" in json.loads(out.splitlines()[-1])["messages"][1][2]
    calls = log.read_text(errors="replace").replace(LOOK_FOR_OLLAMA, "")  # as every window does
    assert "chats.sqlite3" in calls
    assert not any(word in calls for word in ("etc/hostname", "pixel.png", "x.png", "AF_INET"))
