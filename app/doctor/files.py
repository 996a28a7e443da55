"""Checks of the user's files; they are looked at, never changed."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from app.doctor.check import Check
from labs.chat.migrations import MIGRATIONS, schema_version

DAMAGED = "Start Assay: it offers to set the file aside and to begin with an empty one."


def folder(path: Path) -> Check:
    if os.access(path, os.W_OK | os.X_OK):
        return Check("Folder", "ok", f"Assay keeps its files in {path}.")
    return Check(
        "Folder", "fail", f"Assay may not write to {path}.",
        "Make the folder writable, or name another one in the variable ASSAY_HOME.",
    )  # fmt: skip


def settings(path: Path) -> Check:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Check("Settings", "ok", "Nothing has been changed yet; the defaults hold.")
    except (OSError, ValueError) as error:
        return Check(
            "Settings", "warn", f"The settings file cannot be read: {error}",
            "Start Assay: it keeps a copy and goes back to the defaults.",
        )  # fmt: skip
    if not isinstance(known, dict):
        return Check("Settings", "warn", "The settings file is damaged.", "Start Assay.")
    return Check("Settings", "ok", "The settings can be read.")


def chats(path: Path) -> Check:
    if not path.exists():
        return Check("Chats", "ok", "There are no chats yet.")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            version = schema_version(connection)
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return Check("Chats", "fail", f"The chat file cannot be read: {error}.", DAMAGED)
    if version > len(MIGRATIONS):
        return Check(
            "Chats", "fail", "The chats were written by a newer Assay.",
            "Install the newer Assay again, or start this one with another ASSAY_HOME.",
        )  # fmt: skip
    if verdict != "ok":
        return Check("Chats", "fail", f"The chat file is damaged: {verdict}.", DAMAGED)
    size = path.stat().st_size
    return Check("Chats", "ok", f"The chats can be read ({size / 1e6:.1f} MB).")
