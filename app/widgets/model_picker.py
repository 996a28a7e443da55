"""The model picker of the header: one button, behind it a list to search."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.widgets.icons import make_icon
from app.widgets.model_rows import ModelRow, PickerDelegate, PickerModel
from app.widgets.tokens import Tokens
from models.library.entry import short_name

_WIDTH, _ROWS_SHOWN, _MARGIN = 460, 8, 8
_BUTTON_WIDTH = 320
_NO_MODEL = "Choose a model"


class ModelPicker(QPushButton):
    """Shows the current model. `opening` comes when fresh rows are wanted; `chosen` carries what
    `Pool.lease` takes; `manage_asked` leads to the Models page."""

    opening = Signal()
    chosen = Signal(str)
    manage_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._rows: tuple[ModelRow, ...] = ()
        self._model = ""
        self._popup: PickerPopup | None = None
        # A click leaves the focus where it is, so that one can write on after the choice.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._focus_before: QWidget | None = None
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the caret stands behind the name
        self.clicked.connect(self.open_list)
        self.setTokens(self._tokens)

    @property
    def rows(self) -> tuple[ModelRow, ...]:
        return self._rows

    def set_rows(self, rows: Iterable[ModelRow]) -> None:
        """Models to choose from, real ones first."""
        self._rows = tuple(rows)
        if self._popup is not None:
            self._popup.set_rows(self._rows, self._model)
        self._show_current()

    def set_current(self, model: str) -> None:
        """Show `model` (a path or "sim:NAME") as the current one."""
        self._model = model
        self._show_current()

    @property
    def current_name(self) -> str:
        """The name of the current model, "" without one."""
        row = next((row for row in self._rows if row.entry.model == self._model), None)
        return row.entry.name if row else short_name(self._model)  # its row has not come yet

    def fit(self, width_px: int) -> None:
        """Take at most so much room; a longer name is shortened in its middle."""
        self.setMaximumWidth(min(width_px, self._tokens.px(_BUTTON_WIDTH)))
        self._show_current()

    def open_list(self) -> None:
        """Open the list below the button, and ask for fresh rows."""
        self._close_list()
        self._focus_before = QApplication.focusWidget()
        popup = PickerPopup(self.window())
        popup.setTokens(self._tokens)
        popup.set_rows(self._rows, self._model)
        popup.chosen.connect(self.chosen)
        popup.manage_asked.connect(self.manage_asked)
        popup.closed.connect(self._on_list_closed)
        self._popup = popup
        popup.open_below(self)
        self.opening.emit()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.setIcon(make_icon("caret-down", tokens.text_secondary, tokens.px(12)))
        self.setMaximumWidth(tokens.px(_BUTTON_WIDTH))
        if self._popup is not None:
            self._popup.setTokens(tokens)
        self._show_current()

    def _show_current(self) -> None:
        row = next((row for row in self._rows if row.entry.model == self._model), None)
        name = self.current_name
        room = self.maximumWidth() - self._tokens.px(56)
        elided = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        shown = elided.replace("&", "&&")  # a button takes a single & as the mark of a key
        self.setText(f"{shown or _NO_MODEL}  ")
        self.setToolTip(row.detail if row else self._model)
        self.setAccessibleName(f"Model: {name}" if name else _NO_MODEL)

    def _close_list(self) -> None:
        if self._popup is not None:
            self._popup.close_popup()

    def _on_list_closed(self) -> None:
        if self._popup is not None:
            self._popup.deleteLater()
            self._popup = None
            before, self._focus_before = self._focus_before, None
            (before if before is not None and isValid(before) else self).setFocus()


class PickerPopup(QFrame):
    """A search field over the list. It lies inside the window, as the shell's panels do."""

    chosen = Signal(str)
    manage_asked = Signal()
    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("popover")
        self.setAccessibleName("Choose a model")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._window = window
        self._model = PickerModel(self)
        self._delegate = PickerDelegate(self)
        self.search = QLineEdit(placeholderText="Search models")
        self.search.setAccessibleName("Search models")
        self.view = QListView()
        self._empty = QLabel("No model has this in its name.", wordWrap=True)
        self._empty.setProperty("role", "secondary")
        self._manage = QPushButton("Manage models…")
        self._lay_out()
        self._connect_signals()
        self.hide()

    def set_rows(self, rows: Iterable[ModelRow], current: str) -> None:
        self._delegate.current = current
        selected = self.view.currentIndex()
        keep = self._model.row_at(selected.row()).entry.model if selected.isValid() else current
        self._model.set_rows(rows)
        self._select(self._model.row_of(keep))

    def open_below(self, anchor: QWidget) -> None:
        corner = anchor.mapTo(self._window, QPoint(anchor.width(), anchor.height() + 4))
        left = min(corner.x(), self._window.width() - _MARGIN) - self.width()
        self.move(max(_MARGIN, left), corner.y())
        self.show()
        self.raise_()
        self.search.setFocus()
        self.view.scrollTo(self.view.currentIndex())
        _application().installEventFilter(self)

    def close_popup(self) -> None:
        if self.isVisible():
            _application().removeEventFilter(self)
            self.hide()
            self.closed.emit()

    def setTokens(self, tokens: Tokens) -> None:
        self._delegate.tokens = tokens
        width = min(tokens.px(_WIDTH), max(280, self._window.width() - 2 * _MARGIN))
        height = tokens.px(46 * _ROWS_SHOWN + 96)
        self.setFixedSize(width, min(height, max(240, self._window.height() - 96)))
        self._model.layoutChanged.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._on_key(Qt.Key(event.key()))
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            area = QRect(self.mapToGlobal(QPoint(0, 0)), self.size())
            if not area.contains(event.globalPosition().toPoint()):
                self.close_popup()
        elif watched is self._window and event.type() == QEvent.Type.Resize:
            self.close_popup()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popup()
        else:
            super().keyPressEvent(event)

    def _on_key(self, key: Qt.Key) -> bool:
        place = self.view.currentIndex().row()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if key in steps:
            self._select(self._model.next_model(place, steps[key]))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.view.currentIndex())
            return True
        return False

    def _lay_out(self) -> None:
        self.view.setAccessibleName("Models")
        self.view.setModel(self._model)
        self.view.setItemDelegate(self._delegate)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setStyleSheet("QListView { border: none; background: transparent; }")
        self._manage.setProperty("role", "link")
        self._manage.setAccessibleName("Manage models")
        foot = QHBoxLayout()
        foot.addWidget(self._manage)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self._empty.hide()

    def _connect_signals(self) -> None:
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._on_search)
        self.view.clicked.connect(self._choose)
        self._manage.clicked.connect(self._on_manage)

    def _on_search(self, query: str) -> None:
        self._model.search(query)
        self._empty.setVisible(self._model.rowCount() == 0)
        self._select(self._model.row_of(self._delegate.current))

    def _select(self, place: int) -> None:
        if place >= 0:
            self.view.setCurrentIndex(self._model.index(place))
            self.view.scrollTo(self._model.index(place))

    def _choose(self, index: QModelIndex) -> None:
        if not index.isValid() or not index.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        row = self._model.row_at(index.row())
        if row.entry.can_run:
            self.chosen.emit(row.entry.model)
            self.close_popup()

    def _on_manage(self) -> None:
        self.close_popup()
        self.manage_asked.emit()


def _application() -> QCoreApplication:
    app = QApplication.instance()
    assert app is not None  # there are no widgets without one
    return app
