"""Covers the part of a page whose numbers are to be predicted first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.widgets.parts import button, row_of, words
from app.widgets.tokens import Tokens

CARD_PX, MARGIN_PX = 420, 24
SHOWN = (QEvent.Type.ShowToParent, QEvent.Type.Show)
MOVED = (QEvent.Type.Resize, QEvent.Type.LayoutRequest)


class Veil(QFrame):
    """Stands in the place of `part` for as long as it is needed. The part itself is hidden: what
    lies below a cover could still be read by a screen reader. It is no child of `part`, whose own
    layout and whose own hidden parts stay as they are."""

    sheet_asked = Signal()
    shown_anyway = Signal()

    def __init__(self, part: QWidget, title: str) -> None:
        super().__init__(part.parentWidget())
        self.part, self._around = part, part.parentWidget() or part
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Predict first")
        self.sheet_button = button("Write your predictions", "primary")
        self.show_button = button("Show anyway", "link")
        self.sheet_button.clicked.connect(self.sheet_asked)
        self.show_button.clicked.connect(self.shown_anyway)
        self._lay_out(title)
        self._keep_place(True)
        part.installEventFilter(self)
        self._outside = _ancestors(self)
        for each in self._outside:
            each.installEventFilter(self)
        if isinstance(self._around, QStackedWidget):
            self._around.currentChanged.connect(self._follow)
        part.hide()
        self._follow()

    def lift(self) -> None:
        """Give the part back."""
        self.part.removeEventFilter(self)
        for each in self._outside:
            each.removeEventFilter(self)
        if isinstance(self._around, QStackedWidget):
            self._around.currentChanged.disconnect(self._follow)
        self._keep_place(False)
        self.part.setVisible(self._is_in_front)
        self.hide()
        self.deleteLater()

    def setTokens(self, tokens: Tokens) -> None:
        self._card.setFixedWidth(tokens.px(CARD_PX))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.part and event.type() in SHOWN:
            self.part.hide()
        elif watched is self._around and event.type() in MOVED:
            self._follow()
        elif event.type() == QEvent.Type.Resize:
            self._centre()
        return super().eventFilter(watched, event)

    @property
    def _is_in_front(self) -> bool:
        """Whether the part would be seen."""
        around = self._around
        return not isinstance(around, QStackedWidget) or around.currentWidget() is self.part

    def _follow(self) -> None:
        self.setGeometry(self.part.geometry())
        self.setVisible(self._is_in_front)
        self.raise_()
        self._centre()

    def _centre(self) -> None:
        """In the middle of what is seen: beside a sheet, a page may reach further than that."""
        ends = [self.mapFrom(each, QPoint(each.width(), 0)).x() for each in self._outside]
        unseen_px = max(0, self.width() - min(ends))
        self._outer.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX + unseen_px, MARGIN_PX)

    def _keep_place(self, keeps: bool) -> None:
        policy = self.part.sizePolicy()
        policy.setRetainSizeWhenHidden(keeps)
        self.part.setSizePolicy(policy)

    def _lay_out(self, title: str) -> None:
        self._card = QFrame()
        self._card.setProperty("role", "card")
        column = QVBoxLayout(self._card)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addWidget(words("Predict first", "heading"))
        column.addWidget(words(
            f"The lab “{title}” asks what stands here before you look. It opens when your "
            "predictions are locked. Shown before, the attempt says so."
        ))  # fmt: skip
        column.addLayout(row_of(self.sheet_button, self.show_button, stretch=-1))
        outer = self._outer = QVBoxLayout(self)
        outer.addStretch(1)
        middle = QHBoxLayout()  # an alignment would cut words that need another line
        middle.addStretch(1)
        middle.addWidget(self._card)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(2)


def _ancestors(widget: QWidget) -> list[QWidget]:
    """From its parent to its window."""
    found: list[QWidget] = []
    each = widget.parentWidget()
    while each is not None:
        found.append(each)
        each = each.parentWidget()
    return found
