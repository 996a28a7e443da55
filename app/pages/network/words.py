"""The tries of the ledger in plain words, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.widgets.rows_model import Column
from models.network import Attempt

OURS = ("app", "labs", "models", "__main__", "unknown")
WINDOW = "Assay's window"
EVENTS = {
    "act": "asked the gate for it",
    "socket.getaddrinfo": "looked its address up",
    "socket.gethostbyname": "looked its address up",
    "socket.gethostbyaddr": "looked its name up",
    "socket.getnameinfo": "looked its name up",
    "socket.connect": "connected",
    "socket.bind": "wanted to be reached from outside",
    "socket.sendto": "sent a message",
    "socket.sendmsg": "sent a message",
}


@dataclass(frozen=True)
class Row:
    """One try, or several of the same kind directly behind each other; `last` is the newest."""

    last: Attempt
    count: int = 1


def rows_of(attempts: Sequence[Attempt]) -> tuple[Row, ...]:
    """Newest first; what would read alike directly behind each other is one row."""
    rows: list[Row] = []
    for row in map(Row, attempts):
        if rows and _kind(rows[-1]) == _kind(row):
            row = Row(row.last, rows.pop().count + 1)
        rows.append(row)
    return tuple(reversed(rows))


def _kind(row: Row) -> tuple[str, str, bool, str]:
    return _who(row), row.last.host, row.last.allowed, row.last.reason


def _time(row: Row) -> str:
    return datetime.fromtimestamp(row.last.time).strftime("%H:%M:%S")


def _date(row: Row) -> str:
    return datetime.fromtimestamp(row.last.time).strftime("%A, %d %B %Y, %H:%M:%S")


def _who(row: Row) -> str:
    """The process, and the library in it that is not ours."""
    library = row.last.asker.partition(".")[0]
    process = row.last.process or WINDOW
    return process if library in OURS else f"{process}, by {library}"


def _outcome(row: Row) -> str:
    word = "Allowed" if row.last.allowed else "Refused"
    return word if row.count == 1 else f"{word}, {row.count} times"


def _why(row: Row) -> str:
    return row.last.reason or "Nobody had asked for it"


def _outcome_exactly(row: Row) -> str:
    if row.last.allowed:
        return "The act that is named opened the door."
    return "Assay was sealed." if row.last.reason else "No act had opened the door."


def _who_exactly(row: Row) -> str:
    attempt = row.last
    did = EVENTS.get(attempt.event, attempt.event)
    return f"{_who(row)}\n{attempt.asker} {did} ({attempt.event})"


COLUMNS = (
    Column[Row]("Time", _time, key=lambda row: row.last.time, tooltip=_date),
    Column[Row]("Who", _who, tooltip=_who_exactly),
    Column[Row]("Where", lambda row: row.last.host, tooltip=lambda row: row.last.host),
    Column[Row]("Outcome", _outcome, tooltip=_outcome_exactly),
    Column[Row]("Why", _why, tooltip=_why),
)
