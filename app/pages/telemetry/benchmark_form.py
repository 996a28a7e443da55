"""What to measure: models, sizes, and the settings that are compared."""

from __future__ import annotations

import os
from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.jobs import Job
from app.pages.telemetry.benchmark_work import Asked
from app.pages.telemetry.model_choices import STARTER, ModelChoices
from app.widgets.parts import button, card, row_of, words
from app.widgets.still import keep_still
from app.widgets.task_row import TaskRow
from labs.benchmark.wish import MOST_REPETITIONS, N_READ, N_WRITTEN, REPETITIONS, Flash
from models.errors import UserError

TITLE = "How fast is it here?"
ABOUT = (
    "Reads random tokens and writes some, as llama-bench does, without tokenizer and sampling; and "
    "beside it asks the model as one chats with it. One repetition warms up, settings take turns, "
    "and repetitions on a busy machine are marked."
)
AS_LOADED = "as loaded"
MOST_MODELS = 4
MOST_TOKENS = 32768
HINT_LIST = "Write numbers with commas between them, such as 1, 2."


def threads_hint(threads: int) -> str:
    """Only what a machine with so many can measure: "as loaded, or 1, 2, 4"."""
    doubled = (1 << power for power in range(4))
    return f"as loaded, or {', '.join(str(count) for count in doubled if count <= threads)}"


class BenchmarkForm(QWidget):
    """`start_asked` carries what is Asked; `failed` a UserError."""

    start_asked = Signal(object)
    stop_asked = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.models = ModelChoices(context, MOST_MODELS)
        self.n_read = _number("Tokens to read", N_READ, 0, MOST_TOKENS)
        self.n_written = _number("Tokens to write", N_WRITTEN, 0, MOST_TOKENS)
        self.at_depth = _number("Tokens in the cache before", 0, 0, MOST_TOKENS)
        self.repetitions = _number("Repetitions", REPETITIONS, 1, MOST_REPETITIONS)
        self.threads = _line("Numbers of threads to compare", threads_hint(os.cpu_count() or 1))
        self.layers = _line("Numbers of GPU layers to compare", "as loaded, or 0, 16, -1 for all")
        self.flash = QComboBox()
        self.flash.setAccessibleName("Flash attention")
        self.flash.addItem(AS_LOADED, None)
        for choice in get_args(Flash):
            self.flash.addItem(choice, choice)
        keep_still(self.flash)
        self.batch = _number("Tokens read at once", 0, 0, 4096)
        self.batch.setSpecialValueText(AS_LOADED)
        self.chatted = QCheckBox("Also as one chats with it")
        self.chatted.setChecked(True)
        self.start = button("Run", "primary", "Run the benchmark")
        self.task = TaskRow("Measuring", inset_px=0)
        self._lay_out()
        self.start.clicked.connect(self._on_start)
        self.task.stop_requested.connect(self.stop_asked)
        self.show_idle()

    def offer(self, model: str) -> None:
        """Choose the model in use, where nothing was chosen yet."""
        if not self.models.names:
            self.models.set_names((model or STARTER,))

    def asked(self) -> Asked:
        """Raises UserError for a list that is none."""
        return Asked(
            self.models.names, self.n_read.value(), self.n_written.value(), self.at_depth.value(),
            self.repetitions.value(), _numbers(self.threads), _numbers(self.layers),
            self.flash.currentData(), self.batch.value(), self.chatted.isChecked(),
        )  # fmt: skip

    def show_running(self, job: Job) -> None:
        self.task.show()
        self.task.show_progress(None, "", None, stopping=False)
        self.task.setFocus()  # before what had it is off
        self.start.hide()
        self._inside.setEnabled(False)
        job.updated.connect(lambda: self._show_progress(job))

    def show_idle(self) -> None:
        self.start.show()
        self._inside.setEnabled(True)
        focused = QApplication.focusWidget()
        if focused is not None and self.task.isAncestorOf(focused):
            self.start.setFocus()  # before what had it is gone
        self.task.hide()

    # ---- inside ----------------------------------------------------------------------------

    def _show_progress(self, job: Job) -> None:
        if job.is_running:
            status = job.status
            self.task.show_progress(
                status.fraction, status.detail, status.time_left_s, stopping=job.is_stopping
            )

    def _on_start(self) -> None:
        try:
            self.start_asked.emit(self.asked())
        except UserError as error:
            self.failed.emit(error)

    def _lay_out(self) -> None:
        self._inside, inside = card(spacing=12)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(_label("Models"), self.models)
        form.addRow(_label("Read"), row_of(
            self.n_read, _label("tokens, write"), self.n_written, _label("tokens,"),
            self.repetitions, _label("times"), stretch=-1,
        ))  # fmt: skip
        form.addRow(
            _label("After"), row_of(self.at_depth, _label("tokens in the cache"), stretch=-1)
        )
        form.addRow(_label("Threads"), self.threads)
        form.addRow(_label("GPU layers"), self.layers)
        form.addRow(_label("Flash attention"), row_of(
            self.flash, _label("tokens read at once"), self.batch, stretch=-1
        ))  # fmt: skip
        form.addRow(_label(""), self.chatted)
        inside.addLayout(form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(words(TITLE, "title"))
        column.addWidget(words(ABOUT, "secondary"))
        column.addWidget(self._inside)
        column.addLayout(row_of(self.start, stretch=-1))
        column.addWidget(self.task)


def _label(text: str) -> QWidget:
    return words(text, "secondary", wrap=False)


def _number(name: str, value: int, least: int, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setValue(value)
    box.setGroupSeparatorShown(True)
    box.setAccessibleName(name)
    keep_still(box)
    return box


def _line(name: str, placeholder: str) -> QLineEdit:
    line = QLineEdit(placeholderText=placeholder)
    line.setAccessibleName(name)
    return line


def _numbers(line: QLineEdit) -> tuple[int, ...]:
    text = line.text().replace("−", "-").strip()
    try:
        return tuple(int(word) for word in text.split(",")) if text else ()
    except ValueError:
        raise UserError(f"“{text}” is no list of numbers.", HINT_LIST) from None
