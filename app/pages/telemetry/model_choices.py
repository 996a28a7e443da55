"""Which models: one picker a model, the first always there."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.context import AppContext
from app.model_choice import make_free_picker
from app.widgets.icons import IconButton
from app.widgets.model_picker import ModelPicker
from app.widgets.parts import button, row_of

STARTER = "starter"


class _Row(QWidget):
    removed = Signal()

    def __init__(self, context: AppContext, name: str) -> None:
        super().__init__()
        self.name = name
        self.picker: ModelPicker = make_free_picker(context)
        self.picker.set_current(name)
        self.remove = IconButton("x", "Take this model away")
        self.remove.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.picker, 100)  # all as wide as a picker may be
        row.addWidget(self.remove)
        row.addStretch(1)


class ModelChoices(QWidget):
    """Up to `most` models; `changed` comes with every choice."""

    changed = Signal()

    def __init__(self, context: AppContext, most: int) -> None:
        super().__init__()
        self._context, self._most = context, most
        self._rows: list[_Row] = []
        self.add = button("Add a model", "link")
        self.add.clicked.connect(self.add_another)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(row_of(self.add, stretch=-1))

    @property
    def names(self) -> tuple[str, ...]:
        """As `Library.resolve_to_run` takes them; rows in which none is chosen yet are left out."""
        return tuple(row.name for row in self._rows if row.name)

    def set_names(self, names: tuple[str, ...]) -> None:
        for row in list(self._rows):
            self._take_away(row)
        for name in names[: self._most]:
            self.add_model(name)

    def add_model(self, name: str) -> None:
        if len(self._rows) >= self._most:
            return
        row = _Row(self._context, name)
        self._rows.append(row)
        self._column.insertWidget(len(self._rows) - 1, row)
        self._context.theme.hand_to(row)
        row.picker.chosen.connect(partial(self._on_chosen, row))
        row.removed.connect(partial(self._on_removed, row))
        self._show_room()

    def add_another(self) -> None:
        """The next model on the list that is not here yet; where there is none, its list opens."""
        name = self._next()
        self.add_model(name)
        if not name:
            self._rows[-1].picker.open_list()

    # ---- inside ----------------------------------------------------------------------------

    def _next(self) -> str:
        taken = {*self.names}
        others = (
            entry.model for entry in self._context.services.library.entries()
            if entry.is_local and entry.can_run and entry.model not in taken
            and not (entry.is_starter and STARTER in taken)
        )  # fmt: skip
        return next(others, "")

    def _on_chosen(self, row: _Row, model: str) -> None:
        row.name = model
        row.picker.set_current(model)
        self.changed.emit()

    def _on_removed(self, row: _Row) -> None:
        self._take_away(row)
        self._show_room()

    def _take_away(self, row: _Row) -> None:
        self._rows.remove(row)
        row.hide()
        row.deleteLater()

    def _show_room(self) -> None:
        self.add.setVisible(len(self._rows) < self._most)
        for row in self._rows:
            row.remove.setVisible(len(self._rows) > 1)
        self.changed.emit()
