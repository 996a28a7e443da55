"""Chats that survive: every message is on disk before it is sent, every reply as it grows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from labs.chat.conversation import (
    Attachment,
    Chat,
    ChatOptions,
    Message,
    MessageState,
    Role,
)
from labs.chat.database import Database
from labs.chat.records import pack_prompt, pack_tokens, to_json, unpack_prompt, unpack_tokens
from labs.chat.rows import (
    CHAT_COLUMNS,
    MESSAGE_COLUMNS,
    attachments_json,
    chat_from,
    check_parent,
    gone,
    ids_json,
    insert_copy,
    message_from,
    row_of,
    storable,
)
from labs.chat.search import SearchHit, search
from labs.chat.titles import UNTITLED, title_from
from labs.chat.writer_process import is_running, this_process
from models.engine.messages import PromptToken, TokenData
from models.errors import UserError


class ChatStore:
    """All chats of one file. May be used from several threads at once.

    `path` None keeps everything in memory and nothing on disk. `clock` gives seconds since the
    epoch. Every method raises UserError when the file fails (ChatsLockedError, ChatsDamagedError,
    DiskFullError, …); opening raises ChatsTooNewError for the file of a newer Assay.
    """

    def __init__(
        self,
        path: Path | None,
        clock: Callable[[], float] = time.time,
        *,
        busy_timeout_s: float = 1.0,
        max_pages: int = 0,
    ) -> None:
        self._clock = clock
        self._writer_name = this_process()
        self._database = Database(path, busy_timeout_s=busy_timeout_s, max_pages=max_pages)
        try:
            self._end_torn_replies()
        except UserError:
            self._database.close()
            raise

    def move_into(self, path: Path) -> None:
        """For a store in memory: go on in the new file `path`, with all chats of this run."""
        self._database.move_into(path)

    def close(self) -> None:
        self._database.close()

    # ---- chats ---------------------------------------------------------------------------

    def create_chat(
        self, options: ChatOptions | None = None, model: str = "", title: str = ""
    ) -> Chat:
        now = self._clock()
        with self._database.write() as connection:
            cursor = connection.execute(
                "INSERT INTO chats (title, created_at, updated_at, options, model) "
                "VALUES (?, ?, ?, ?, ?)",
                (storable(title), now, now, to_json(options or ChatOptions()), storable(model)),
            )
            return chat_from(row_of(connection, "chats", CHAT_COLUMNS, cursor.lastrowid))

    def chat(self, chat_id: int) -> Chat:
        with self._database.read() as connection:
            return chat_from(row_of(connection, "chats", CHAT_COLUMNS, chat_id))

    def chats(self, *, binned: bool = False) -> tuple[Chat, ...]:
        """Pinned first, then the latest; or what lies in the bin, latest first."""
        where = "IS NULL ORDER BY pinned DESC, updated_at"
        if binned:
            where = "IS NOT NULL ORDER BY binned_at"
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT {CHAT_COLUMNS} FROM chats WHERE binned_at {where} DESC, id DESC"
            )
            return tuple(chat_from(row) for row in rows)

    def add_chat(self, chat: Chat, messages: Sequence[Message]) -> Chat:
        """Take in a whole chat under new ids; parents must come before their children.

        An import uses it, or a branch that becomes a chat of its own.
        """
        new_ids: dict[int, int] = {}
        with self._database.write() as connection:
            cursor = connection.execute(
                "INSERT INTO chats (title, created_at, updated_at, options, model, pinned) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (storable(chat.title), chat.created_at, self._clock(), to_json(chat.options),
                 storable(chat.model), int(chat.pinned)),
            )  # fmt: skip
            added = cast(int, cursor.lastrowid)
            for message in messages:
                new_ids[message.id] = insert_copy(connection, added, message, new_ids)
            leaf_id = new_ids.get(chat.leaf_id) if chat.leaf_id is not None else None
            connection.execute("UPDATE chats SET leaf_id = ? WHERE id = ?", (leaf_id, added))
            return chat_from(row_of(connection, "chats", CHAT_COLUMNS, added))

    def rename(self, chat_id: int, title: str) -> None:
        self._set(chat_id, title=" ".join(storable(title).split()) or UNTITLED)

    def pin(self, chat_id: int, pinned: bool = True) -> None:
        self._set(chat_id, pinned=int(pinned))

    def bin(self, chat_id: int) -> None:
        """Put a chat into the bin; `restore` takes it out again."""
        self._set(chat_id, binned_at=self._clock())

    def restore(self, chat_id: int) -> None:
        self._set(chat_id, binned_at=None)

    def empty_bin(self, older_than_s: float = 0.0) -> int:
        """Delete for good what has lain in the bin for longer; return how many chats."""
        with self._database.write() as connection:
            return connection.execute(
                "DELETE FROM chats WHERE binned_at <= ?", (self._clock() - older_than_s,)
            ).rowcount

    def set_options(self, chat_id: int, options: ChatOptions) -> None:
        self._set(chat_id, options=to_json(options))

    def set_model(self, chat_id: int, model: str) -> None:
        self._set(chat_id, model=storable(model))

    def set_leaf(self, chat_id: int, leaf_id: int | None) -> None:
        """Remember which branch is on screen."""
        self._set(chat_id, leaf_id=leaf_id)

    def _set(self, chat_id: int, **values: Any) -> None:
        assignments = ", ".join(f"{column} = ?" for column in values)
        with self._database.write() as connection:
            changed = connection.execute(
                f"UPDATE chats SET {assignments} WHERE id = ?", (*values.values(), chat_id)
            ).rowcount
        if not changed:
            raise gone("chats")

    # ---- messages ------------------------------------------------------------------------

    def messages(self, chat_id: int) -> tuple[Message, ...]:
        """Every message of a chat, all branches, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE chat_id = ? ORDER BY id",
                (chat_id,),
            ).fetchall()
        return tuple(message_from(row) for row in rows)

    def message(self, message_id: int) -> Message:
        with self._database.read() as connection:
            return message_from(row_of(connection, "messages", MESSAGE_COLUMNS, message_id))

    def add_message(
        self,
        chat_id: int,
        parent_id: int | None,
        role: Role,
        text: str,
        attachments: Sequence[Attachment] = (),
        *,
        state: MessageState = "complete",
    ) -> Message:
        """Save a message as the new end of the branch, and give the chat a title from it
        or from the files that go along.

        An edit or another version is a message with the same parent.
        """
        now, text = self._clock(), storable(text)
        with self._database.write() as connection:
            check_parent(connection, chat_id, parent_id)
            cursor = connection.execute(
                "INSERT INTO messages (chat_id, parent_id, role, text, created_at, state, "
                "attachments, writer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (chat_id, parent_id, role, text, now, state, attachments_json(attachments),
                 self._writer_name if state == "streaming" else ""),
            )  # fmt: skip
            connection.execute(
                "UPDATE chats SET leaf_id = ?, updated_at = ? WHERE id = ?",
                (cursor.lastrowid, now, chat_id),
            )
            if role == "user":
                title = title_from(text, (file.name for file in attachments))
                connection.execute(
                    "UPDATE chats SET title = ? WHERE id = ? AND title = ''",
                    (storable(title), chat_id),
                )
            return message_from(row_of(connection, "messages", MESSAGE_COLUMNS, cursor.lastrowid))

    def save_reply(self, message: Message, new_tokens: Sequence[TokenData] = ()) -> None:
        """Save what a reply has become, and the tokens that came since it was last saved."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE messages SET text = ?, state = ?, error = ?, provenance = ?, "
                "dropped = ?, shortened = ?, writer = ? WHERE id = ?",
                (storable(message.text), message.state, storable(message.error),
                 to_json(message.provenance) if message.provenance else "",
                 ids_json(message.dropped), ids_json(message.shortened),
                 self._writer_name if message.state == "streaming" else "", message.id),
            )  # fmt: skip
            if new_tokens:
                connection.execute(
                    "INSERT INTO token_data SELECT ?, COALESCE(MAX(position) + 1, 0), ? "
                    "FROM token_data WHERE message_id = ?",
                    (message.id, pack_tokens(new_tokens), message.id),
                )
            connection.execute(
                "UPDATE chats SET updated_at = ? WHERE id = ?", (self._clock(), message.chat_id)
            )

    def save_sent(self, message_id: int, tokens: Sequence[PromptToken]) -> None:
        """Keep the prompt that a reply answered, token by token with its origins."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO sent VALUES (?, ?)", (message_id, pack_prompt(tokens))
            )

    def set_sha256(self, fingerprint: str, sha256: str) -> None:
        """Fill in the hash of a whole model file once it is known."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE messages SET provenance = json_set(provenance, '$.sha256', ?) "
                "WHERE provenance <> '' AND json_extract(provenance, '$.fingerprint') = ?",
                (sha256, fingerprint),
            )

    def _end_torn_replies(self) -> None:
        """Replies of a process that is gone stopped growing when it ended."""
        with self._database.read() as connection:
            torn = [
                message_id
                for message_id, writer in connection.execute(
                    "SELECT id, writer FROM messages WHERE state = 'streaming'"
                )
                if not is_running(writer)
            ]
        if torn:
            with self._database.write() as connection:
                connection.executemany(
                    "UPDATE messages SET state = 'interrupted', writer = '' "
                    "WHERE id = ? AND state = 'streaming'",
                    [(message_id,) for message_id in torn],
                )

    # ---- what stands beside a reply --------------------------------------------------------

    def tokens(self, message_id: int) -> tuple[TokenData, ...]:
        """The lens data of a reply, in order; empty where none was recorded."""
        with self._database.read() as connection:
            blocks = connection.execute(
                "SELECT block FROM token_data WHERE message_id = ? ORDER BY position",
                (message_id,),
            ).fetchall()
        return tuple(token for (block,) in blocks for token in unpack_tokens(block))

    def sent(self, message_id: int) -> tuple[PromptToken, ...]:
        """Exactly what was sent for a reply; empty where nothing was recorded."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT block FROM sent WHERE message_id = ?", (message_id,)
            ).fetchone()
        return unpack_prompt(row[0]) if row else ()

    def search(self, query: str, limit: int = 50) -> tuple[SearchHit, ...]:
        """Titles, then messages, that contain every word of `query`, best first."""
        with self._database.read() as connection:
            return search(connection, query, limit)
