"""Rows of the chat file to dataclasses and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, cast

from labs.chat.conversation import Attachment, Chat, ChatOptions, Message, Provenance
from labs.chat.records import from_dict, from_json, to_json
from labs.chat.titles import UNTITLED
from models.errors import UserError

CHAT_COLUMNS = "id, title, created_at, updated_at, options, model, pinned, binned_at, leaf_id"
MESSAGE_COLUMNS = (
    "id, chat_id, parent_id, role, text, created_at, state, error, "
    "attachments, provenance, dropped, shortened"
)


def chat_from(row: Sequence[Any]) -> Chat:
    chat_id, title, created_at, updated_at, options, model, pinned, binned_at, leaf_id = row
    return Chat(
        chat_id, title or UNTITLED, created_at, updated_at, from_json(ChatOptions, options),
        model, bool(pinned), binned_at, leaf_id,
    )  # fmt: skip


def message_from(row: Sequence[Any]) -> Message:
    (message_id, chat_id, parent_id, role, text, created_at, state, error,
     attachments, provenance, dropped, shortened) = row  # fmt: skip
    return Message(
        message_id, chat_id, parent_id, role, text, created_at, state, error,
        tuple(from_dict(Attachment, each) for each in json.loads(attachments or "[]")),
        from_json(Provenance, provenance) if provenance else None,
        tuple(json.loads(dropped or "[]")),
        tuple(json.loads(shortened or "[]")),
    )  # fmt: skip


def attachments_json(attachments: Sequence[Attachment]) -> str:
    return f"[{','.join(to_json(each) for each in attachments)}]" if attachments else ""


def ids_json(ids: Sequence[int]) -> str:
    return json.dumps(ids) if ids else ""


def insert_copy(
    connection: sqlite3.Connection, chat_id: int, message: Message, new_ids: Mapping[int, int]
) -> int:
    """Add `message` under a new id, which is returned; `new_ids` leads from old ids to new."""
    parent_id = None if message.parent_id is None else new_ids[message.parent_id]
    cursor = connection.execute(
        "INSERT INTO messages (chat_id, parent_id, role, text, created_at, state, error, "
        "attachments, provenance, dropped, shortened) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (chat_id, parent_id, message.role, storable(message.text), message.created_at,
         "interrupted" if message.state == "streaming" else message.state,
         storable(message.error), attachments_json(message.attachments),
         to_json(message.provenance) if message.provenance else "",
         ids_json([new_ids[i] for i in message.dropped if i in new_ids]),
         ids_json([new_ids[i] for i in message.shortened if i in new_ids])),
    )  # fmt: skip
    return cast(int, cursor.lastrowid)


def storable(text: str) -> str:
    """Half a character, as a paste or an import may hold, has no place in a file."""
    return text.encode(errors="replace").decode()


def row_of(connection: sqlite3.Connection, table: str, columns: str, row_id: int | None) -> Any:
    """One row by its id. Raises UserError when it is no longer there."""
    row = connection.execute(f"SELECT {columns} FROM {table} WHERE id = ?", (row_id,)).fetchone()
    if row is None:
        raise gone(table)
    return row


def gone(table: str) -> UserError:
    what = "chat" if table == "chats" else "message"
    return UserError(f"This {what} is no longer there.", "It was deleted. Choose another chat.")


def check_parent(connection: sqlite3.Connection, chat_id: int, parent_id: int | None) -> None:
    """Raises UserError when chat or parent is gone, ValueError when they do not belong together."""
    row_of(connection, "chats", "id", chat_id)
    if parent_id is None:
        return
    (owner,) = row_of(connection, "messages", "chat_id", parent_id)
    if owner != chat_id:
        raise ValueError(f"message {parent_id} belongs to chat {owner}, not to {chat_id}")
