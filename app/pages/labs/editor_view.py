"""Scenario design: the shelf of sets, and the one that is on the desk."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from app.context import AppContext
from app.notices import Notice
from app.pages.labs import editor_files
from app.pages.labs.bench import BenchView, Errand
from app.pages.labs.editor_desk import EditorDesk
from app.pages.labs.editor_files import Opened, SetRow
from app.pages.labs.editor_shelf import SetShelf
from app.widgets.turns import in_turns
from labs.experiments.scenarios.set_editing import new_set
from labs.experiments.six_ways.question_set import takes_questions


class EditorView(BenchView):
    """One desk at a time; leaving it keeps what is not saved as a draft."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._folder = context.services.paths.sets
        self.shelf = SetShelf()
        self.desk: EditorDesk | None = None
        self._binned: SetRow | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self.shelf)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.shelf.left.connect(self.left)
        self.shelf.new_asked.connect(self.begin_new)
        self.shelf.import_asked.connect(self.import_file)
        self.shelf.open_asked.connect(self.open)
        self.shelf.copy_asked.connect(self.copy)
        self.shelf.bin_asked.connect(self.to_bin)

    def begin(self) -> None:
        if self.desk is None:
            self.look()

    def look(self, _moved: object = None) -> None:
        """Read the shelf anew."""
        folder = self._folder
        self._start(lambda: editor_files.list_sets(folder), self._on_rows)

    def begin_new(self) -> None:
        key = editor_files.free_key(self._folder, editor_files.NEW)
        self._put_on_desk(Opened(key, new_set(), None))

    def open_target(self, target: str) -> None:
        """A yes/no question that was asked in the chat."""
        self._clear_desk()  # keeps its draft, which may be of the very set
        folder = self._folder
        self._start(lambda: editor_files.take_question(folder, target), self._put_on_desk)

    def open(self, row: SetRow) -> None:
        folder = self._folder
        self._start(lambda: editor_files.open_set(folder, row.key), self._put_on_desk)

    def copy(self, row: SetRow) -> None:
        folder, path = self._folder, row.path
        assert path is not None
        self._start(lambda: editor_files.copy_shipped(folder, path), self._put_on_desk)

    def import_file(self, path: Path) -> None:
        folder = self._folder
        self._start(lambda: editor_files.import_set(folder, path), self._put_on_desk)

    def to_bin(self, row: SetRow) -> None:
        folder = self._folder
        self._binned = row
        self._start(lambda: editor_files.to_bin(folder, row.key), self._on_binned)

    # ---- inside ----------------------------------------------------------------------------

    def _start(
        self, work: Callable[[], Generator[str, None, Any]], done: Callable[[Any], object]
    ) -> None:
        """`done` is a method of a widget: when that is gone, nobody is told any more."""
        job = self._context.jobs.start(lambda _: work())
        job.finished.connect(done)
        job.failed.connect(self.failed)

    def _on_rows(self, rows: tuple[SetRow, ...]) -> None:
        self.shelf.show_rows(rows)

    def _put_on_desk(self, opened: Opened) -> None:
        desk = EditorDesk(self._context, opened, self._stack)
        desk.hide()
        desk.left.connect(self._back_to_shelf)
        desk.failed.connect(self.failed)
        desk.run_asked.connect(lambda path: self.set_up_asked.emit(_errand(desk, path)))
        desk.own_set_asked.connect(lambda: self.set_up_asked.emit(Errand("brittleness")))
        in_turns(
            self,
            lambda: self._context.theme.hand_to(desk),
            lambda: self._stack.addWidget(desk),
            lambda: self._bring_to_front(desk),
        )

    def _bring_to_front(self, desk: EditorDesk) -> None:
        self._clear_desk()
        self.desk = desk
        self._stack.setCurrentWidget(desk)
        desk.show_asked()

    def _back_to_shelf(self) -> None:
        self._clear_desk()
        self.look()

    def _clear_desk(self) -> None:
        self._stack.setCurrentWidget(self.shelf)  # hiding the desk keeps its draft
        if self.desk is not None:
            self._stack.removeWidget(self.desk)
            self.desk.deleteLater()
            self.desk = None

    def _on_binned(self, _moved: object) -> None:
        folder, row = self._folder, self._binned
        assert row is not None
        self.look()
        self._context.notices.show(
            Notice(f"“{row.title}” was moved to the bin.", "", "success", "set-bin", "Undo",
                   lambda: self._start(lambda: editor_files.out_of_bin(folder, row.key),
                                       self.look))
        )  # fmt: skip


def _errand(desk: EditorDesk, path: Path) -> Errand:
    """Questions from the chat are asked in the wordings that they were asked in there."""
    is_from_chat = takes_questions(desk.document.made)
    return Errand("brittleness", path, options={"family": "tone"} if is_from_chat else {})
