"""Tokens on screen: thousands of them, what each one was, and where to go from there."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.widgets.token_cells import Cell, Placed, reply_cells, sizes_of
from app.widgets.token_popup import TokenPopup, facts, percent
from app.widgets.token_strip import TokenStrip
from models.engine.messages import Alternative, PromptToken, TokenData

UNSURE = TokenData(
    5, " blue", math.log(0.25), 1.2, (Alternative(5, " blue", math.log(0.25)),
                                     Alternative(6, " red", math.log(0.2))),
)  # fmt: skip


@pytest.fixture
def strip(qtbot: QtBot) -> TokenStrip:
    made = TokenStrip()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


def test_surprise_is_in_bits_and_entropy_too() -> None:
    (by_surprise,) = reply_cells([UNSURE], "surprise")
    (by_entropy,) = reply_cells([UNSURE], "entropy")
    assert by_surprise.share == pytest.approx(2.0 / 10.0)
    assert by_entropy.share == pytest.approx(1.2 / math.log(2) / 6.0)


def test_white_space_and_parts_of_characters_are_visible() -> None:
    shown = [Cell(text, 0).shown for text in (" a", "\n", "\t", "")]
    assert shown == ["·a", "↵", "⇥", "▯"]


@pytest.mark.parametrize(
    ("text", "shown", "told"),
    [
        ("What\u00a0", "What⟨NBSP⟩", "no-break space (U+00A0)"),
        ("\u202f", "⟨NNBSP⟩", "narrow no-break space (U+202F)"),
        ("\u2007?", "⟨U+2007⟩?", "figure space (U+2007)"),
        ("\u200b", "⟨ZWSP⟩", "zero width space (U+200B)"),
        ("\u200d", "⟨ZWJ⟩", "zero width joiner (U+200D)"),
        ("👩\u200d👧", "👩\u200d👧", "zero width joiner (U+200D)"),
        ("\U000e0041", "⟨U+E0041⟩", "tag latin capital letter a (U+E0041)"),
        ("\x00", "␀", "control character (U+0000)"),
        (" a\n", "·a↵", ""),
    ],
)
def test_what_is_not_seen_has_a_mark_and_a_name(text: str, shown: str, told: str) -> None:
    cell = Cell(text, 7)
    assert cell.shown == shown
    assert facts(cell) == "  ·  ".join(["Token 7", *filter(None, [told])])


def test_a_line_feed_ends_its_line_and_a_full_line_breaks() -> None:
    cells = [Cell(text, 0) for text in ("a\n", "b", "c", "d")]
    placed = Placed(sizes_of(cells, lambda text: 10.0), 25, 2)
    assert [placed.line(index) for index in range(4)] == [0, 1, 1, 2]
    assert [placed.left(index) for index in range(4)] == [0, 0, 12, 0]


def test_ten_thousand_tokens_are_shown_and_painted(strip: TokenStrip) -> None:
    strip.show_prompt([PromptToken(i, f" w{i}", "history") for i in range(10_000)])
    assert strip.heightForWidth(600) > 10_000
    assert not strip.grab().isNull()


def test_a_click_shows_the_alternatives_and_one_can_be_chosen(
    strip: TokenStrip, qtbot: QtBot
) -> None:
    strip.show_reply([UNSURE])
    centre = strip.canvas.cell_rect(0).center()
    qtbot.mouseClick(strip.canvas, Qt.MouseButton.LeftButton, pos=centre)
    popup = strip.findChild(TokenPopup)
    (button,) = [b for b in popup.findChildren(QPushButton) if "red" in b.accessibleName()]
    with qtbot.waitSignal(strip.alternative_chosen) as chosen:
        button.click()
    assert chosen.args == [0, 6]


def test_the_keyboard_reaches_every_token(strip: TokenStrip, qtbot: QtBot) -> None:
    strip.show_prompt([PromptToken(i, f"w{i}", "user") for i in range(3)])
    qtbot.keyClick(strip.canvas, Qt.Key.Key_Right)
    qtbot.keyClick(strip.canvas, Qt.Key.Key_Right)
    with qtbot.waitSignal(strip.canvas.opened) as opened:
        qtbot.keyClick(strip.canvas, Qt.Key.Key_Return)
    assert opened.args[0] == 2
    strip.findChild(TokenPopup).close()


def test_origins_are_counted_and_named_in_the_legend(strip: TokenStrip) -> None:
    strip.show_prompt([PromptToken(1, "a", "system"), PromptToken(2, "b", "user")])
    legend = next(w for w in strip.children() if getattr(w, "accessibleName", str)() == "Legend")
    assert legend.accessibleDescription() == "System prompt  1, Your message  1 tokens"


@pytest.mark.parametrize(
    ("probability", "words"), [(0.5, "50.0 %"), (0.005, "0.50 %"), (1e-6, "< 0.01 %")]
)
def test_small_probabilities_are_not_rounded_to_nothing(probability: float, words: str) -> None:
    assert percent(probability) == words
