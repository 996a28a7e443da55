"""The actions of a message: drawn when the pointer or the keyboard is there, always reachable."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from app.widgets.message_view.card_look import CardLook

BESIDE, BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class ActionButton(QToolButton):
    """Takes its place and its keyboard focus also while it is not drawn."""

    def __init__(self, name: str, text: str, look: CardLook, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("message-action")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoRaise(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._icon_name = icon
        self.is_revealed = False
        self.always_drawn = False
        self.setText(text)
        if text:
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.use_look(look)

    def use_look(self, look: CardLook) -> None:
        size = look.tokens.px(16)
        if self._icon_name:
            self.setIconSize(QSize(size, size))
            self.setIcon(look.icon(self._icon_name))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.is_revealed or self.always_drawn or self.hasFocus():
            super().paintEvent(event)


class ActionRow(QWidget):
    """A row of actions, revealed and hidden together."""

    def __init__(self, look: CardLook, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._buttons: list[ActionButton] = []
        self._icons, self._words = QHBoxLayout(), QHBoxLayout()
        self._both = QHBoxLayout(self)
        self._both.setContentsMargins(0, 0, 0, 0)
        for row in (self._icons, self._words, self._both):
            row.setSpacing(2)
            row.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._both.addLayout(self._icons)
        self._both.addLayout(self._words)

    def fit(self, width: int) -> QSize:
        """Words stand beside the icons, or below them, or below each other, as `width` allows."""
        for both, words in ((BESIDE, BESIDE), (BELOW, BESIDE), (BELOW, BELOW)):
            self._both.setDirection(both)
            self._words.setDirection(words)
            if self.sizeHint().width() <= width:
                break
        return self.sizeHint()

    def add(
        self, name: str, run: Callable[[], None], *, icon: str = "", text: str = ""
    ) -> ActionButton:
        button = ActionButton(name, text, self._look, icon, self)
        button.clicked.connect(lambda _checked=False: run())
        (self._words if text else self._icons).addWidget(button)
        self._buttons.append(button)
        return button

    def add_label(self, text: str) -> None:
        """Words between buttons, such as "2/3"; always shown."""
        label = QLabel(text, self)
        label.setObjectName("message-version")
        self._icons.addWidget(label)

    def rename(self, index: int, text: str) -> None:
        self._buttons[index].setText(text)

    def use_look(self, look: CardLook) -> None:
        self._look = look
        for button in self._buttons:
            button.use_look(look)

    def reveal(self, revealed: bool) -> None:
        for button in self._buttons:
            if button.is_revealed != revealed:
                button.is_revealed = revealed
                button.update()
