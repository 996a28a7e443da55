"""What the palette finds beyond commands: chats, models and runs."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from app.context import AppContext
from app.pages.page import Command
from app.runs.run_links import read_links, target_of
from app.shell.fuzzy import score
from models.errors import UserError

MOST = 8


def find_chats(context: AppContext, query: str) -> list[Command]:
    """Chats whose title fits, then those whose text does."""
    navigation, chats = context.navigation, context.services.chats
    titles = {chat.id: chat.title for chat in chats.chats() if score(query, chat.title) > 0}
    for hit in chats.search(query, MOST):
        titles.setdefault(hit.chat_id, hit.chat_title)

    def command(chat_id: int, title: str) -> Command:
        return Command(title, "", lambda: navigation.open("chat", str(chat_id)), "Chat")

    return [command(chat_id, title) for chat_id, title in list(titles.items())[:MOST]]


def find_runs(context: AppContext, query: str) -> list[Command]:
    """Runs whose folder fits: its name holds date, lab and model. Linked ones are among them."""

    def command(path: Path) -> Command:
        target = target_of(home, path)
        return Command(path.name, "", lambda: navigation.open("labs", target), "Run")

    navigation, home = context.navigation, context.services.paths.runs
    folders = [p for p in home.iterdir() if not p.name.startswith(".")] if home.is_dir() else []
    with suppress(UserError):  # My runs says that the list is damaged
        folders += read_links(home)
    fitting = [path for path in folders if score(query, path.name) > 0]
    best = sorted(fitting, key=lambda path: -score(query, path.name))
    return [command(path) for path in best[:MOST]]


def find_models(context: AppContext, query: str) -> list[Command]:
    """Models whose name fits; choosing one makes it the current model."""

    def command(name: str, model: str) -> Command:
        return Command(name, "", lambda: context.current_model.choose(model), "Use this model")

    entries = [e for e in context.services.library.entries() if score(query, e.name) > 0]
    best = sorted(entries, key=lambda entry: -score(query, entry.name))[:MOST]
    return [command(entry.name, entry.model) for entry in best]
