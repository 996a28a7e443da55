"""What lies over the window: popovers, notices and keys."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.shell.machine import MachinePopover
from app.shell.notice_stack import NoticeStack
from app.shell.palette import CommandPalette
from app.shell.providers import find_chats, find_models, find_runs
from app.shell.shortcuts import ShortcutList, Shortcuts
from app.shell.tasks import TasksPopover
from app.shell.theme import Theme


class Overlays:
    """Made once for a window; each is a child of it."""

    def __init__(self, window: QWidget, context: AppContext) -> None:
        self.shortcuts = Shortcuts(window)
        self.notices = NoticeStack(window, context.notices)
        self.tasks = TasksPopover(window, context.jobs)
        self.machine = MachinePopover(window)
        self.shortcut_list = ShortcutList(window)
        self.palette = CommandPalette(
            window,
            (
                lambda query: find_chats(context, query),
                lambda query: find_models(context, query),
                lambda query: find_runs(context, query),
            ),
        )

    def take_tokens(self, theme: Theme) -> None:
        for part in (self.notices, self.tasks, self.machine, self.shortcut_list, self.palette):
            theme.hand_to(part)
