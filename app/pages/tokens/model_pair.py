"""One model, and if wanted a second one beside it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.context import AppContext
from app.model_choice import make_free_picker
from app.widgets.icons import IconButton
from app.widgets.parts import words


class ModelPair(QWidget):
    """The first follows the current model until another is chosen here."""

    changed = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first, self.second = context.current_model.model or "starter", ""
        self._is_own = False
        self.first_picker, self.second_picker = (make_free_picker(context) for _ in range(2))
        self.second_picker.setToolTip("A second model or quantization to compare with")
        self.close_button = IconButton("x", "Take the second model away", self, size=16)
        self._against = words("against", "secondary", wrap=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.first_picker, self._against, self.second_picker, self.close_button):
            row.addWidget(widget)
        row.addStretch(1)
        self.first_picker.chosen.connect(self.choose_first)
        self.second_picker.chosen.connect(self.choose_second)
        self.close_button.clicked.connect(lambda: self.choose_second(""))
        context.current_model.changed.connect(self._follow)
        self._show()

    @property
    def names(self) -> list[str]:
        return [self.first, self.second] if self.second else [self.first]

    def choose_first(self, name: str) -> None:
        self._is_own = True
        self.first = name
        self._show()
        self.changed.emit()

    def choose_second(self, name: str) -> None:
        """ "" for none."""
        self.second = name
        self._show()
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        taken = self._against.sizeHint().width() + self.close_button.sizeHint().width() + 32
        for picker in (self.first_picker, self.second_picker):
            picker.fit(max(80, (self.width() - taken) // 2))

    def _follow(self, model: str) -> None:
        if not self._is_own and model:
            self.first = model
            self._show()

    def _show(self) -> None:
        self.first_picker.set_current(self.first)
        self.second_picker.set_current(self.second)
        self.close_button.setVisible(bool(self.second))
