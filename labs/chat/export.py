"""Chats for readers and for other programs: Markdown, HTML, JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from labs.chat.exchange import chat_to_json
from labs.chat.export_html import to_html
from labs.chat.export_markdown import to_markdown
from labs.chat.store import ChatStore
from labs.chat.tree import Tree
from models.errors import UserError
from models.whole_files import write_whole

ExportFormat = Literal["markdown", "html", "json"]
SUFFIXES: dict[ExportFormat, str] = {"markdown": ".md", "html": ".html", "json": ".json"}
_UNSAFE_IN_NAMES = '<>:"/\\|?*'


def export_chat(
    store: ChatStore,
    chat_id: int,
    format: ExportFormat,
    *,
    thinking: bool = True,
    records: bool = True,
) -> str:
    """The branch on screen as Markdown or HTML, or all branches as JSON for `import_chat`.

    `thinking` keeps what replies thought, `records` the settings, timings and identities.
    """
    chat, messages = store.chat(chat_id), store.messages(chat_id)
    if format == "json":
        return chat_to_json(chat, messages, thinking=thinking, records=records)
    tree = Tree(messages)
    path = tree.path(chat.leaf_id) or tree.path(tree.leaf_below(None))
    write = to_markdown if format == "markdown" else to_html
    return write(chat, path, thinking=thinking, records=records)


def save_export(path: Path, text: str) -> None:
    """Raises UserError when the file cannot be written; one that was there is then kept."""
    try:
        write_whole(path, text)
    except OSError as error:
        raise UserError(
            f"{path.name} could not be written: {error.strerror or error}.",
            "Choose another folder, or free some space.",
        ) from error


def file_name_for(title: str, format: ExportFormat) -> str:
    """A name from a chat's title that every system takes."""
    kept = "".join(c for c in title if c.isprintable() and c not in _UNSAFE_IN_NAMES)
    return (kept.strip(" .")[:80].strip(" .") or "chat") + SUFFIXES[format]
