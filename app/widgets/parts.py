"""Small parts that pages are put together from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)


def words(text: str = "", role: str = "", *, wrap: bool = True) -> QLabel:
    """Plain text that can be selected and copied."""
    label = QLabel(text)
    label.setWordWrap(wrap)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label


def set_role(label: QWidget, role: str) -> None:
    label.setProperty("role", role)
    label.style().unpolish(label)
    label.style().polish(label)


def button(text: str, role: str = "", name: str = "") -> QPushButton:
    made = QPushButton(text)
    made.setAccessibleName(name or text.rstrip("…"))
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    return made


def back_button(where: str) -> QPushButton:
    return button(f"‹ {where}", "link", f"Back to {where[:1].lower()}{where[1:]}")


def in_the_middle(inside: QWidget) -> QWidget:
    """A column that may have a greatest width, in the middle of a wider page."""
    outer = QWidget()
    row = QHBoxLayout(outer)
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(inside, 1000)
    row.addStretch(1)
    return outer


def badge(text: str, tone: str = "neutral") -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", "badge")
    made.setProperty("tone", tone)
    return made


def hairline() -> QFrame:
    line = QFrame()
    line.setProperty("role", "hairline")
    return line


def card(*, spacing: int = 8) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setProperty("role", "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 14, 16, 14)
    column.setSpacing(spacing)
    return frame, column


def row_of(*widgets: QWidget, stretch: int | None = None, spacing: int = 8) -> QHBoxLayout:
    """`stretch` is the place of the widget that takes what is left; −1 leaves it at the end."""
    row = QHBoxLayout()
    row.setSpacing(spacing)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, 1 if place == stretch else 0)
    if stretch == -1:
        row.addStretch(1)
    return row


def scrolled(inside: QWidget, name: str) -> QScrollArea:
    """A column that scrolls; what lies in it can be reached by Tab."""
    area = QScrollArea()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    inside.setProperty("role", "page")
    area.setWidget(inside)
    return area


def clear(layout: QVBoxLayout) -> None:
    """Take everything out of a column and let go of it."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()  # and no more: without its parent it would be styled anew
            widget.deleteLater()
