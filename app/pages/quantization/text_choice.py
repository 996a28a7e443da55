"""Which text is read, how much of it, and how long that will take."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from app.widgets.file_dialog import FileDialog
from app.widgets.parts import row_of
from labs.quantization.estimate import windows_in
from labs.quantization.texts import KINDS, size_of

ALL, OWN = "all", "own"
COUNTS = ((8, "8 windows, a first look"), (20, "20 windows, good for a decision"))
WINDOW_TOKENS, MOST_WINDOWS = 512, 2000


class TextChoice(QWidget):
    """`changed` comes with each choice."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.path: Path | None = None
        self.text = QComboBox()
        self.text.setAccessibleName("Text")
        self.text.addItem("Prose, code and dialogue in turns", ALL)
        for kind in KINDS:
            self.text.addItem(f"Only {kind}", kind)
        self.text.addItem("A text of your own…", OWN)
        self.count = QComboBox()
        self.count.setAccessibleName("How much is read")
        for number, name in COUNTS:
            self.count.addItem(name, number)
        self.count.addItem("Another number of windows", 0)
        self.own_count = QSpinBox(minimum=1, maximum=MOST_WINDOWS, value=40)
        self.own_count.setAccessibleName("Number of windows")
        self.with_speed = QCheckBox("Measure how fast each writes, too")
        self.with_speed.setAccessibleName("Measure how fast each writes, too")
        self.with_speed.setChecked(True)
        self._lay_out()
        self.text.activated.connect(self._on_text)
        self.count.currentIndexChanged.connect(self._on_count)
        self.own_count.valueChanged.connect(self.changed)
        self.with_speed.toggled.connect(self.changed)
        self._on_count()

    @property
    def n_windows(self) -> int:
        return self.count.currentData() or self.own_count.value()

    @property
    def n_there(self) -> int:
        """About how many windows the text has."""
        return windows_in(size_of(self.kinds, self.own_path), WINDOW_TOKENS)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of the bundled texts; () for one of the user's own."""
        kind = self.text.currentData()
        return KINDS if kind == ALL else () if kind == OWN else (kind,)

    @property
    def own_path(self) -> Path | None:
        return self.path if self.text.currentData() == OWN else None

    def use_file(self, path: Path) -> None:
        self.path = path
        place = self.text.findData(OWN)
        self.text.setItemText(place, path.name)
        self.text.setCurrentIndex(place)
        self.changed.emit()

    def _on_text(self) -> None:
        if self.text.currentData() == OWN:
            self._ask_for_file()
        self.changed.emit()

    def _on_count(self) -> None:
        self.own_count.setVisible(not self.count.currentData())
        self.changed.emit()

    def _ask_for_file(self) -> None:
        dialog = FileDialog(self, "Choose a text")
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("Texts (*.txt *.md *.py *.csv *.json);;All files (*)")
        dialog.fileSelected.connect(lambda name: self.use_file(Path(name)))
        dialog.rejected.connect(self._on_no_file)
        dialog.open()

    def _on_no_file(self) -> None:
        if self.path is None:
            self.text.setCurrentIndex(0)
            self.changed.emit()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow("Text", row_of(self.text, stretch=-1))
        form.addRow("How much", row_of(self.count, self.own_count, stretch=-1))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(form)
        column.addWidget(self.with_speed)
