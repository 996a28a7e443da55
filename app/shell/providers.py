"""What the palette finds beyond commands: chats, models and runs."""

from __future__ import annotations

from app.context import AppContext
from app.pages.page import Command
from app.shell.fuzzy import score

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
    """Runs whose folder fits: its name holds date, lab and model."""

    def command(name: str) -> Command:
        return Command(name, "", lambda: navigation.open("labs", f"run:{name}"), "Run")

    navigation, home = context.navigation, context.services.paths.runs
    folders = (
        [p.name for p in home.iterdir() if not p.name.startswith(".")] if home.is_dir() else []
    )
    fitting = [name for name in folders if score(query, name) > 0]
    return [command(name) for name in sorted(fitting, key=lambda name: -score(query, name))[:MOST]]


def find_models(context: AppContext, query: str) -> list[Command]:
    """Models whose name fits; choosing one makes it the current model."""

    def command(name: str, model: str) -> Command:
        return Command(name, "", lambda: context.current_model.choose(model), "Use this model")

    entries = [e for e in context.services.library.entries() if score(query, e.name) > 0]
    best = sorted(entries, key=lambda entry: -score(query, entry.name))[:MOST]
    return [command(entry.name, entry.model) for entry in best]
