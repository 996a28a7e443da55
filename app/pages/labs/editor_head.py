"""The head of the desk: which set this is, whether it is saved, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.labs.editor_document import SetDocument
from app.widgets.icons import IconButton
from app.widgets.parts import back_button, button, row_of, set_role, words


class DeskHead(QWidget):
    left = Signal()
    save_asked = Signal()
    run_asked = Signal()
    export_asked = Signal()

    def __init__(self, document: SetDocument) -> None:
        super().__init__()
        self._document = document
        self.title = words("", "title")
        self.state = words("", "small")
        self.back = back_button("All sets")
        self.undo = IconButton("arrow-counter-clockwise", "Undo the last change")
        self.redo = IconButton("arrow-clockwise", "Redo the change that was undone")
        self.discard = button("Discard changes")
        self.export = button("Export…", name="Export the set as a file")
        self.run = button("Run brittleness", name="Set up a brittleness run with this set")
        self.save = button("Save", "primary", "Save the set")
        for widget, act in (
            (self.back, self.left.emit), (self.undo, document.undo), (self.redo, document.redo),
            (self.discard, document.discard), (self.export, self.export_asked.emit),
            (self.run, self.run_asked.emit), (self.save, self.save_asked.emit),
        ):  # fmt: skip
            widget.clicked.connect(lambda _checked=False, act=act: act())
        document.changed.connect(self.show_state)
        document.draft_kept.connect(self.show_state)
        self._lay_out()
        self.show_state()

    def show_state(self) -> None:
        document = self._document
        is_dirty, is_saved = document.is_dirty, document.opened.saved is not None
        self.title.setText(document.made.title or "A set without a title")
        if not is_dirty:
            state = f"Saved as {document.opened.key}.yaml, version {document.made.version}."
        elif is_saved:
            state = "Not saved. What you typed is kept as a draft."
        else:
            state = "Not saved yet. What you type is kept as a draft."
        self.state.setText(state)
        set_role(self.state, "warning" if is_dirty else "small")
        self.undo.setEnabled(document.can_undo)
        self.redo.setEnabled(document.can_redo)
        self.save.setEnabled(is_dirty)
        self.discard.setVisible(is_dirty and is_saved)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 16, 10)
        column.setSpacing(4)
        actions = row_of(self.back, stretch=-1)
        for each in (self.undo, self.redo, self.discard, self.export, self.run, self.save):
            actions.addWidget(each)
        column.addLayout(actions)
        column.addWidget(self.title)
        column.addWidget(self.state)
