"""The Servers tab: models that other programs run, and those programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMessageBox, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.notices import Notice
from app.pages.models import servers_work as work
from app.pages.models.servers_editing import ServerEditing
from app.pages.models.servers_ollama import OllamaCard
from app.pages.models.servers_others import OthersCard
from app.pages.models.servers_pulls import Pulls
from app.widgets.parts import in_the_middle, scrolled, words
from models.amounts import size_text
from models.errors import UserError
from models.library.entry import ModelEntry
from models.remote.server import Server

COLUMN_PX = 960
INTRO = "Models that another program runs. Assay asks it for replies and loads nothing itself."


class ServersTab(QWidget):
    """`failed` carries a UserError and what to do again once the door is open; `chat_asked` a
    model, `weights_found` the path of its weights."""

    failed = Signal(object, object)
    went_well = Signal()
    chat_asked = Signal(object)
    weights_found = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self.servers = context, context.services.servers
        self._looking: Job | None = None
        self.ollama, self.others = OllamaCard(), OthersCard()
        self.pulls = Pulls(context, self.servers, self.ollama.pulls, self)
        self.editing = ServerEditing(context, self.servers, self)
        self._lay_out()
        self._connect_signals()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """Ask every server that may be asked; rows change when they have answered."""
        if self._looking is not None:
            return
        self.ollama.show_looking()
        self._looking = job = self._start(lambda token: work.look(self.servers, token))
        job.progress.connect(lambda seen: self.ollama.show_state(seen.ollama, seen.running))
        job.finished.connect(self._on_looked)
        job.ended.connect(self._on_look_ended)

    # ---- Ollama ----------------------------------------------------------------------------

    def find_weights(self, entry: ModelEntry) -> None:
        job = self._start(lambda _token: work.find_weights(entry))
        job.finished.connect(self.weights_found)

    def unload(self, entry: ModelEntry) -> None:
        job = self._start(lambda _token: work.unload(self.servers, entry))
        job.finished.connect(self._after_act)

    def ask_delete(self, entry: ModelEntry) -> None:
        name = entry.name.removeprefix("ollama:")
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Delete a model")
        box.setText(f"Delete {name} from Ollama?")
        box.setInformativeText(
            f"{size_text(entry.size_bytes)} leave the disk for good. Other programs that use "
            "Ollama lose it too; it can be pulled again."
        )
        delete = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        delete.clicked.connect(lambda: self._delete(entry))
        box.open()

    def _delete(self, entry: ModelEntry) -> None:
        title = f"Delete {entry.name}"
        job = self._start(lambda _token: work.delete(self.servers, entry), title)
        job.finished.connect(self._after_act)

    def _on_pulled(self) -> None:
        self.ollama.name.clear()
        self._after_act()

    # ---- other servers ---------------------------------------------------------------------

    def ask_server(self, server: Server) -> None:
        """The user's own act, so it may ask to be let out."""
        job = self._start(
            lambda _token: work.ask(self.servers, server), again=partial(self.ask_server, server)
        )
        job.finished.connect(self._after_act)

    def remove(self, server: Server) -> None:
        job = self._start(lambda _token: work.remove(self.servers, server))
        job.finished.connect(lambda token: self._on_removed(server, token))

    def _on_removed(self, server: Server, token: str) -> None:
        self._after_act()
        text, hint = f"{server.name} is off the list.", "Its token has left the keyring."
        undo = partial(self._put_back, server, token)
        self._context.notices.show(
            Notice(text, hint if token else "", "info", "servers changed", "Undo", undo)
        )

    def _put_back(self, server: Server, token: str) -> None:
        name, address = server.name, server.address
        job = self._start(lambda _token: work.save(self.servers, name, address, token))
        job.finished.connect(self._after_act)

    def _on_kept_without_token(self, error: UserError) -> None:
        self.failed.emit(error, None)
        self.look()

    # ---- inside ----------------------------------------------------------------------------

    def _show_context(self, entry: ModelEntry) -> None:
        self.ollama.show_context(self._context.services.library.load_settings(entry).n_ctx)

    def _save_context(self, entry: ModelEntry, n_ctx: int) -> None:
        library = self._context.services.library
        settings = replace(library.load_settings(entry), n_ctx=n_ctx)
        try:
            library.save_load_settings(entry, settings)
        except UserError as error:
            self.failed.emit(error, None)

    def _start(
        self, steps: Callable, title: str = "", again: Callable[[], None] | None = None
    ) -> Job:
        job = self._context.jobs.start(steps, title)
        job.failed.connect(lambda error: self.failed.emit(error, again))
        return job

    def _after_act(self, _result: object = None) -> None:
        self.went_well.emit()
        self.look()

    def _on_looked(self, seen: work.Seen) -> None:
        self.ollama.show_state(seen.ollama, seen.running)
        self.others.show_servers(seen.others, seen.nearby)
        self._context.theme.hand_to(self.others)

    def _on_look_ended(self) -> None:
        self._looking = None

    def _connect_signals(self) -> None:
        ollama, others = self.ollama, self.others
        ollama.pull_asked.connect(self.pulls.start)
        self.pulls.pulled.connect(self._on_pulled)
        self.pulls.failed.connect(self.failed)
        self.editing.saved.connect(self._after_act)
        self.editing.kept_without_token.connect(self._on_kept_without_token)
        self.editing.failed.connect(lambda error: self.failed.emit(error, None))
        ollama.chat_asked.connect(self.chat_asked)
        ollama.weights_asked.connect(self.find_weights)
        ollama.unload_asked.connect(self.unload)
        ollama.delete_asked.connect(self.ask_delete)
        ollama.table.failed.connect(lambda error: self.failed.emit(error, None))
        ollama.chosen.connect(self._show_context)
        ollama.context_changed.connect(self._save_context)
        others.chat_asked.connect(self.chat_asked)
        others.add_asked.connect(self.editing.open)
        others.edit_asked.connect(self.editing.open)
        others.ask_asked.connect(self.ask_server)
        others.remove_asked.connect(self.remove)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setProperty("role", "page")
        inside.setMaximumWidth(COLUMN_PX)
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(16)
        column.addWidget(words(INTRO, "secondary"))
        column.addWidget(self.ollama)
        column.addWidget(self.others)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(in_the_middle(inside), "Servers"))
