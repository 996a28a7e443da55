"""Each check of the doctor on something whole and something broken."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.doctor import files, machine, reply, software
from app.doctor.check import Check
from app.doctor.examination import report, verdict
from labs.chat.store import ChatStore
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.hardware.memory import MemoryFree

GB = 2**30


@pytest.mark.parametrize(("free_gb", "state"), [(8, "ok"), (1, "warn"), (0.2, "fail")])
def test_little_memory_is_told(free_gb: float, state: str) -> None:
    check = machine.memory(MemoryFree(int(free_gb * GB), 16 * GB))
    assert check.state == state and bool(check.advice) == (state != "ok")


@pytest.mark.parametrize(("free_gb", "state"), [(80, "ok"), (2, "warn"), (0.2, "fail")])
def test_a_full_disk_is_told(tmp_path: Path, free_gb: float, state: str) -> None:
    assert machine.disk(tmp_path, int(free_gb * GB)).state == state


def test_a_missing_graphics_card_is_no_fault() -> None:
    assert machine.graphics().state == "ok"


@pytest.mark.parametrize(
    ("content", "state"),
    [(None, "ok"), ('{"theme": "dark"}', "ok"), ("[1]", "warn"), ("{", "warn"), ("\xff", "warn")],
    ids=["none yet", "sound", "a list", "torn", "no text"],
)
def test_settings_are_looked_at_and_left_alone(
    tmp_path: Path, content: str | None, state: str
) -> None:
    path = tmp_path / "settings.json"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    assert files.settings(path).state == state
    assert [p.name for p in tmp_path.iterdir()] == ([] if content is None else ["settings.json"])


def test_sound_chats_are_readable(tmp_path: Path) -> None:
    ChatStore(tmp_path / "chats.sqlite3", lambda: 0.0).close()
    assert files.chats(tmp_path / "chats.sqlite3").state == "ok"


def test_no_chats_yet_is_no_fault_and_makes_no_file(tmp_path: Path) -> None:
    assert files.chats(tmp_path / "chats.sqlite3").state == "ok"
    assert not list(tmp_path.iterdir())


def test_damaged_chats_fail_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "chats.sqlite3"
    path.write_bytes(b"not a database" * 1000)
    check = files.chats(path)
    assert check.state == "fail" and check.advice


def test_chats_of_a_newer_assay_fail_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "chats.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    assert "newer" in files.chats(path).sentence


def test_the_door_is_found_shut() -> None:
    assert software.door().state == "ok"


def test_qt_is_tried_in_a_process_of_its_own() -> None:
    check = software.qt()
    assert check.state == "ok" and check.facts["platform"] == "offscreen"


def test_a_qt_that_cannot_start_fails_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "nosuchplatform")
    check = software.qt()
    assert check.state == "fail" and check.advice


def test_versions_and_fonts_are_there() -> None:
    assert software.versions().facts["python"]
    assert software.fonts().state == "ok"


def ask(model: Path | None) -> Check:
    pool, sandbox = Pool(), Sandbox()
    try:
        return reply.answer(model, pool, sandbox)
    finally:
        pool.close()
        sandbox.close()


def test_without_the_starter_the_advice_is_to_prepare_it() -> None:
    assert {reply.starter(None).advice, ask(None).advice} == {reply.PREPARE}


def test_a_simulated_model_answers_like_the_starter() -> None:
    check = ask(Path("sim:echo"))
    assert check.state in ("ok", "warn") and check.facts["device"]


def test_a_model_that_cannot_be_read_fails_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF")
    check = ask(path)
    assert check.state == "fail" and check.advice


@pytest.mark.model
def test_the_real_starter_answers(starter: Path) -> None:
    check = ask(starter)
    assert check.state == "ok", check
    assert check.facts["reply"]


def test_the_verdict_is_the_worst_state() -> None:
    ok, warn, fail = (Check("x", state, "") for state in ("ok", "warn", "fail"))
    assert [verdict([ok]), verdict([ok, warn]), verdict([fail, ok, warn])] == ["ok", "warn", "fail"]


def test_the_report_is_one_object_with_every_check() -> None:
    checks = (Check("Folder", "ok", "Files are here."), Check("Memory", "warn", "Little."))
    content = json.loads(report(checks, datetime(2030, 1, 1, tzinfo=UTC)))
    assert content["verdict"] == "warn"
    assert [check["name"] for check in content["checks"]] == ["Folder", "Memory"]
