"""A whole chat with all its branches as JSON, out of Assay and back in."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, get_args

from labs.chat.conversation import Attachment, Chat, ChatOptions, Message, Provenance, Role
from labs.chat.records import from_dict
from labs.chat.store import ChatStore
from models.engine.thinking import without_thinking
from models.errors import UserError

FORMAT = "assay-chat"
VERSION = 1
MAX_BYTES = 64 * 2**20
_MAX_MESSAGES = 100_000
_MAX_TITLE = 200


def chat_to_json(
    chat: Chat, messages: Sequence[Message], *, thinking: bool = True, records: bool = True
) -> str:
    """All branches; lens data and what was sent stay in Assay.

    Without `thinking` replies keep their answers only, without `records` nothing on how they
    were made.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "title": chat.title,
        "created_at": chat.created_at,
        "model": chat.model if records else "",
        "options": asdict(chat.options) if records else {},
        "leaf_id": chat.leaf_id,
        "messages": [_message_dict(m, thinking, records) for m in messages],
    }
    return json.dumps(document, indent=1) + "\n"


def import_chat(store: ChatStore, raw: bytes) -> Chat:
    """Add a chat that `chat_to_json` wrote, under new ids.

    Unknown fields are left out and bad settings give way to their defaults; a broken tree is
    refused as a whole. Raises UserError, and then nothing was added.
    """
    document = _read_document(raw)
    messages = _read_messages(document.get("messages"))
    title = document.get("title")
    chat = Chat(
        id=0,
        title=title[:_MAX_TITLE] if isinstance(title, str) else "",
        created_at=_seconds(document.get("created_at")),
        updated_at=0.0,
        options=from_dict(ChatOptions, document.get("options")),
        model=_text(document, "model"),
        leaf_id=_known_leaf(document.get("leaf_id"), messages),
    )
    return store.add_chat(chat, messages)


def _message_dict(message: Message, thinking: bool, records: bool) -> dict[str, Any]:
    text = message.text
    if not thinking and message.role == "assistant":
        text = without_thinking(text)
    fields = asdict(replace(message, text=text))
    del fields["chat_id"]
    if not records:
        del fields["provenance"]
    return fields


def _read_document(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise UserError(f"The file is too large: at most {MAX_BYTES // 2**20} MB can be imported.")
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _refused("it is no valid JSON") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _refused("it was not exported by Assay as JSON")
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise _refused("it names no version")
    if version > VERSION:
        raise UserError("A newer Assay wrote this file.", "Import it with that Assay.")
    return document


def _read_messages(entries: Any) -> list[Message]:
    if not isinstance(entries, list) or len(entries) > _MAX_MESSAGES:
        raise _refused("its list of messages is missing or too long")
    messages: list[Message] = []
    known: set[int] = set()
    for entry in entries:
        message = _read_message(entry, known)
        known.add(message.id)
        messages.append(message)
    return messages


def _read_message(entry: Any, known: set[int]) -> Message:
    """`known` are the ids before this one: a parent must be among them, so no circle can be."""
    if not isinstance(entry, dict):
        raise _refused("an entry is no message")
    message_id, parent_id = entry.get("id"), entry.get("parent_id")
    if type(message_id) is not int or message_id in known:
        raise _refused("a message has no id of its own")
    if parent_id is not None and (type(parent_id) is not int or parent_id not in known):
        raise _refused(f"message {message_id} follows one that is not before it")
    if entry.get("role") not in get_args(Role) or not isinstance(entry.get("text"), str):
        raise _refused(f"message {message_id} has no role or no text")
    attachments = entry.get("attachments")
    plain = {**entry, "chat_id": 0, "created_at": _seconds(entry.get("created_at")),
             "attachments": [], "provenance": None}  # fmt: skip
    return replace(
        from_dict(Message, plain),
        attachments=tuple(
            _read_attachment(each)
            for each in (attachments if isinstance(attachments, list) else [])
        ),
        provenance=_read_provenance(entry.get("provenance")),
    )


def _read_attachment(entry: Any) -> Attachment:
    if not isinstance(entry, dict):
        raise _refused("an attachment is no file")
    text = _text(entry, "text")
    return Attachment(_text(entry, "name"), text, len(text.encode(errors="replace")))


def _read_provenance(entry: Any) -> Provenance | None:
    if not isinstance(entry, dict):
        return None
    names = {"model_name": _text(entry, "model_name"), "model_path": _text(entry, "model_path")}
    return from_dict(Provenance, {**entry, **names})


def _known_leaf(leaf_id: Any, messages: Sequence[Message]) -> int | None:
    ids = [message.id for message in messages]
    if type(leaf_id) is int and leaf_id in ids:
        return leaf_id
    return ids[-1] if ids else None


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _seconds(value: Any) -> float:
    """Seconds since the epoch within what calendars can show."""
    if type(value) in (int, float) and math.isfinite(value) and 0 <= value < 4e9:
        return float(value)
    return 0.0


def _refused(reason: str) -> UserError:
    return UserError(
        f"This file cannot be imported: {reason}.", "Choose a JSON file that Assay exported."
    )
