"""The fields of a set-up that every lab has: models, time, set, seed."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.model_choice import make_free_picker
from app.pages.labs.sizing_work import Student
from app.widgets.durations import duration
from app.widgets.icons import IconButton
from app.widgets.parts import button, row_of, words
from app.widgets.still import keep_still
from labs.experiments.experiment import Time
from labs.experiments.running.sizing import BUDGET_S, TIME_TITLES
from models.library.entry import short_name

MOST_SEED = 2**31 - 1


class ModelList(QWidget):
    """The model chosen in the header, and others that are asked the same."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._others: list[str] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._first = words()
        self._column.addWidget(self._first)
        self._rows: list[QWidget] = []
        self.picker = make_free_picker(context)
        self.picker.chosen.connect(self.add)
        self._add = words("Ask another one the same:", "small", wrap=False)
        self._column.addLayout(row_of(self._add, self.picker, stretch=-1))
        context.current_model.changed.connect(self._on_current)
        self._show()

    def models(self) -> tuple[str, ...]:
        """What `Pool.lease` takes, each once, in the order in which they are asked."""
        current = self._context.current_model.model
        return tuple(dict.fromkeys([*([current] if current else []), *self._others]))

    def add(self, model: str) -> None:
        self.picker.set_current("")
        if model not in self.models():
            self._others.append(model)
            self._show()
            self.changed.emit()

    def remove(self, model: str) -> None:
        self._others = [other for other in self._others if other != model]
        self._show()
        self.changed.emit()

    def _on_current(self, _model: str) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for row in self._rows:
            row.setParent(None)
            row.deleteLater()
        models = self.models()
        first = self._name(models[0]) if models else ""
        self._first.setText(first or "No model is chosen yet: choose one at the top of the page.")
        self._rows = [self._row(model) for model in models[1:]]
        for place, row in enumerate(self._rows, start=1):
            self._column.insertWidget(place, row)

    def _row(self, model: str) -> QWidget:
        row, name = QWidget(), self._name(model)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        remove = IconButton("x", f"Leave {name} out", row, size=14)
        remove.setTokens(self._context.theme.tokens)
        remove.clicked.connect(lambda: self.remove(model))
        line.addWidget(words(f"and {name}"), 1)
        line.addWidget(remove)
        return row

    def _name(self, model: str) -> str:
        entry = self._context.services.library.find(model)
        return entry.name if entry else short_name(model)


class TimeChoice(QWidget):
    """Class, Report or Thorough: time, not counts."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.buttons = {}
        for time, title in TIME_TITLES.items():
            limit = duration(BUDGET_S[time]).removesuffix(" 0 min")
            each = button(f"{title} · up to {limit}", name=f"{title}, at most {limit}")
            each.setCheckable(True)
            self._group.addButton(each)
            self.buttons[time] = each
            row.addWidget(each)
        row.addStretch(1)
        self.buttons["class"].setChecked(True)
        self._group.buttonToggled.connect(self._on_toggled)

    def value(self) -> Time:
        return next(time for time, each in self.buttons.items() if each.isChecked())

    def choose(self, time: Time) -> None:
        self.buttons[time].setChecked(True)

    def _on_toggled(self, _button: object, is_on: bool) -> None:
        if is_on:
            self.changed.emit()


class SeedField(QWidget):
    """Draws the items and their order; the same seed draws the same again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.spin = QSpinBox()
        self.spin.setRange(0, MOST_SEED)
        self.spin.setKeyboardTracking(False)
        self.spin.setAccessibleName("Seed")
        keep_still(self.spin)
        self.draw()
        new = button("New seed")
        new.clicked.connect(self.draw)
        self.spin.valueChanged.connect(self.changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.spin, 1)
        row.addWidget(new)

    def draw(self) -> None:
        self.spin.setValue(secrets.randbelow(100_000))

    def value(self) -> int:
        return self.spin.value()

    def show_seed(self, seed: int) -> None:
        """The seed of somebody's draw; nobody is told of a change."""
        with QSignalBlocker(self.spin):
            self.spin.setValue(seed)


class StudentFields(QWidget):
    """Whose run it is, and whether their own items are drawn."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.code = self._line("Student code", "Student code, only if your course uses one")
        self.course = self._line("Course", "Course")
        self.draws = QCheckBox("Draw items for this student")
        self.draws.setToolTip(
            "Course, code and set give the seed: each student has items of their own, and the "
            "same here as on the command line."
        )
        self.draws.toggled.connect(self._on_toggled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = row_of(self.code, self.course)
        row.setStretch(0, 3)
        row.setStretch(1, 2)
        column.addLayout(row)
        column.addWidget(self.draws)
        self._on_toggled(False)

    def value(self) -> Student | None:
        """The student whose items are drawn."""
        if not self.draws.isChecked():
            return None
        return Student(self.course.text().strip(), self.code.text().strip())

    def _line(self, name: str, hint: str) -> QLineEdit:
        made = QLineEdit(placeholderText=hint)
        made.setAccessibleName(name)
        made.textChanged.connect(self._on_typed)
        return made

    def _on_typed(self) -> None:
        if self.draws.isChecked():
            self.changed.emit()

    def _on_toggled(self, draws: bool) -> None:
        self.course.setVisible(draws)
        self.changed.emit()
