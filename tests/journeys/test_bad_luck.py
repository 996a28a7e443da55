"""Bad luck from outside the window: it is killed, starved or shut out, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from labs.chat.store import ChatStore

ONE_MESSAGE = [sys.executable, "-m", "tests.journeys.one_message"]
WINDOW = [sys.executable, "-m", "app"]
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


@posix
def test_a_killed_window_leaves_no_orphan_and_loses_half_a_second(home: Path) -> None:
    with start(home, [*ONE_MESSAGE, "sim:slow", "go"]) as window:
        assert window.stdout is not None
        grown = [json.loads(window.stdout.readline()) for _ in range(60)]
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
    """Assay as a user starts it, once it listens for a second start; killed in the end."""
    (home / "raise-window").unlink(missing_ok=True)
    with start(home, WINDOW) as window:
        try:
            while not (home / "raise-window").exists():
                assert window.poll() is None
            yield window
        finally:
            window.kill()


@posix
def test_a_second_start_raises_the_first_window_and_says_when_that_hangs(home: Path) -> None:
    with open_window(home) as first:
        answered = subprocess.run(WINDOW, env=environment(home), capture_output=True, text=True)
        assert "comes to the front" in answered.stdout
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
        answered = subprocess.run(WINDOW, env=environment(home), capture_output=True, text=True)
    assert "comes to the front" in answered.stdout


def test_two_windows_of_two_homes_do_not_know_each_other(tmp_path: Path) -> None:
    homes = [tmp_path / "a home with spaces", tmp_path / "Häuschen ☃ 家"]
    windows = [start(home, [*ONE_MESSAGE, "sim:echo", home.name]) for home in homes]
    for home, window in zip(homes, windows, strict=True):
        with window:
            shown = json.loads(window.communicate(timeout=120)[0].splitlines()[-1])
        assert [text for _, _, text in shown["messages"]] == [home.name, home.name]


# ---- files -------------------------------------------------------------------------------------


def damaged(home: Path) -> None:
    (home / "chats.sqlite3").write_bytes(b"no chats at all" * 400)


def from_a_newer_assay(home: Path) -> None:
    ChatStore(home / "chats.sqlite3").close()
    with closing(sqlite3.connect(home / "chats.sqlite3")) as database:
        database.execute("PRAGMA user_version = 99")


def of_another_program(home: Path) -> None:
    with closing(sqlite3.connect(home / "chats.sqlite3")) as database:
        database.execute("CREATE TABLE chats (whatever)")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (damaged, "chat file is damaged"),
        (from_a_newer_assay, "written by a newer Assay"),
        (of_another_program, "chat file is damaged"),
    ],
)
def test_chats_that_cannot_be_read_are_left_as_they_are(
    home: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(home)
    before = (home / "chats.sqlite3").read_bytes()
    shown = screen(home, "sim:echo", "hello")
    assert sentence in shown["notices"][0] and "not saved" in shown["notices"][0]
    assert shown["messages"][1] == ["assistant", "complete", "hello"]
    assert (home / "chats.sqlite3").read_bytes() == before


@posix
def test_chats_that_another_program_holds_are_a_sentence(home: Path) -> None:
    ChatStore(home / "chats.sqlite3").close()
    with closing(sqlite3.connect(home / "chats.sqlite3", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE held (x)")
        assert "in use by another program" in screen(home, "sim:echo", "hello")["notices"][0]


@pytest.mark.parametrize("content", ["{", "[]", '{"theme": 7, "text_percent": "huge"}', "\x00"])
def test_a_damaged_settings_file_costs_the_settings_only(home: Path, content: str) -> None:
    (home / "settings.json").write_text(content)
    shown = screen(home, "sim:echo", "hello")
    assert "put back to their defaults" in shown["notices"][0]
    assert shown["messages"][1] == ["assistant", "complete", "hello"]
    assert content in [path.read_text() for path in home.glob("settings.backup-*")]


# ---- a disk that is full, or takes nothing -------------------------------------------------------


@pytest.mark.parametrize("size", ["8k", "40k", "110k", "160k", "400k"])
def test_a_full_disk_is_a_sentence_wherever_it_is_met(
    small_disk: Callable[..., Path], size: str
) -> None:
    shown = screen(small_disk(f"size={size}"), "sim:long", "go")
    said = " ".join([shown["bar"], *shown["notices"]])
    assert "disk is full" in said or "No space left" in said


def test_a_home_that_became_read_only_can_still_be_used(small_disk: Callable[..., Path]) -> None:
    home = small_disk("size=4m")
    screen(home, "sim:echo", "before")
    small_disk("size=4m,remount,ro")
    shown = screen(home, "sim:echo", "hello")
    assert "cannot be opened for writing" in shown["notices"][0]
    assert shown["messages"][1] == ["assistant", "complete", "hello"]


# ---- what a reply may not do ---------------------------------------------------------------------


def test_a_hostile_reply_opens_no_file_and_no_connection(home: Path, tmp_path: Path) -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is not there to watch.")
    log = tmp_path / "calls"
    watch = ["strace", "-f", "-e", "trace=open,openat,connect,sendto", "-o", str(log)]
    with start(home, [*watch, *ONE_MESSAGE, "sim:hostile", "go"]) as window:
        out, _ = window.communicate(timeout=120)
    assert "file:///etc/hostname" in json.loads(out.splitlines()[-1])["messages"][1][2]
    calls = log.read_text(errors="replace")
    assert "chats.sqlite3" in calls
    assert not any(word in calls for word in ("etc/hostname", "pixel.png", "x.png", "AF_INET"))
