"""What is done with the attempts at a lab: begun anew, looked into, handed in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu

from app.context import AppContext
from app.crash import made_by
from app.notices import Notice
from app.pages.page import Command
from app.widgets.file_dialog import FileDialog
from app.widgets.sheet.lab_drawer import when
from labs.lab_book.attempt import Attempt, Sheet
from labs.lab_book.book import LabBook, free_archive, hand_in

if TYPE_CHECKING:
    from app.widgets.sheet.lab_drawer import LabDrawer


class LabAttempts(QObject):
    """Of the lab that a drawer shows; `failed` carries a UserError."""

    failed = Signal(object)

    def __init__(self, context: AppContext, drawer: LabDrawer) -> None:
        super().__init__(drawer)
        self._context, self._drawer = context, drawer
        self._book = LabBook(context.services.paths.lab_book, made_by())

    def show_latest(self, sheet: Sheet) -> None:
        """The newest attempt at another lab."""
        self._drawer.show_attempt(self._book.latest(sheet))

    def commands(self) -> list[Command]:
        return [
            Command("Start the lab over", "", self.start_over, "Older attempts are kept"),
            Command("Open the folder of the lab", "", self.open_folder),
            Command("Hand in the lab…", "", self.ask_hand_in),
        ]

    def menu(self) -> QMenu:
        """The attempts, and what can be done with the one that is shown."""
        menu, shown = QMenu(self._drawer), self._drawer.attempt
        if shown is None:
            return menu
        for attempt in self._book.attempts(shown.sheet):
            changed = when(attempt.peek().changed_at)
            action = menu.addAction(f"{attempt.words}, {changed}".rstrip(", "))
            action.setCheckable(True)
            action.setChecked(attempt.path == shown.path)
            action.triggered.connect(lambda _checked, chosen=attempt: self._choose(chosen))
        menu.addSeparator()
        menu.addAction("Start over", self.start_over).setEnabled(shown.is_begun)
        menu.addAction("Open folder", self.open_folder).setEnabled(shown.is_begun)
        menu.addAction("Hand in…", self.ask_hand_in).setEnabled(shown.is_begun)
        return menu

    def _choose(self, attempt: Attempt) -> None:
        shown = self._drawer.attempt
        if shown is None or attempt.path != shown.path:
            self._drawer.show_attempt(attempt)

    def start_over(self) -> None:
        drawer = self._drawer
        if drawer.attempt is not None and drawer.save():
            drawer.show_attempt(self._book.new(drawer.attempt.sheet))

    def open_folder(self) -> None:
        drawer = self._drawer
        if drawer.attempt is not None and drawer.save():
            _open(drawer.attempt.path)

    def ask_hand_in(self) -> None:
        drawer = self._drawer
        if drawer.attempt is None or not drawer.save():
            return
        attempt = drawer.attempt
        dialog = FileDialog(drawer, "Hand in the lab")
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Zip archive (*.zip)")
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(free_archive(Path(dialog.directory().absolutePath()), attempt))
        dialog.fileSelected.connect(lambda name: self.hand_in(attempt, Path(name)))
        dialog.open()

    def hand_in(self, attempt: Attempt, target: Path) -> None:
        """Pack an attempt's folder into one file that a teacher can open."""
        job = self._context.jobs.start(
            lambda _: hand_in(attempt, target), f"Packing {attempt.name}"
        )
        job.failed.connect(self.failed)
        job.finished.connect(self._on_handed_in)

    def _on_handed_in(self, made: Path) -> None:
        self._context.notices.show(
            Notice(
                f"The lab is in {made.name}.", str(made), "success", "hand-in",
                "Show in its folder", lambda: _open(made.parent),
            )
        )  # fmt: skip


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
