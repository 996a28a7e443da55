"""`assay chat` as it is typed: with simulated models, in a home of its own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import _report, main
from app.cli.chat import INTERRUPTED
from labs.chat.store import ChatStore

ROOT = Path(__file__).parents[2]


@pytest.fixture
def assay(home, capsys):
    """Run `assay chat` with these words; returns exit code, stdout and stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["chat", *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def saved_chats(home: Path) -> int:
    store = ChatStore(home / "chats.sqlite3")
    try:
        return len(store.chats())
    finally:
        store.close()


def test_the_reply_is_printed(assay):
    assert assay("Hello there", "--model", "sim:echo") == (0, "Hello there\n", "")


def test_json_holds_text_numbers_and_record(assay):
    code, out, _ = assay("Hello there", "--model", "sim:echo", "--json", "--seed", "5")
    answer = json.loads(out)
    assert (code, answer["text"], answer["stop_reason"]) == (0, "Hello there", "end")
    assert answer["reply_tokens"] == 2 and answer["prompt_tokens"] > 2
    assert answer["time_to_first_token_s"] > 0 and answer["tokens_per_second"] > 0
    assert answer["provenance"]["sampling"]["seed"] == 5


def test_nothing_is_saved_unless_asked(assay, home):
    assay("Hello", "--model", "sim:echo")
    assert saved_chats(home) == 0
    assay("Hello", "--model", "sim:echo", "--save")
    assert saved_chats(home) == 1


def test_a_question_can_come_from_the_input(assay, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("from a pipe"))
    assert assay("-", "--model", "sim:echo")[1] == "from a pipe\n"


def test_the_reply_ends_at_max_tokens(assay):
    _, out, _ = assay("go", "--model", "sim:long", "--max-tokens", "4", "--json")
    assert json.loads(out)["reply_tokens"] == 4
    assert json.loads(out)["stop_reason"] == "length"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["x", "--model", "nosuch"], "no model called"),
        (["x", "--model", "sim:nosuch"], "sim:"),
        (["x", "--model", ""], "no model called"),
        (["x", "--model", "sim:slow?delay_ms=soon"], "delay_ms"),
        (["x", "--model", "sim:slow?tokens=-1"], "tokens"),
        (["x", "--model", "sim:echo?load_ms=nan"], "load_ms"),
        (["x", "--model", "sim:crash-load"], "ended"),
        (["  ", "--model", "sim:echo"], "nothing to ask"),
        (["x", "--model", "sim:echo", "--max-tokens", "0"], "1 or more"),
        (["x", "--model", "sim:echo", "--temperature", "99"], "between 0 and 10"),
        (["word " * 300_000, "--model", "sim:echo"], "has room for"),
    ],
)
def test_failures_are_a_sentence_on_stderr(assay, words, sentence):
    code, out, err = assay(*words)
    assert (code, out) == (1, "") and sentence in err
    assert "Traceback" not in err and err.count("\n") == 1


def test_a_crash_in_the_middle_keeps_what_was_written(assay):
    code, out, err = assay("please crash", "--model", "sim:crash")
    assert code == 1 and out.startswith("I") and "ended" in err


def test_a_reply_cannot_move_the_cursor(assay):
    _, out, _ = assay("a\x1b[2Jb\x07c\x9b1m", "--model", "sim:echo")
    assert out == "a[2Jbc1m\n"


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C reaches a process group on POSIX only")
def test_ctrl_c_stops_with_what_was_written(home):
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "app", "chat", "go", "--model", "sim:slow"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    begun = process.stdout.read(8)
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate()
    assert process.returncode == INTERRUPTED
    assert begun == b"Sentence" and rest.endswith(b"\n")


@pytest.mark.parametrize("words", [["chat", "go", "--model", "sim:long"], ["models", "list"]])
def test_an_output_that_nobody_reads_is_no_trouble(home, words):
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "app", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    process.stdout.read(8)
    process.stdout.close()
    with process:
        assert process.stderr.read() == b""


def test_without_an_input_there_is_nothing_to_ask(assay, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert "nothing to ask" in assay("-", "--model", "sim:echo")[2]


def test_a_bug_is_one_line_on_stderr_even_where_no_report_can_be_kept(home, capsys):
    (home / "crashes").write_text("no folder")
    assert _report(RuntimeError("upside down\nTraceback of another process")) == 1
    err = capsys.readouterr().err
    assert "upside down" in err and "Traceback" not in err and err.count("\n") == 1
