"""The tables of the chat file, as a list of steps that each lift it by one version."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

Migration = Callable[[sqlite3.Connection], None]


def create_tables(connection: sqlite3.Connection) -> None:
    """Version 1: chats, their messages as a tree, lens data, what was sent, and the search."""
    for statement in (*_TABLES, *_SEARCH):
        connection.execute(statement)


def schema_version(connection: sqlite3.Connection) -> int:
    """How many migrations the file has seen; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Lift an open database to `len(migrations)`, each step in a transaction of its own."""
    for version in range(schema_version(connection), len(migrations)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            migrations[version](connection)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


_TABLES = (
    """
    CREATE TABLE chats (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        options TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        pinned INTEGER NOT NULL DEFAULT 0,
        binned_at REAL,
        leaf_id INTEGER
    )
    """,
    # `writer` names the process that streams a reply, so that another one knows a torn reply
    # from one that is still growing.
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat_id INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
        parent_id INTEGER REFERENCES messages (id) ON DELETE CASCADE,
        role TEXT NOT NULL,
        text TEXT NOT NULL,
        created_at REAL NOT NULL,
        state TEXT NOT NULL DEFAULT 'complete',
        error TEXT NOT NULL DEFAULT '',
        attachments TEXT NOT NULL DEFAULT '',
        provenance TEXT NOT NULL DEFAULT '',
        dropped TEXT NOT NULL DEFAULT '',
        shortened TEXT NOT NULL DEFAULT '',
        writer TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX messages_of_chat ON messages (chat_id, id)",
    "CREATE INDEX messages_of_parent ON messages (parent_id)",
    "CREATE INDEX messages_streaming ON messages (id) WHERE state = 'streaming'",
    # A block holds the tokens that came between two saves, compressed.
    """
    CREATE TABLE token_data (
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        block BLOB NOT NULL,
        PRIMARY KEY (message_id, position)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE sent (
        message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        block BLOB NOT NULL
    )
    """,
)

# A growing reply is indexed once, when it ends, not at every save.
_SEARCH = (
    """
    CREATE VIRTUAL TABLE message_search USING fts5 (
        text, content = 'messages', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TRIGGER message_added AFTER INSERT ON messages WHEN new.state <> 'streaming' BEGIN
        INSERT INTO message_search (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER message_ended AFTER UPDATE OF text, state ON messages
    WHEN old.state = 'streaming' AND new.state <> 'streaming' BEGIN
        INSERT INTO message_search (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER message_changed AFTER UPDATE OF text, state ON messages
    WHEN old.state <> 'streaming' AND new.state <> 'streaming' BEGIN
        INSERT INTO message_search (message_search, rowid, text)
        VALUES ('delete', old.id, old.text);
        INSERT INTO message_search (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER message_deleted AFTER DELETE ON messages WHEN old.state <> 'streaming' BEGIN
        INSERT INTO message_search (message_search, rowid, text)
        VALUES ('delete', old.id, old.text);
    END
    """,
)

MIGRATIONS: tuple[Migration, ...] = (create_tables,)
