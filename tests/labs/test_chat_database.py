"""The chat file when things go wrong: older, newer, locked, damaged, full, torn."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from labs.chat.database import (
    ChatsDamagedError,
    ChatsLockedError,
    ChatsTooNewError,
    Database,
    DiskFullError,
    backup_path,
    set_aside,
)
from labs.chat.migrations import MIGRATIONS
from labs.chat.store import ChatStore
from models.errors import UserError

ROOT = Path(__file__).parents[2]


def add_stars(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE chats ADD COLUMN stars INTEGER NOT NULL DEFAULT 3")


def fail_half_way(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM messages")
    raise UserError("The step failed.")


@pytest.fixture
def filled(chat_path):
    """A chat file with one chat of one message, closed."""
    store = ChatStore(chat_path)
    store.add_message(store.create_chat().id, None, "user", "Precious")
    store.close()
    return chat_path


def count_messages(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM messages").fetchone()[0]


def test_an_older_file_is_lifted_and_kept_as_a_backup(filled):
    lifted = Database(filled, migrations=(*MIGRATIONS, add_stars))
    with closing(lifted), lifted.read() as connection:
        assert connection.execute("SELECT stars FROM chats").fetchone() == (3,)
    assert count_messages(backup_path(filled, len(MIGRATIONS))) == 1


def test_a_failed_migration_leaves_the_file_as_it_was(filled):
    with pytest.raises(UserError, match="The step failed"):
        Database(filled, migrations=(*MIGRATIONS, add_stars, fail_half_way))
    store = ChatStore(filled)
    assert store.search("Precious")
    store.close()


def test_a_file_that_another_assay_has_open_is_not_migrated_under_it(filled):
    other = ChatStore(filled)
    with pytest.raises(ChatsLockedError):
        Database(filled, migrations=(*MIGRATIONS, add_stars), busy_timeout_s=0.05)
    assert other.search("Precious")
    other.close()


def test_the_file_of_a_newer_assay_is_refused_and_untouched(filled):
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = filled.read_bytes()
    with pytest.raises(ChatsTooNewError, match="newer Assay"):
        ChatStore(filled)
    assert filled.read_bytes() == before


def test_a_locked_file_is_said_in_a_sentence_and_works_afterwards(filled):
    store = ChatStore(filled, busy_timeout_s=0.05)
    with closing(sqlite3.connect(filled, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ChatsLockedError, match="another program"):
            store.create_chat()
        other.execute("ROLLBACK")
    assert store.create_chat().id
    store.close()


@pytest.mark.parametrize("junk", [b"\x00" * 5000, b"not a database at all" * 400])
def test_a_damaged_file_is_said_in_a_sentence_and_not_touched(chat_path, junk):
    chat_path.write_bytes(junk)
    with pytest.raises(ChatsDamagedError, match="damaged"):
        ChatStore(chat_path)
    assert chat_path.read_bytes() == junk


@pytest.mark.parametrize(
    "change",
    [
        "PRAGMA user_version = 0",
        "PRAGMA user_version = -3",
        "DROP TABLE messages",
        "ALTER TABLE messages DROP COLUMN writer",
    ],
)
def test_a_file_with_other_tables_than_ours_counts_as_damaged(filled, change):
    with closing(sqlite3.connect(filled, isolation_level=None)) as connection:
        connection.execute(change)
    with pytest.raises(ChatsDamagedError):
        ChatStore(filled)


def test_damage_inside_the_file_is_said_when_it_is_met(filled):
    content = bytearray(filled.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    filled.write_bytes(content)
    with pytest.raises(ChatsDamagedError):
        store = ChatStore(filled)
        try:
            store.chats()
        finally:
            store.close()


def test_a_damaged_file_is_set_aside_and_an_empty_one_begins(chat_path):
    chat_path.write_bytes(b"broken" * 1000)
    kept = set_aside(chat_path, datetime(2026, 11, 22, 8, 30))
    store = ChatStore(chat_path)
    assert (store.chats(), kept.read_bytes()) == ((), b"broken" * 1000)
    assert kept.name == "chats.damaged-20261122-083000.sqlite"
    store.close()


def test_chats_kept_in_memory_move_into_a_new_file(chat_path):
    store = ChatStore(None)
    chat = store.create_chat(title="Before")
    store.move_into(chat_path)
    store.add_message(chat.id, None, "user", "After")
    store.close()
    again = ChatStore(chat_path)
    assert [again.chat(chat.id).title] == ["Before"]
    assert [message.text for message in again.messages(chat.id)] == ["After"]
    again.close()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission_is_said_in_a_sentence(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="cannot be"):
        ChatStore(tmp_path / "deeper" / "chats.sqlite")


def test_a_path_below_a_file_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="cannot be used"):
        ChatStore(tmp_path / "file" / "chats.sqlite")


def test_a_full_disk_keeps_what_was_saved_before(chat_path):
    store = ChatStore(chat_path, max_pages=40)
    chat = store.create_chat()
    reply = store.add_message(chat.id, None, "assistant", "", state="streaming")
    store.save_reply(replace(reply, text="short"))
    with pytest.raises(DiskFullError, match="disk is full"):
        store.save_reply(replace(reply, text="x" * 400_000))
    assert store.message(reply.id).text == "short"
    store.close()


def test_what_was_refused_for_space_can_be_saved_later(filled):
    full = ChatStore(filled, max_pages=1)
    message = full.messages(1)[0]
    longer = replace(message, text="x" * 100_000)
    with pytest.raises(DiskFullError):
        full.save_reply(longer)
    full.close()
    store = ChatStore(filled)
    store.save_reply(longer)
    assert store.message(message.id).text == longer.text
    store.close()


STREAMING_CHILD = """
import itertools, sys
from pathlib import Path
from labs.chat.store import ChatStore
from labs.chat.turn import reply
from models.cancel import CancelToken
from models.engine.messages import Delta
from models.engine.sandbox import Sandbox
from tests.labs.scripted import ScriptedEngine, delta

store = ChatStore(Path(sys.argv[1]))
asked = store.add_message(store.create_chat().id, None, "user", "Tell me")
engine = ScriptedEngine(*[delta(f"w{n} ") for n in range(100)], template="")
tenths_s = itertools.count()
steps = reply(
    store, engine, Sandbox(), asked.chat_id, parent_id=asked.id, cancel=CancelToken(),
    monotonic=lambda: next(tenths_s) / 10,
)
for event in steps:
    if isinstance(event, Delta):
        print(event.text, flush=True)
        if event.text == "w49 ":
            sys.stdin.read()
"""


@pytest.fixture
def streaming_child(chat_path):
    """Another process in the middle of a reply."""
    child = subprocess.Popen(
        [sys.executable, "-c", STREAMING_CHILD, str(chat_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    while child.stdout.readline() != b"w49 \n":
        assert child.poll() is None
    yield child
    child.kill()
    child.communicate()


def test_a_killed_process_loses_at_most_half_a_second_of_its_reply(streaming_child, chat_path):
    os.kill(streaming_child.pid, signal.SIGKILL)
    streaming_child.wait()
    store = ChatStore(chat_path)
    question, answer = store.messages(1)
    assert (question.text, answer.state) == ("Tell me", "interrupted")
    assert len(answer.text.split()) >= 50 - 5  # its clock goes on by a tenth for each word
    assert len(store.tokens(answer.id)) == len(answer.text.split())
    assert store.search("w44")
    store.close()


def test_a_reply_that_another_process_still_writes_is_left_alone(streaming_child, chat_path):
    store = ChatStore(chat_path)
    assert store.messages(1)[-1].state == "streaming"
    store.close()
