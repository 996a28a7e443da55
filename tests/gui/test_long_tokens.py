"""Tokens of a long text get their lines in turns of the window."""

from __future__ import annotations

from array import array

import pytest
from pytestqt.qtbot import QtBot

from app.widgets.token_canvas import MANY_CELLS
from app.widgets.token_cells import PART, Placed, Sizes
from app.widgets.token_field import TokenField
from models.tokenizers.cut import Cut

WORDS = (b"one ", b"seventeen ", b"\n")


def cut_of(n_tokens: int) -> Cut:
    ids = array("H", [place % 7 % 3 for place in range(n_tokens)])
    ends = array("i", range(1, n_tokens + 1))
    starts = array("i", range(n_tokens))
    kinds = dict.fromkeys(range(3), "n")
    return Cut(ids, starts, ends, bytes(n_tokens), dict(enumerate(WORDS)), kinds, "exact", 0, 0)


@pytest.mark.parametrize("width", [50.0, 400.0, 3.0])
def test_lines_found_in_parts_are_those_found_at_once(width: float) -> None:
    count = 2 * PART + 7
    sizes = Sizes([3.0 + place % 11 for place in range(count)], 13.0, list(range(90, count, 1000)))
    steps, parts = Placed.in_parts(sizes, width, 2.0), 0
    while True:
        try:
            next(steps)
            parts += 1
        except StopIteration as done:
            found = done.value
            break
    assert parts == 3 and found._firsts == _firsts_by_hand(sizes, width)
    assert found._firsts == Placed(sizes, width, 2.0)._firsts and len(found) == count


def _firsts_by_hand(sizes: Sizes, width: float) -> list[int]:
    """Cell by cell: a line ends where the next cell is too wide for it, or behind a break."""
    firsts, used, breaks = [0], 0.0, set(sizes.breaks)
    for place, size in enumerate(min(size, width) for size in sizes.widths):
        is_too_wide = used + size > width + 0.01
        if place > firsts[-1] and (is_too_wide or place - 1 in breaks):
            firsts.append(place)
            used = 0.0
        used += size + 2.0
    return firsts


def test_the_beginning_is_seen_at_once_and_the_whole_in_some_turns(qtbot: QtBot) -> None:
    field = TokenField("Tokens")
    qtbot.addWidget(field)
    field.resize(500, 400)
    field.show()
    with qtbot.waitSignal(field.canvas.placed):
        field.show_cut(cut_of(2 * MANY_CELLS))
        field._fit()
        assert not field.canvas.is_placed and field.canvas.cell_rect(5).width() > 0
        assert (
            field.canvas.cell_rect(2 * MANY_CELLS - 1).bottom() < 60_000
        )  # no place of its own yet
    assert field.canvas.is_placed
    assert field.canvas.height() == field.canvas._lines.line_count * field.canvas.line_px
    field.show_cut(cut_of(3))
    assert field.canvas.is_placed and len(field.canvas.cells) == 3


@pytest.mark.parametrize(("n_tokens", "is_seen"), [(3, False), (5000, True)])
def test_a_scroll_bar_is_seen_where_something_scrolls(
    qtbot: QtBot, n_tokens: int, is_seen: bool
) -> None:
    field = TokenField("Tokens")
    qtbot.addWidget(field)
    field.setStyleSheet(
        "QScrollBar { background: #ff0000; } QScrollBar::handle { background: red }"
    )
    field.resize(300, 200)
    field.show_cut(cut_of(n_tokens))
    field.show()
    bar = field.verticalScrollBar()
    image = field.grab().toImage()
    place = bar.mapTo(field, bar.rect().center())
    seen = image.pixelColor(round(place.x() * image.devicePixelRatio()), round(
        place.y() * image.devicePixelRatio()))  # fmt: skip
    assert (seen.name() == "#ff0000") == is_seen and bar.width() > 0
