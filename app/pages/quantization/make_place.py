"""Where a file that is made goes, under which name, and what speaks against making it."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QLineEdit, QVBoxLayout

from app.pages.quantization.targets import (
    Offer,
    Target,
    file_name,
    free_text,
    name_problem,
    usual_path,
)
from app.widgets.file_dialog import FileDialog
from app.widgets.parts import button, row_of, words
from models.quantize.quantize import REQUANTIZE_WARNING

REQUANTIZE = "Quantize it once more all the same"
TICK_FIRST = "The source is quantized already, and more would be lost: tick first that you want it."


class MakePlace(QFrame):
    """`changed` comes with each change. The usual name follows the type until the user writes
    one."""

    changed = Signal()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._offer: Offer | None = None
        self._target: Target | None = None
        self._named_by_user = False
        self.folder, self.name = QLineEdit(str(folder)), QLineEdit()
        self.folder.setAccessibleName("Folder")
        self.name.setAccessibleName("Name of the file")
        self.choose_button = button("Choose…", name="Choose a folder")
        self.remark = words("", "small")
        self.warning = words("", "warning")
        self.requantize = QCheckBox(REQUANTIZE, self)  # stands beside the button that it allows
        self.requantize.setAccessibleName(REQUANTIZE)
        self._lay_out()
        self.folder.textChanged.connect(self._on_folder_text)
        self.name.textEdited.connect(self._on_named)
        self.requantize.toggled.connect(self.changed)
        self.choose_button.clicked.connect(self._ask_for_folder)

    @property
    def path(self) -> Path:
        return self._folder / self._file_name

    @property
    def allows_requantizing(self) -> bool:
        return self.requantize.isChecked()

    def verdict(self) -> tuple[str, bool]:
        """A sentence on what will happen, and whether it can begin."""
        target = self._target
        if target is None:
            return "Choose a type.", False
        if target.problem:
            return target.problem, False
        problem = name_problem(self._folder, self._file_name)
        if problem:
            return problem, False
        told, fits = free_text(self._folder, target)
        if fits and self._is_again and not self.allows_requantizing:
            return f"{told} {TICK_FIRST}", False
        return told, fits

    def show_target(self, offer: Offer | None, target: Target | None) -> None:
        """What is chosen now; another source begins anew."""
        if offer is not self._offer:
            self.begin_again()
        self._offer, self._target = offer, target
        lossy = ", ".join(offer.lossy) if offer else ""
        self.warning.setText(f"This file is quantized already ({lossy}). {REQUANTIZE_WARNING}")
        for widget in (self.warning, self.requantize):
            widget.setVisible(self._is_again)
        self.remark.setText(_named(target) if target and target.remark else "")
        self.remark.setVisible(bool(self.remark.text()))
        self._name_it()

    def begin_again(self) -> None:
        """The usual name, and nothing allowed that has to be asked for."""
        self._named_by_user = False
        self.requantize.setChecked(False)
        self._name_it()

    # ---- inside ----------------------------------------------------------------------------

    @property
    def _folder(self) -> Path:
        return Path(os.path.expanduser(self.folder.text()))

    @property
    def _file_name(self) -> str:
        return file_name(self.name.text(), self._target) if self._target else ""

    @property
    def _is_again(self) -> bool:
        """Whether a source that has lost something would lose more."""
        return bool(self._offer and self._offer.lossy and self._target and not self._target.is_mlx)

    def _name_it(self) -> None:
        if self._offer is not None and self._target is not None and not self._named_by_user:
            path = usual_path(self._offer.entry, self._target, self._folder)
            self.name.setText(path.name)
        self.changed.emit()

    def _on_folder_text(self) -> None:
        self._name_it()

    def _on_named(self) -> None:
        self._named_by_user = bool(self.name.text())
        self.changed.emit()

    def _ask_for_folder(self) -> None:
        dialog = FileDialog(self, "Choose a folder")
        dialog.setFileMode(FileDialog.FileMode.Directory)
        dialog.setOption(FileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow("Folder", row_of(self.folder, self.choose_button, stretch=0))
        form.addRow("Name", self.name)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addLayout(form)
        for widget in (self.remark, self.warning):
            column.addWidget(widget)


def _named(target: Target) -> str:
    """Some remarks begin with the name already."""
    is_named = target.remark.startswith(target.name)
    return target.remark if is_named else f"{target.name}: {target.remark}"
