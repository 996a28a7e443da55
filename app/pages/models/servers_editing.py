"""A server that is added or changed: its dialog is opened, and what the dialog asks for is done."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.models import servers_work as work
from app.pages.models.servers_dialog import ServerDialog
from models.errors import UserError
from models.network import Act
from models.remote.addresses import endpoint_address, endpoint_name
from models.remote.server import Server, ServerState
from models.remote.servers import Servers


class ServerEditing(QObject):
    """One dialog at a time, over `tab`. `kept_without_token` carries a UserError: without a
    keyring the server is there all the same, and only its token is not kept."""

    saved = Signal()
    failed = Signal(object)  # a UserError of a dialog that is not there any more
    kept_without_token = Signal(object)

    def __init__(self, context: AppContext, servers: Servers, tab: QWidget) -> None:
        super().__init__(tab)
        self._context, self._servers, self._tab = context, servers, tab
        self.dialog: ServerDialog | None = None
        self._tried: ServerState | None = None  # by the last test
        self._testing: Job | None = None  # of what stands in the fields now
        self._saving: Job | None = None  # of the dialog that is open now

    def open(self, server: Server | None) -> None:
        is_known = server in self._servers.servers()
        self._tried = self._testing = self._saving = None
        self.dialog = dialog = ServerDialog(self._tab, server, is_known=is_known)
        dialog.test_asked.connect(self._test)
        dialog.save_asked.connect(self._save)
        dialog.let_out.connect(self._let_out)
        dialog.edited.connect(self._on_edited)
        dialog.destroyed.connect(self._forget_dialog)
        self._context.theme.hand_to(dialog)
        dialog.open()

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
        job = self._context.jobs.start(lambda _token: work.try_out(self._servers, server, token))
        self._testing = job
        job.finished.connect(self._on_tested)
        job.failed.connect(self._on_test_failed)

    def _on_edited(self) -> None:
        self._testing = None  # its answer will be about other fields

    def _let_out(self, act: Act) -> None:
        self._context.services.gate.allow_once(act)
        self._test()

    def _save(self) -> None:
        dialog = self.dialog
        if dialog is None or self._saving is not None:
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
        dialog.show_busy("Saving…")  # a keyring may ask first
        self._saving = job = self._context.jobs.start(
            lambda _token: work.save(self._servers, name, address, token)
        )
        job.finished.connect(self._on_saved)
        job.failed.connect(partial(self._on_save_failed, job, name))

    def _on_tested(self, state: ServerState) -> None:
        if self.sender() is self._testing and self.dialog is not None:
            self._tried = state
            self.dialog.show_found(state)

    def _on_test_failed(self, error: UserError) -> None:
        if self.sender() is self._testing and self.dialog is not None:
            self.dialog.show_error(error)

    def _on_saved(self, _server: Server) -> None:
        if self._tried is not None:
            self._servers.remember(self._tried)
        if self.sender() is self._saving:
            self._close_dialog()
        self.saved.emit()

    def _on_save_failed(self, job: Job, name: str, error: UserError) -> None:
        is_here = job is self._saving
        self._saving = None if is_here else self._saving
        if not isinstance(error, work.TokenNeeded) and self._has(name):
            if is_here:
                self._close_dialog()
            self.kept_without_token.emit(error)
        elif is_here and self.dialog is not None:
            self.dialog.show_error(error)
        else:
            self.failed.emit(error)

    def _has(self, name: str) -> bool:
        return any(server.name == name.strip() for server in self._servers.servers())

    def _close_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.close()

    def _forget_dialog(self) -> None:
        self.dialog = None
