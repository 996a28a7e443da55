"""The command palette: every action, chat and model by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.pages.page import Command
from app.shell.fuzzy import score
from app.shell.popover import Popover
from app.widgets.fonts import text_font
from app.widgets.tokens import Tokens

WIDTH, ROWS_SHOWN, LIMIT = 600, 9, 60
CommandRole = Qt.ItemDataRole.UserRole + 1

Provider = Callable[[str], Sequence[Command]]


def best_matches(query: str, commands: Sequence[Command]) -> list[Command]:
    """The commands whose names fit, the best first; all of them for an empty query."""
    scored = [(score(query, command.name), command) for command in commands]
    fitting = [(points, command) for points, command in scored if points > 0]
    return [command for _, command in sorted(fitting, key=lambda pair: -pair[0])][:LIMIT]


class CommandModel(QAbstractListModel):
    """The commands on show."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: list[Command] = []

    def set_commands(self, commands: list[Command]) -> None:
        self.beginResetModel()
        self._commands = commands
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._commands)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if not index.isValid():
            return None
        command = self._commands[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return command.name
        return command if role == CommandRole else None


class CommandDelegate(QStyledItemDelegate):
    """A name at the left, where it belongs beside it in grey, the shortcut at the right."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens = Tokens()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self.tokens.px(36))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        command: Command = index.data(CommandRole)
        area: QRect = option.rect.adjusted(6, 1, -6, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.tokens.accent_soft))
            painter.drawRoundedRect(area, 6, 6)
        self._paint_words(painter, area.adjusted(10, 0, -10, 0), command)
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRect, command: Command) -> None:
        painter.setFont(text_font(self.tokens, 12))
        painter.setPen(QColor(self.tokens.text_secondary))
        native = QKeySequence.SequenceFormat.NativeText
        right = QKeySequence(command.shortcut).toString(native) or command.detail
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)
        taken = painter.fontMetrics().horizontalAdvance(right) + 16
        painter.setFont(text_font(self.tokens, 13))
        painter.setPen(QColor(self.tokens.text))
        room = area.adjusted(0, 0, -taken, 0)
        elided = painter.fontMetrics().elidedText(
            command.name, Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)


class CommandPalette(Popover):
    """Opened with what can be done now; `providers` add what can be found, such as chats."""

    def __init__(self, window: QWidget, providers: Sequence[Provider] = ()) -> None:
        super().__init__(window, "Command palette")
        self.setObjectName("palette")
        self._providers = tuple(providers)
        self._commands: list[Command] = []
        self.input = QLineEdit()
        self.input.setPlaceholderText("Type a command, a chat or a model")
        self.input.setAccessibleName("Command")
        self.input.installEventFilter(self)
        self.input.textChanged.connect(self._search)
        self._model = CommandModel(self)
        self._delegate = CommandDelegate(self)
        self.view = QListView()
        self.nothing = QLabel("Nothing goes by these words.")
        self._lay_out()

    def open_with(self, commands: Sequence[Command]) -> None:
        """Show the palette over these commands."""
        self._commands = list(commands)
        self.input.clear()
        self._search("")
        self.open_at_top(72)
        self.input.setFocus()

    def setTokens(self, tokens: Tokens) -> None:
        self._delegate.tokens = tokens
        width = min(tokens.px(WIDTH), max(self._window.width() - 64, 320))
        rows = max(1, min(self._model.rowCount(), ROWS_SHOWN))
        height = min(tokens.px(44 + 36 * rows) + 12, max(self._window.height() - 144, 240))
        self.setFixedSize(width, height)

    @property
    def shown(self) -> list[str]:
        """The names on show, best first."""
        return [self._model.index(row).data() for row in range(self._model.rowCount())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            if pressed and self._on_key(Qt.Key(event.key())):
                return True
        return super().eventFilter(watched, event)

    def _on_key(self, key: Qt.Key) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS_SHOWN,
                 Qt.Key.Key_PageUp: -ROWS_SHOWN}  # fmt: skip
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.view.currentIndex())
            return True
        if key in steps:
            self._select(self.view.currentIndex().row() + steps[key])
            return True
        return False

    def _lay_out(self) -> None:
        self.view.setAccessibleName("Results")
        self.view.setModel(self._model)
        self.view.setItemDelegate(self._delegate)
        self.view.setUniformItemSizes(True)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.clicked.connect(self._run)
        self.nothing.setProperty("role", "secondary")
        self.nothing.setContentsMargins(16, 8, 16, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 5)
        column.setSpacing(4)
        column.addWidget(self.input)
        column.addWidget(self.nothing)
        column.addWidget(self.view)
        self.setTokens(Tokens())

    def _search(self, query: str) -> None:
        found = best_matches(query, self._commands)
        if query.strip():
            for provider in self._providers:
                found.extend(provider(query.strip()))
        self._model.set_commands(found)
        self.nothing.setVisible(not found)
        self.view.setVisible(bool(found))
        self._select(0)
        self.setTokens(self._delegate.tokens)

    def _select(self, row: int) -> None:
        last = self._model.rowCount() - 1
        self.view.setCurrentIndex(self._model.index(max(0, min(row, last))))

    def _run(self, index: QModelIndex) -> None:
        command = index.data(CommandRole)
        if command is not None:
            self.close_popover()
            command.run()
