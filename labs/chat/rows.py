"""Rows of the chat file to dataclasses and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from labs.chat.conversation import Attachment, Chat, ChatOptions, Message, Provenance
from labs.chat.records import from_dict, from_json, to_json
from labs.chat.titles import UNTITLED

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
