"""The outline icons, painted in a colour of the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QToolButton, QWidget

from app.widgets.tokens import Tokens
from assets import ICONS


def ratios() -> set[float]:
    """The pixel densities of the screens that are there; each costs a drawing."""
    return {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}


def icon_pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon `name` of assets/icons as `size` device-independent pixels in one colour."""
    drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def make_icon(
    name: str, colour: str, size: int = 20, *, on_colour: str = "", disabled: str = ""
) -> QIcon:
    """An icon for every pixel density; `on_colour` is used while its button is checked."""
    icon = QIcon()
    states = [(QIcon.Mode.Normal, QIcon.State.Off, colour)]
    if on_colour:
        states.append((QIcon.Mode.Normal, QIcon.State.On, on_colour))
    if disabled:
        states.append((QIcon.Mode.Disabled, QIcon.State.Off, disabled))
    for mode, state, shade in states:
        for ratio in ratios():
            icon.addPixmap(icon_pixmap(name, shade, size, ratio), mode, state)
    return icon


class IconButton(QToolButton):
    """A button with an icon of ours and a name for tooltip and screen reader."""

    def __init__(
        self, icon: str, name: str, parent: QWidget | None = None, *, size: int = 18
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._size = icon, size
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setProperty("role", "icon")
        self._drawn: Tokens | None = None
        self.setTokens(Tokens())

    def setTokens(self, tokens: Tokens) -> None:
        if tokens == self._drawn:
            return
        self._drawn = tokens
        size = tokens.px(self._size)
        self.setIconSize(QSize(size, size))
        self.setIcon(
            make_icon(
                self._icon_name,
                tokens.text_secondary,
                size,
                on_colour=tokens.accent_text,
                disabled=tokens.text_disabled,
            )
        )
