"""A line that ends with an ellipsis where its room ends."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.widgets.elided_label import ElidedLabel

LONG = "The next dose may be taken as soon as eight hours have gone by"


@pytest.fixture
def label(qtbot: QtBot) -> ElidedLabel:
    label = ElidedLabel("")
    qtbot.addWidget(label)
    label.show_text(LONG)
    label.show()
    return label


def test_what_does_not_fit_ends_with_an_ellipsis_and_is_told_whole(label: ElidedLabel) -> None:
    label.resize(120, 20)
    assert label.text().endswith("…") and LONG.startswith(label.text()[:-1])
    assert label.toolTip() == label.accessibleName() == LONG


def test_with_room_the_whole_is_shown_and_the_tooltip_goes(label: ElidedLabel) -> None:
    label.resize(120, 20)
    label.resize(900, 20)
    assert label.text() == LONG and not label.toolTip()
