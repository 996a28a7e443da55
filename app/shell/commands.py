"""What can be done now, by name and key: with a page, and with the window itself."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from app.pages.page import Command

if TYPE_CHECKING:
    from app.shell.window import MainWindow


def commands_now(window: MainWindow) -> list[Command]:
    """Of the page in front first, then of the window."""
    own = window.front.commands() if window.front is not None else []
    others = [*_commands_of_others(window), *_places_of_unopened(window)]
    return [*own, *others, *shell_commands(window)]


def _commands_of_others(window: MainWindow) -> list[Command]:
    """What pages behind offer everywhere; running it brings the page to the front."""

    def run(page_id: str, command: Command) -> None:
        window.open(page_id)
        command.run()

    return [
        replace(command, run=partial(run, page_id, command))
        for page_id, page in window.opened_pages.items()
        if page is not window.front
        for command in page.commands()
        if command.anywhere
    ]


def _places_of_unopened(window: MainWindow) -> list[Command]:
    return [
        Command(
            place.name, place.shortcut, partial(window.open, entry.id, place.target), place.detail
        )
        for entry in window.entries
        if entry.id not in window.opened_pages
        for place in entry.places
    ]


def shell_commands(window: MainWindow) -> list[Command]:
    """The commands that hold on every page."""
    settings = window.context.services.settings

    def use(theme: str) -> None:
        settings.change(theme=theme)

    def toggle_strip() -> None:
        settings.change(strip_visible=not settings.current.strip_visible)

    def toggle_sealed() -> None:
        settings.change(sealed=not settings.current.sealed)

    def close() -> None:
        window.close()

    return [
        *_page_commands(window),
        *window.lab_sheet.commands(),
        Command("Command palette", "Ctrl+K", window.open_palette),
        Command("Shortcuts", "Ctrl+/", window.open_shortcuts),
        Command("Tasks", "Ctrl+J", window.open_tasks),
        Command("Sensors of this machine", "", window.open_machine),
        Command("Larger text", "Ctrl++", lambda: window.change_text_size(1)),
        Command("Smaller text", "Ctrl+-", lambda: window.change_text_size(-1)),
        Command("Text at 100 %", "Ctrl+0", lambda: window.change_text_size(0)),
        Command("Show to the room", "F11", window.show_to_room),
        Command("Show or hide the status strip", "", toggle_strip),
        Command("Seal Assay, or open it", "", toggle_sealed, "Sealed: nothing leaves this machine"),
        Command("Light appearance", "", lambda: use("light")),
        Command("Dark appearance", "", lambda: use("dark")),
        Command("Appearance of the system", "", lambda: use("system")),
        Command("Quit", "Ctrl+Q", close),
    ]


def _page_commands(window: MainWindow) -> list[Command]:
    def command(number: int, page_id: str, title: str) -> Command:
        shortcut = "Ctrl+," if page_id == "settings" else f"Ctrl+{number}"
        return Command(f"Go to {title}", shortcut, lambda: window.open(page_id))

    return [command(n, entry.id, entry.title) for n, entry in enumerate(window.entries, start=1)]
