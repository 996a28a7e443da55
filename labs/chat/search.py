"""Search over all chats: what a user typed becomes a query, and rows become hits."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from labs.chat.conversation import Role

# Scripts that put no spaces between words; a word index finds nothing inside them.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_OPEN, _CLOSE = "\x02", "\x03"
_SNIPPET_WORDS = 16
_SNIPPET_CHARACTERS = 90


@dataclass(frozen=True)
class SearchHit:
    """`matches` are the start and end of each match in `snippet`; `message_id` is None when
    the title of the chat matched."""

    chat_id: int
    chat_title: str
    message_id: int | None
    role: Role | None
    snippet: str
    matches: tuple[tuple[int, int], ...]


def search(connection: sqlite3.Connection, query: str, limit: int) -> tuple[SearchHit, ...]:
    """Chats whose title, then messages whose text, contain every word of `query`.

    The last letters of a word may be missing: "temper" finds "temperature".
    """
    wanted = query.strip()
    if not wanted:
        return ()
    words = re.findall(r"\w+", wanted)
    titles = _search_titles(connection, wanted, limit)
    if words and not _UNSPACED.search(wanted):
        return (*titles, *_search_index(connection, words, limit))[:limit]
    return (*titles, *_search_literally(connection, wanted, limit))[:limit]


def _search_titles(
    connection: sqlite3.Connection, wanted: str, limit: int
) -> tuple[SearchHit, ...]:
    rows = connection.execute(
        "SELECT id, title FROM chats WHERE binned_at IS NULL AND title LIKE ? ESCAPE '\\' "
        "ORDER BY updated_at DESC LIMIT ?",
        (_like(wanted), limit),
    )
    return tuple(
        SearchHit(chat_id, title, None, None, title, _occurrences(title, wanted))
        for chat_id, title in rows
    )


def _search_index(
    connection: sqlite3.Connection, words: list[str], limit: int
) -> tuple[SearchHit, ...]:
    rows = connection.execute(
        "SELECT m.chat_id, c.title, m.id, m.role, "
        "snippet(message_search, 0, ?, ?, '…', ?) FROM message_search "
        "JOIN messages m ON m.id = message_search.rowid JOIN chats c ON c.id = m.chat_id "
        "WHERE message_search MATCH ? AND c.binned_at IS NULL ORDER BY rank, m.id DESC LIMIT ?",
        (_OPEN, _CLOSE, _SNIPPET_WORDS, " AND ".join(f'"{word}"*' for word in words), limit),
    )
    return tuple(
        SearchHit(chat_id, title, message_id, role, *_parse_marks(marked))
        for chat_id, title, message_id, role, marked in rows
    )


def _search_literally(
    connection: sqlite3.Connection, wanted: str, limit: int
) -> tuple[SearchHit, ...]:
    rows = connection.execute(
        "SELECT m.chat_id, c.title, m.id, m.role, m.text FROM messages m "
        "JOIN chats c ON c.id = m.chat_id WHERE m.state <> 'streaming' "
        "AND c.binned_at IS NULL AND m.text LIKE ? ESCAPE '\\' ORDER BY m.id DESC LIMIT ?",
        (_like(wanted), limit),
    )
    return tuple(
        SearchHit(chat_id, title, message_id, role, *_cut_around(text, wanted))
        for chat_id, title, message_id, role, text in rows
    )


def _like(wanted: str) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", wanted)
    return f"%{escaped}%"


def _occurrences(text: str, wanted: str) -> tuple[tuple[int, int], ...]:
    found = re.finditer(re.escape(wanted), text, re.IGNORECASE)
    return tuple(match.span() for match in found)


def _cut_around(text: str, wanted: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    first = re.search(re.escape(wanted), text, re.IGNORECASE)
    middle = first.start() if first else 0
    start = max(0, middle - _SNIPPET_CHARACTERS // 2)
    end = middle + len(wanted) + _SNIPPET_CHARACTERS // 2
    snippet = "…" * (start > 0) + text[start:end] + "…" * (end < len(text))
    return snippet, _occurrences(snippet, wanted)


def _parse_marks(marked: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Take the marks of SQLite out of a snippet and say where they stood."""
    text, start = "", 0
    matches: list[tuple[int, int]] = []
    for piece in re.split(f"([{_OPEN}{_CLOSE}])", marked):
        if piece == _OPEN:
            start = len(text)
        elif piece == _CLOSE:
            matches.append((start, len(text)))
        else:
            text += piece
    return text, tuple(matches)
