"""Servers that the user added, and those of this machine that could be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from app.widgets.parts import button, card, words
from models.remote.server import Server, ServerState

NONE_YET = (
    "LM Studio, llama-server, vLLM and other programs that speak the OpenAI protocol can lend "
    "Assay their models. Add one by its address."
)


class OthersCard(QWidget):
    """Signals carry the Server that was meant; `add_asked` one to begin with, or None, and
    `chat_asked` a model."""

    chat_asked = Signal(object)
    add_asked = Signal(object)
    edit_asked = Signal(object)
    ask_asked = Signal(object)
    remove_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add = button("Add a server…")
        self.add.clicked.connect(lambda: self.add_asked.emit(None))
        self.nothing = words(NONE_YET, "secondary")
        self.rows: list[QWidget] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        frame, column = card(spacing=10)
        head = QHBoxLayout()
        head.addWidget(words("Other servers", "heading"), 1)
        head.addWidget(self.add)
        column.addLayout(head)
        column.addWidget(self.nothing)
        column.addLayout(self._column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def show_servers(self, states: Sequence[ServerState], nearby: Sequence[Server]) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [self._added(state) for state in states]
        self.rows += [self._found(server) for server in nearby]
        for row in self.rows:
            self._column.addWidget(row)
        self.nothing.setVisible(not states)

    def _added(self, state: ServerState) -> QWidget:
        server, name = state.server, state.server.name
        row = ServerRow(
            name, server.address, _sentence(state), "secondary" if state.problem else ""
        )
        if state.entries:
            row.buttons.addWidget(self._chat_button(state))
        for text, spoken, signal in (
            ("Ask again", f"Ask {name} again", self.ask_asked),
            ("Edit…", f"Edit {name}", self.edit_asked),
            ("Remove", f"Remove {name}", self.remove_asked),
        ):
            made = button(text, "quiet", spoken)
            made.clicked.connect(lambda _checked=False, s=signal: s.emit(server))
            row.buttons.addWidget(made)
        return row

    def _chat_button(self, state: ServerState) -> QPushButton:
        """Begins a chat; where there are several models, with one from its menu."""
        made = button("Chat", name=f"Chat with a model of {state.server.name}")
        if len(state.entries) == 1:
            made.clicked.connect(lambda: self.chat_asked.emit(state.entries[0]))
            return made
        menu = QMenu(made)
        for entry in state.entries:
            name = entry.name.partition("/")[2].replace("&", "&&")  # one & marks a key
            menu.addAction(name, partial(self.chat_asked.emit, entry))
        made.setMenu(menu)
        return made

    def _found(self, server: Server) -> QWidget:
        place = urlsplit(server.address).netloc
        row = ServerRow(server.name, f"Something answers at {place}, where {server.name} does.")
        made = button("Add…", "quiet", f"Add {server.name}")
        made.clicked.connect(lambda: self.add_asked.emit(server))
        row.buttons.addWidget(made)
        return row


class ServerRow(QFrame):
    """Name over address and state at the left, `buttons` at the right."""

    def __init__(self, name: str, place: str, state: str = "", role: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.state = words(state, role)
        title = words(name)
        title.setProperty("weight", "strong")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(4)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(title)
        text.addWidget(words(place, "small"))
        if state:
            text.addWidget(self.state)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.addLayout(text, 1)
        row.addLayout(self.buttons)
        row.setAlignment(self.buttons, Qt.AlignmentFlag.AlignTop)


def _sentence(state: ServerState) -> str:
    if state.problem:
        return f"{state.problem} {state.hint}".strip()
    count = len(state.entries)
    names = [entry.name.partition("/")[2] for entry in state.entries]
    if not names:
        return "It answers, and has no model."
    some = ", ".join(names[:3]) + (", …" if count > 3 else "")
    return f"{count} model{'' if count == 1 else 's'}: {some}"
