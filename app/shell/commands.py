"""What the window itself can do, by name and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.pages.page import Command

if TYPE_CHECKING:
    from app.shell.window import MainWindow


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
