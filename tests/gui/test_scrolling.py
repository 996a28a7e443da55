from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.chat.page import ChatPage
from app.pages.models.page import ModelsPage
from app.pages.network.page import NetworkPage
from app.pages.settings.page import SettingsPage
from app.pages.telemetry.benchmark_tab import BenchmarkTab
from app.pages.telemetry.limit_tab import LimitTab


def fields(page: QWidget) -> list[QComboBox | QAbstractSpinBox]:
    return [*page.findChildren(QComboBox), *page.findChildren(QAbstractSpinBox)]


def shown(page: QWidget) -> list[str]:
    return [f.currentText() if isinstance(f, QComboBox) else f.text() for f in fields(page)]


def turn_wheel(field: QWidget, angle: int) -> None:
    nothing, buttons = QPoint(), Qt.MouseButton.NoButton
    phase, modifiers = Qt.ScrollPhase.NoScrollPhase, Qt.KeyboardModifier.NoModifier
    place, turned = QPointF(5, 5), QPoint(0, angle)
    event = QWheelEvent(place, place, nothing, turned, buttons, modifiers, phase, False)
    QApplication.sendEvent(field, event)


@pytest.mark.parametrize("angle", [120, -120])
@pytest.mark.parametrize("kind", [
    ChatPage, ModelsPage, SettingsPage, NetworkPage, BenchmarkTab, LimitTab,
])  # fmt: skip
def test_scrolling_over_a_field_leaves_its_value(
    context: AppContext, qtbot: QtBot, kind: Callable[[AppContext], QWidget], angle: int
) -> None:
    page = kind(context)
    qtbot.addWidget(page)
    before = shown(page)
    for field in fields(page):
        turn_wheel(field, angle)
    assert shown(page) == before
