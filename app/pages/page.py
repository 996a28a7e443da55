"""What every page of the window is."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.error_bar import ErrorBar
from models.errors import UserError
from models.network import Act, Sealed

if TYPE_CHECKING:
    from app.context import AppContext

OPEN_ONCE = "Open for this one act"
OPENED_ONCE = "The door will open for this one act."


@dataclass(frozen=True)
class Command:
    """An action with a name, found in the command palette. `shortcut` is in Qt's portable form
    ("Ctrl+N" is Cmd+N on a Mac) or empty."""

    name: str
    shortcut: str
    run: Callable[[], object]
    detail: str = ""
    anywhere: bool = False  # offered on other pages, too; running it brings its page to the front


@dataclass(frozen=True)
class Place:
    """Something in a page that can be opened by name before the page is there; `target` is what
    `Page.open_target` takes."""

    name: str
    target: str
    detail: str = ""
    shortcut: str = ""


@dataclass(frozen=True)
class Artifact:
    """What a page shows now, as a text file that a lab sheet asks for. `make` returns its text, or
    work for a job that returns it where it may be long; either raises UserError while there is
    nothing to keep."""

    name: str
    make: Callable[[], str | Generator[str, None, str]]


class Page(QWidget):
    """A page: an error bar on top, below it whatever is added to `content`."""

    title: str = ""
    icon: str = ""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.title)
        self.error_bar = ErrorBar(self)
        self.content = QVBoxLayout()
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.error_bar)
        outer.addLayout(self.content, 1)

    def header_widgets(self) -> list[QWidget]:
        """Widgets for the right of the header while this page is in front."""
        return []

    def commands(self) -> list[Command]:
        """What the palette and the shortcut list offer while this page is in front."""
        return []

    def artifacts(self) -> tuple[Artifact, ...]:
        """What can be kept of this page beside the answers of a lab sheet."""
        return ()

    def activate(self) -> None:
        """Called when the page comes to the front."""

    def part(self, target: str) -> QWidget | None:
        """What stands at a target, such as a tab; a lab covers it until its predictions are
        locked."""
        return None

    def open_target(self, target: str) -> None:
        """Show what another part of the window asked for, such as a chat by its id."""

    def show_error(self, error: UserError, again: Callable[[], object] | None = None) -> None:
        """Say what happened and what to do, on this page. Where Assay being sealed is all that
        stood in the way, one click lets the act out; `again` then does the same thing once more."""
        if isinstance(error, Sealed):
            self.error_bar.ask(error, OPEN_ONCE, lambda: self._open_once(error.act, again))
        else:
            self.error_bar.show_error(error)

    def _open_once(self, act: Act, again: Callable[[], object] | None) -> None:
        self.context.services.gate.allow_once(act)
        if again is not None:
            again()
        else:
            self.context.notices.info(OPENED_ONCE, "Start it once more.", key="network")

    def clear_error(self) -> None:
        self.error_bar.clear()
