"""The set of items that a run asks: a lab's own, one that ships, one of the user's, or a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.widgets.file_dialog import FileDialog
from app.widgets.parts import button
from app.widgets.still import keep_still
from labs.experiments.scenarios.set_file import shipped_sets


class SetChoice(QWidget):
    """The set of the lab, another one that ships, one of `own`, or a file."""

    changed = Signal()

    def __init__(self, own: Path) -> None:
        super().__init__()
        self._own = own
        self.box = QComboBox()
        self.box.setAccessibleName("Set of items")
        keep_still(self.box)
        self.box.addItem("The set of this lab", None)
        for path in shipped_sets():
            self.box.addItem(_name(path), path)
        self.look()
        self.box.currentIndexChanged.connect(self.changed)
        choose = button("A file…", name="Choose a file with a set")
        choose.clicked.connect(self.ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box, 1)
        row.addWidget(choose)

    def value(self) -> Path | None:
        path = self.box.currentData()
        return Path(path) if path else None

    def ask(self) -> None:
        dialog = FileDialog(self, "Choose a set")
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("Scenario sets (*.yaml *.yml);;All files (*)")
        dialog.fileSelected.connect(lambda name: self.use(Path(name)))
        dialog.open()

    def use(self, path: Path | None) -> None:
        """Choose a file; None is the set of the lab."""
        if path is None:
            self.box.setCurrentIndex(0)
            return
        if self.box.findData(path) < 0:
            self.box.addItem(path.name, path)
        self.box.setCurrentIndex(self.box.findData(path))

    def look(self) -> None:
        """Own sets that are new come to the list, and those that are gone leave it."""
        own = sorted(self._own.glob("*.yaml"))
        for place in reversed(range(self.box.count())):
            path = self.box.itemData(place)
            if path is not None and path.parent == self._own and path not in own:
                self.box.removeItem(place)
        for path in own:
            if self.box.findData(path) < 0:
                self.box.addItem(f"My set: {_name(path)}", path)


def _name(path: Path) -> str:
    return path.stem.replace("-", " ").capitalize()
