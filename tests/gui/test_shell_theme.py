"""Light and dark: contrast, switching, text size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.shell.style_sheet import style_sheet
from app.shell.theme import DARK, LIGHT, TEXT_PAIRS, Theme, contrast
from app.widgets.icons import ICONS, IconButton, icon_pixmap
from app.widgets.tokens import Tokens


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp)
    yield theme
    theme.use("light", 100)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "background"), TEXT_PAIRS)
def test_text_can_be_read_on_its_background(tokens: Tokens, text: str, background: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, background)) >= 4.5


def test_contrast_agrees_with_the_standard_at_its_ends() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize(("choice", "is_dark"), [("light", False), ("dark", True)])
def test_a_chosen_theme_holds_whatever_the_system_says(
    qapp: QApplication, choice: str, is_dark: bool
) -> None:
    theme = Theme(qapp, system_is_dark=lambda: not is_dark)
    theme.use(choice, 100)
    theme.follow_system()
    assert theme.tokens.dark is is_dark


def test_the_theme_follows_the_system_while_it_runs(qapp: QApplication) -> None:
    system_is_dark = [False]
    theme = Theme(qapp, system_is_dark=lambda: system_is_dark[0])
    theme.use("system", 100)
    assert not theme.tokens.dark
    system_is_dark[0] = True
    theme.follow_system()
    assert theme.tokens.dark


@pytest.mark.parametrize("percent", [85, 100, 150, 200])
def test_text_size_reaches_the_font_and_the_style_sheet(
    theme: Theme, qapp: QApplication, percent: int
) -> None:
    theme.use("light", percent)
    assert qapp.font().pixelSize() == round(13 * percent / 100)
    assert f"font-size: {round(20 * percent / 100)}px" in qapp.styleSheet()


def test_widgets_that_take_tokens_get_them(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton("x", "Close")
    qtbot.addWidget(button)
    button.show()
    theme.use("dark", 200)
    assert button.iconSize().width() == 36


def test_every_icon_can_be_painted_in_a_colour(qapp: QApplication) -> None:
    for file in ICONS.glob("*.svg"):
        image = icon_pixmap(file.stem, "#FF0000", 20, 2.0).toImage()
        assert image.width() == 40
        assert any(image.pixelColor(x, y).red() > 0 for x in range(40) for y in range(40)), file


@pytest.mark.parametrize("kind", [QRadioButton, QCheckBox])
@pytest.mark.parametrize("is_checked", [True, False])
def test_the_focus_is_seen_on_a_choice(
    theme: Theme, qtbot: QtBot, kind: type[QAbstractButton], is_checked: bool
) -> None:
    theme.use("light", 100)
    box = QWidget()
    qtbot.addWidget(box)
    row = QVBoxLayout(box)
    choice, other = kind(), QLineEdit()
    for each in (choice, other):
        row.addWidget(each)
    box.show()
    qtbot.waitUntil(box.isActiveWindow)
    choice.setChecked(is_checked)
    other.setFocus()
    without = choice.grab().toImage()
    choice.setFocus()
    assert choice.grab().toImage() != without


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_tick_is_seen_on_a_box_that_rests(theme: Theme, qtbot: QtBot, name: str) -> None:
    theme.use(name, 100)
    box = QCheckBox()
    qtbot.addWidget(box)
    box.setChecked(True)
    box.setEnabled(False)
    image = box.grab().toImage()
    row = range(6, 14)  # inside of the indicator
    colours = [image.pixelColor(x, y).name() for x in row for y in row]
    assert max(contrast(one, colours[0]) for one in colours) > 2


def test_the_style_sheet_has_no_hole_left(qapp: QApplication) -> None:
    assert "$" not in style_sheet(DARK)
