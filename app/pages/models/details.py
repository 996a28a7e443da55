"""The tabs of the inspector that show what a file says and is made of."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.pages.models.columns import HEADER_COLUMNS, TENSOR_COLUMNS, HeaderLine
from app.pages.models.inspection import Inspection, first_items
from app.widgets.data_table import DataTable
from app.widgets.rows_model import FilteredRows, RowRole, RowsModel
from app.widgets.stacked_bar import Segment, StackedBar
from app.widgets.wrapped_text import WrappedText
from models.amounts import count_text, share_text
from models.errors import UserError
from models.library.type_mix import TypeMix
from models.library.weights import Weight

_OF_READABLE_FILES = ("Licence", "Quick fingerprint", "SHA-256", "Same content")
_MARGINS = (16, 12, 16, 16)


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(*_MARGINS)
    column.setSpacing(8)
    return column


class WeightsTab(QWidget):
    """The real mix of types, and the table of tensors."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = QLabel(wordWrap=True)
        self._bar = StackedBar("Types by share of weights")
        self.rows = RowsModel[Weight](TENSOR_COLUMNS, self)
        self.table = DataTable("Tensors", FilteredRows(self.rows, self))
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.set_widths(160, 112, 60, 82)
        column = _column(self)
        column.addWidget(self.sentence)
        column.addWidget(self._bar)
        column.addWidget(self.table, 1)

    def show_inspection(self, inspection: Inspection) -> None:
        self.rows.set_rows(inspection.tensors)
        mix = inspection.mix
        self._bar.show_segments(_segments(mix))
        self.sentence.setText(mix_sentence(mix, inspection.entry.quantization))


def mix_sentence(mix: TypeMix, named: str) -> str:
    """What the weights really are, beside what the name says."""
    if not mix.n_weights:
        return "The file could not be read, so its weights are not known."
    name = f" The file calls itself {named}." if named else ""
    return f"{mix.bits_per_weight:.2f} bits a weight, {count_text(mix.n_weights)} weights.{name}"


def _segments(mix: TypeMix) -> list[Segment]:
    return [
        Segment(
            share.type,
            share.share,
            share_text(share.share),
            f"in {share.n_tensors} tensor{'' if share.n_tensors == 1 else 's'}",
        )
        for share in mix.shares
    ]


class HeaderTab(QWidget):
    """Every key and value with a search; the selected value is shown whole below."""

    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = Path()
        self.search = QLineEdit(placeholderText="Search keys and values")
        self.search.setAccessibleName("Search the header")
        self.search.setClearButtonEnabled(True)
        self.rows = RowsModel[HeaderLine](HEADER_COLUMNS, self)
        filtered = FilteredRows(self.rows, self)
        self.table = DataTable("Keys and values of the header", filtered)
        self.table.set_widths(220, 200, stretch=1)
        self.value = QPlainTextEdit(readOnly=True)
        self.value.setProperty("role", "mono")
        self.value.setAccessibleName("Selected value")
        self.value.setPlaceholderText("Select a row to see its whole value.")
        self.search.textChanged.connect(filtered.search)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        column = _column(self)
        column.addWidget(self.search)
        column.addWidget(self.table, 3)
        column.addWidget(self.value, 1)

    def show_inspection(self, inspection: Inspection) -> None:
        self._path = inspection.entry.path
        self.rows.set_rows(inspection.lines)
        self.value.clear()

    def _on_row_changed(self) -> None:
        line = self.table.currentIndex().data(RowRole)
        if not isinstance(line, HeaderLine):
            self.value.clear()
            return
        try:
            text = first_items(self._path, line.array) if line.array else line.whole
        except UserError as error:
            self.failed.emit(error)
            return
        self.value.setPlainText(text)


class TemplateTab(QWidget):
    """The chat template as its source; it is never run here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = QLabel(wordWrap=True)
        self._sentence.setProperty("role", "secondary")
        self.source = QPlainTextEdit(readOnly=True)
        self.source.setProperty("role", "mono")
        self.source.setAccessibleName("Chat template")
        column = _column(self)
        column.addWidget(self._sentence)
        column.addWidget(self.source, 1)

    def show_inspection(self, inspection: Inspection) -> None:
        template = inspection.chat_template
        self._sentence.setText(
            "How messages become one text for this model."
            if template
            else "This file has no chat template. A plain one is used in chats."
        )
        self.source.setVisible(bool(template))
        self.source.setPlainText(template)


class IdentityTab(QWidget):
    """Which weights these are. `hash_asked` comes when the tab is first seen without a hash."""

    hash_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[str, WrappedText] = {}
        self._only_readable: list[QWidget] = []
        self._column = _column(self)
        for name in ("File", "Licence", "Quick fingerprint", "SHA-256", "Same content"):
            self._lines[name] = self._add_line(name)
        self.progress = QProgressBar(maximum=1000)
        self.progress.setAccessibleName("Progress of the hash")
        self.again = QPushButton("Compute the SHA-256")
        self.again.setAccessibleName("Compute the SHA-256")
        self.again.clicked.connect(self.hash_asked)
        self._column.addWidget(self.progress)
        self._column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)

    def text_of(self, name: str) -> str:
        return self._lines[name].toPlainText()

    def show_inspection(self, inspection: Inspection) -> None:
        entry = inspection.entry
        files = entry.files or (entry.path,)
        self._set("File", "\n".join(str(path) for path in files))
        self._set("Licence", entry.licence or "The file names none; look where it came from.")
        self._set("Quick fingerprint", inspection.fingerprint or "–")
        same = "\n".join(f"{copy.name}: {copy.path}" for copy in inspection.duplicates)
        self._set("Same content", same or "No other file in the list holds the same weights.")
        self.progress.hide()
        for widget in self._only_readable:
            widget.setVisible(bool(inspection.tensors))
        self.again.setVisible(bool(inspection.tensors) and not inspection.sha256)
        if inspection.sha256:
            self.show_hash(inspection.sha256)
        elif entry.sha256:
            self._set("SHA-256", f"{entry.sha256}\nas the store names the file; not checked yet")
        else:
            self._set("SHA-256", "Not computed yet.")

    def show_hash(self, value: str) -> None:
        self._set("SHA-256", value)
        self.progress.hide()
        self.again.hide()

    def show_progress(self, done_bytes: int, total_bytes: int) -> None:
        if not self.progress.isVisibleTo(self):
            self._set("SHA-256", "Being computed…")
        self.again.hide()
        self.progress.show()
        self.progress.setValue(int(1000 * done_bytes / max(1, total_bytes)))

    def stop_progress(self) -> None:
        self._set("SHA-256", "Not computed yet.")
        self.progress.hide()
        self.again.show()

    def _add_line(self, name: str) -> WrappedText:
        title, value = QLabel(name), WrappedText(name)
        title.setProperty("role", "small")
        title.setBuddy(value)
        if name in ("Quick fingerprint", "SHA-256"):
            value.setProperty("role", "mono")
        line = QFrame()
        line.setProperty("role", "hairline")
        line.setVisible(bool(self._column.count()))
        for widget in (line, title, value):
            self._column.addWidget(widget)
        if name in _OF_READABLE_FILES:
            self._only_readable += [line, title, value]
        return value

    def _set(self, name: str, text: str) -> None:
        self._lines[name].set_text(text)
