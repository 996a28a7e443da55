"""The tab of one block: what it shows of a real tensor, and what it says where it cannot."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.quantization.block_choice import LAST_SEED
from app.pages.quantization.block_tab import BlockTab
from app.pages.quantization.block_work import drawn_block
from app.pages.quantization.page import QuantizationPage
from app.pages.quantization.places import BLOCK
from models.errors import UserError
from tests.engine.test_blocks import NARROW, NORM, READY, WIDE, write

pytestmark = pytest.mark.model
LARGE = {"Q6_K", "Q5_K", "Q4_K", "Q3_K", "Q2_K"}


@pytest.fixture
def page(context: AppContext, qtbot: QtBot, tmp_path: Path) -> Iterator[QuantizationPage]:
    context.current_model.choose(str(write(tmp_path / "made-F32.gguf")))
    made = QuantizationPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.open_target(BLOCK)
    made.activate()
    yield made
    assert context.jobs.close()


def block_tab(page: QuantizationPage, qtbot: QtBot) -> BlockTab:
    qtbot.waitUntil(lambda: page.block.tab is not None, timeout=20_000)
    assert page.block.tab is not None
    return page.block.tab


@pytest.fixture
def tab(page: QuantizationPage, qtbot: QtBot) -> BlockTab:
    """With the wide tensor on show, measured."""
    tab = block_tab(page, qtbot)
    qtbot.waitUntil(lambda: tab.choice.tensor.count() == 5, timeout=20_000)
    choose(tab, WIDE)
    qtbot.waitUntil(
        lambda: (
            bool(tab.types.rows.rows) and all(r.tensor and r.block for r in tab.types.rows.rows)
        ),
        timeout=20_000,
    )
    return tab


def choose(tab: BlockTab, name: str) -> None:
    tab.choice.tensor.setCurrentIndex(
        next(
            at
            for at in range(tab.choice.tensor.count())
            if tab.choice.tensor.itemText(at).startswith(name)
        )
    )


def test_a_block_is_shown_as_every_type_with_the_error_of_the_whole_tensor(tab: BlockTab) -> None:
    rows = {row.name: row for row in tab.types.rows.rows}
    assert set(rows) > LARGE and len(rows) == 11
    assert (
        rows["Q8_0"].tensor.relative < rows["Q4_0"].tensor.relative < rows["Q2_K"].tensor.relative
    )
    assert "32 weights in 18 bytes, 4.5 bits a weight" in tab.view.about.text()
    assert tab.view.recipe.text() == "weight = scale × (code − 8)"
    assert "2,560 weights, in the file as F32." in tab.source.text()


def test_a_weight_that_is_pointed_at_is_followed_to_its_bits(tab: BlockTab, qtbot: QtBot) -> None:
    slot = tab.view.chart.slot_rect(17).center().toPoint()
    qtbot.mouseMove(tab.view.chart, slot)
    qtbot.waitUntil(lambda: tab.view.weight.text().startswith("weight 17:"))
    assert "in byte 3, bits 4 to 7: [" in tab.view.weight.text()
    tab.view.chart.setFocus()
    qtbot.keyClick(tab.view.chart, Qt.Key.Key_Left)
    assert tab.view.weight.text().startswith("weight 16:")


def test_another_type_explains_the_same_weights_otherwise(tab: BlockTab) -> None:
    tab.choice.kind.setCurrentText("Q5_K")
    assert "256 weights in 176 bytes" in tab.view.about.text()
    assert (
        tab.view.recipe.text() == "weight = scale × code + minimum" and "×" in tab.view.parts.text()
    )
    assert "and byte" in tab.view.weight.text()  # the fifth bit lies elsewhere
    image = QImage(tab.view.bytes.size(), QImage.Format.Format_ARGB32)
    tab.view.bytes.render(image)
    assert tab.view.bytes.accessibleDescription().count(" ") == 175


def test_the_bytes_have_their_rows_however_wide_the_page_was_before(
    tab: BlockTab, page: QuantizationPage, qtbot: QtBot, context: AppContext
) -> None:
    shown = tab.view.bytes
    tab.choice.kind.setCurrentText("Q4_0")
    for percent, width in ((150, 940), (100, 1196)):
        context.theme.use("light", percent)
        context.theme.hand_to(page)
        page.resize(width, 700)
        qtbot.waitUntil(lambda: shown.height() == shown.heightForWidth(shown.width()))


def test_a_seed_draws_the_same_block_again(tab: BlockTab, qtbot: QtBot) -> None:
    tab.choice.random_button.click()
    assert (tab.choice.block.value(), tab.choice.seed.value()) == (drawn_block(1, 240), 2)
    qtbot.waitUntil(lambda: tab.shown == drawn_block(1, 240), timeout=20_000)
    assert f"block {tab.shown}, " in tab.as_text()
    tab.choice.block.setValue(0)
    tab.choice.seed.setValue(1)
    tab.choice.random_button.click()
    assert tab.choice.block.value() == drawn_block(1, 240)
    tab.choice.seed.setValue(LAST_SEED)
    tab.choice.random_button.click()
    assert tab.choice.seed.value() == 1


def test_a_lab_sheet_gets_the_block_as_numbers(tab: BlockTab, page: QuantizationPage) -> None:
    artifact = next(each for each in page.artifacts() if each.name == "one-block.csv")
    head, _titles, *weights = csv.reader(artifact.make().splitlines())
    assert head == ["wide, block 0, F32 as Q4_0"] and len(weights) == 32
    value, code, level, back, error = (float(cell) for cell in weights[5][1:])
    assert level == code - 8 and error == pytest.approx(back - value)


def test_a_norm_says_why_it_has_no_block(tab: BlockTab) -> None:
    choose(tab, NORM)
    assert "never quantized" in tab.message.text() and not tab.choice.random_button.isEnabled()
    assert tab.types.rows.rows == [] and tab.source.isHidden()  # an empty line would be a gap
    with pytest.raises(UserError, match="No block is shown yet"):
        tab.as_text()


def test_a_block_that_is_still_being_read_does_not_come_after_what_was_chosen_later(
    tab: BlockTab, qtbot: QtBot, context: AppContext
) -> None:
    first = tab._span
    assert first is not None
    far = next(block for block in range(240) if not first.holds(tab.choice.row.place, block))
    tab.choice.block.setValue(far)
    qtbot.waitUntil(lambda: tab._job is not None)
    tab.choice.block.setValue(1)  # was read already
    qtbot.waitUntil(lambda: not context.jobs.running, timeout=20_000)
    assert (tab.shown, tab._span) == (1, first)
    tab.choice.block.setValue(far)
    qtbot.waitUntil(lambda: tab._job is not None)
    choose(tab, NORM)
    qtbot.waitUntil(lambda: not context.jobs.running, timeout=20_000)
    assert "never quantized" in tab.message.text() and tab._body.isHidden()


def test_tensors_that_are_passed_by_are_not_read(
    tab: BlockTab, qtbot: QtBot, context: AppContext
) -> None:
    qtbot.waitUntil(lambda: not context.jobs.running)
    for name in (NARROW, READY, WIDE, READY, NARROW):
        choose(tab, name)
    assert not context.jobs.running
    qtbot.waitUntil(lambda: all(row.tensor and row.block for row in tab.types.rows.rows))
    assert tab.source.text().startswith("4 rows of 96")


def test_a_file_that_vanished_is_said_and_another_one_can_be_opened(
    tab: BlockTab, qtbot: QtBot, tmp_path: Path
) -> None:
    path, away = tmp_path / "made-F32.gguf", tmp_path / "away"
    path.rename(away)
    tab._span = None
    tab.choice.block.setValue(3)
    qtbot.waitUntil(lambda: "made-F32.gguf cannot be read" in tab.message.text(), timeout=20_000)
    away.rename(path)
    tab.choice.block.setValue(4)
    qtbot.waitUntil(lambda: tab.shown == 4 and not tab.message.text(), timeout=20_000)
    tab.open("/nowhere/at-all.gguf")
    qtbot.waitUntil(lambda: "no model called" in tab.message.text(), timeout=20_000)
    assert tab.choice.tensor.count() == 0
    tab.open(str(write(tmp_path / "other-F32.gguf")))
    qtbot.waitUntil(
        lambda: bool(tab.view.weight.text()) and tab.choice.tensor.count() == 5, timeout=20_000
    )


def test_a_damaged_file_is_said(page: QuantizationPage, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "cut-F32.gguf"
    path.write_bytes((tmp_path / "made-F32.gguf").read_bytes()[:-200])
    tab = block_tab(page, qtbot)
    tab.open(str(path))
    qtbot.waitUntil(lambda: bool(tab.message.text()), timeout=20_000)
    assert "The file is incomplete" in tab.message.text()


def test_weights_that_are_no_number_are_said_above_the_block(
    page: QuantizationPage, qtbot: QtBot, tmp_path: Path
) -> None:
    wide = np.random.default_rng(7).normal(0, 0.05, (3, 2560)).astype(np.float32)
    whole, far = (tmp_path / "made-F32.gguf").read_bytes(), wide[2, :4].tobytes()
    assert whole.count(far) == 1
    nothing = np.full(4, np.nan, np.float32).tobytes()
    (tmp_path / "nan-F32.gguf").write_bytes(whole.replace(far, nothing))
    tab = block_tab(page, qtbot)
    tab.open(str(tmp_path / "nan-F32.gguf"))
    qtbot.waitUntil(lambda: tab.choice.tensor.count() == 5, timeout=20_000)
    choose(tab, WIDE)
    qtbot.waitUntil(lambda: "4 weights are no number" in tab.message.text(), timeout=20_000)
    qtbot.waitUntil(lambda: not tab._context.jobs.running, timeout=20_000)
    tab.measure()
    qtbot.waitUntil(lambda: not tab._context.jobs.running, timeout=20_000)
    assert tab.message.isVisible() and tab._body.isVisible()
