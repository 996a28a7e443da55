"""The Servers tab: models that other programs run, and those programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QMessageBox, QScrollArea, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.notices import Notice
from app.pages.models import servers_work as work
from app.pages.models.get_models_parts import DownloadRow
from app.pages.models.servers_dialog import ServerDialog
from app.pages.models.servers_ollama import OllamaCard
from app.pages.models.servers_others import OthersCard
from app.pages.models.servers_parts import words
from models.amounts import size_text
from models.errors import UserError
from models.library.entry import ModelEntry
from models.network import Act, Sealed
from models.remote.addresses import endpoint_address, endpoint_name
from models.remote.server import Server, ServerState

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
        self._pulling: dict[str, Job] = {}
        self._rows: dict[str, DownloadRow] = {}
        self.dialog: ServerDialog | None = None
        self._tried: ServerState | None = None  # by the last test in a dialog
        self.ollama, self.others = OllamaCard(), OthersCard()
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

    def pull(self, name: str) -> None:
        """Once at a time for each model; a row of an earlier try gives way."""
        if name in self._pulling:
            return
        self._take_away(name)
        job = self._context.jobs.start(
            lambda token: work.pull(self.servers, name, token),
            f"Pull {name}",
            summary=lambda _state: f"{name} is in Ollama.",
        )
        row = DownloadRow(job)
        self._pulling[name], self._rows[name] = job, row
        self._context.theme.hand_to(row)
        self.ollama.pulls.insertWidget(0, row)
        again = partial(self.pull, name)
        job.finished.connect(lambda _state: self._on_pulled(name))
        job.failed.connect(lambda error: self._on_pull_failed(name, again, error))
        job.cancelled.connect(lambda: self._on_pull_stopped(name, again))
        job.ended.connect(lambda: self._pulling.pop(name))

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

    def _on_pulled(self, name: str) -> None:
        self._rows[name].show_end("Here. It is in the list above.", "good", "Close")
        self._rows[name].acted.connect(partial(self._take_away, name))
        self.ollama.name.clear()
        self._after_act()

    def _on_pull_failed(self, name: str, again: Callable[[], None], error: UserError) -> None:
        if isinstance(error, Sealed):  # the bar asks; nothing has begun
            self._take_away(name)
        else:
            self._rows[name].show_end(str(error), "danger", "Try again")
            self._rows[name].acted.connect(again)
        self.failed.emit(error, again)

    def _on_pull_stopped(self, name: str, again: Callable[[], None]) -> None:
        ending = "Stopped by you. Ollama keeps what has arrived."
        self._rows[name].show_end(ending, "small", "Go on")
        self._rows[name].acted.connect(again)

    def _take_away(self, name: str) -> None:
        if row := self._rows.pop(name, None):
            self.ollama.pulls.removeWidget(row)
            row.hide()
            row.deleteLater()

    # ---- other servers ---------------------------------------------------------------------

    def ask_server(self, server: Server) -> None:
        """The user's own act, so it may ask to be let out."""
        job = self._start(
            lambda _token: work.ask(self.servers, server), again=partial(self.ask_server, server)
        )
        job.finished.connect(self._after_act)

    def open_dialog(self, server: Server | None) -> None:
        is_known = server in self.servers.servers()
        self._tried = None
        self.dialog = dialog = ServerDialog(self, server, is_known=is_known)
        dialog.test_asked.connect(self._test)
        dialog.save_asked.connect(self._save)
        dialog.let_out.connect(self._let_out)
        dialog.destroyed.connect(self._forget_dialog)
        self._context.theme.hand_to(dialog)
        dialog.open()

    def remove(self, server: Server) -> None:
        job = self._start(lambda _token: work.remove(self.servers, server))
        job.finished.connect(lambda token: self._on_removed(server, token))

    def _test(self) -> None:
        dialog = self.dialog
        if dialog is None:
            return
        try:
            server = Server(
                endpoint_name(dialog.name.text()), endpoint_address(dialog.address.text())
            )
        except UserError as error:
            dialog.show_error(error)
            return
        token = dialog.token_text
        dialog.show_busy(f"Asking {server.name}…")
        job = self._context.jobs.start(lambda _token: work.try_out(self.servers, server, token))
        job.finished.connect(self._on_tested)
        job.failed.connect(self._on_dialog_failed)

    def _save(self) -> None:
        dialog = self.dialog
        if dialog is None:
            return
        name, address, token = dialog.name.text(), dialog.address.text(), dialog.token_text
        if not dialog.is_known and self._has(name):
            dialog.show_error(
                UserError(
                    f"There is a server called “{name.strip()}” already.",
                    "Choose another name, or edit that one.",
                )
            )
            return
        job = self._context.jobs.start(lambda _token: work.save(self.servers, name, address, token))
        job.finished.connect(self._on_saved)
        job.failed.connect(lambda error: self._on_save_failed(name, error))

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

    def _let_out(self, act: Act) -> None:
        self._context.services.gate.allow_once(act)
        self._test()

    def _on_tested(self, state: ServerState) -> None:
        self._tried = state
        if self.dialog is not None:
            self.dialog.show_found(state)

    def _on_dialog_failed(self, error: UserError) -> None:
        if self.dialog is not None:
            self.dialog.show_error(error)

    def _on_save_failed(self, name: str, error: UserError) -> None:
        """Without a keyring the server is there all the same, and only its token is not kept."""
        if isinstance(error, work.TokenNeeded) or not self._has(name):
            self._on_dialog_failed(error)
            return
        if self.dialog is not None:
            self.dialog.close()
        self.failed.emit(error, None)
        self.look()

    def _has(self, name: str) -> bool:
        return any(server.name == name.strip() for server in self.servers.servers())

    def _on_saved(self, server: Server) -> None:
        if self._tried is not None:
            self.servers.remember(self._tried)
        if self.dialog is not None:
            self.dialog.close()
        self._after_act()

    def _forget_dialog(self) -> None:
        self.dialog = None

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
        ollama.pull_asked.connect(self.pull)
        ollama.chat_asked.connect(self.chat_asked)
        ollama.weights_asked.connect(self.find_weights)
        ollama.unload_asked.connect(self.unload)
        ollama.delete_asked.connect(self.ask_delete)
        ollama.table.failed.connect(lambda error: self.failed.emit(error, None))
        ollama.chosen.connect(self._show_context)
        ollama.context_changed.connect(self._save_context)
        others.chat_asked.connect(self.chat_asked)
        others.add_asked.connect(self.open_dialog)
        others.edit_asked.connect(self.open_dialog)
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
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what lies in it can be reached
        scroll.setAccessibleName("Servers")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
