"""The Quantization page: one block on its way to codes, and answers that flip."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea

from app.pages.quantization.block_tab import BlockTab
from app.pages.quantization.flips_run import Wish
from app.pages.quantization.flips_tab import FlipsTab
from app.pages.quantization.page import QuantizationPage
from app.pages.quantization.places import BLOCK, FLIPS
from labs.catalog import EXPERIMENTS
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def _page(stage: Stage) -> QuantizationPage:
    stage.window.open("quantization")
    [page] = stage.window.findChildren(QuantizationPage)
    return page


def _block_tab(stage: Stage) -> BlockTab:
    page = _page(stage)
    page.open_target(BLOCK)
    stage.until(lambda: page.block.tab is not None)
    assert page.block.tab is not None
    return page.block.tab


def _block(stage: Stage) -> None:
    tab = _block_tab(stage)
    stage.until(lambda: bool(tab.types.rows.rows) and all(r.tensor for r in tab.types.rows.rows))
    tab.choice.draw()
    stage.settle()
    tab.view.point(9)


def _large_block(stage: Stage) -> None:
    _block(stage)
    _block_tab(stage).types.choose("Q3_K")
    stage.settle()


def _norm(stage: Stage) -> None:
    _block(stage)
    tab = _block_tab(stage)
    box = tab.choice.tensor
    box.setCurrentIndex(next(at for at in range(box.count()) if "norm" in box.itemText(at)))
    stage.settle()


def _no_file(stage: Stage) -> None:
    tab = _block_tab(stage)
    stage.settle()
    tab.open("/nowhere/model.gguf")
    stage.settle()


def _flips(stage: Stage) -> FlipsTab:
    page = _page(stage)
    page.open_target(FLIPS)
    stage.until(lambda: page.flips.tab is not None)
    stage.settle()
    assert page.flips.tab is not None
    return page.flips.tab


def _no_runs(stage: Stage) -> None:
    _flips(stage)


def _form(stage: Stage) -> None:
    _flips(stage).new_button.click()
    stage.settle()


def _asking(stage: Stage) -> None:
    tab = _flips(stage)
    tab.start(Wish(EXPERIMENTS[0], ("sim:able?delay_ms=40", "sim:coin?delay_ms=40")))
    stage.until(lambda: tab.progress.bar.value() > 100)


def _flipped(stage: Stage) -> None:
    """Simulated: one is able, the other a little worse in one format."""
    tab = _flips(stage)
    tab.start(Wish(EXPERIMENTS[0], ("sim:able?accuracy=0.9", "sim:bad-format")))
    stage.until(lambda: tab.result.isVisible())
    stage.settle()


def _flip_opened(stage: Stage) -> None:
    _flipped(stage)
    tab = _flips(stage)
    tab.result.list.table.selectRow(1)
    stage.settle()
    area = tab.findChildren(QScrollArea)[0]
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


SCENES = (
    Scene("quantization", "no-runs", "", _no_runs),
    Scene("quantization", "flips-form", "", _form),
    Scene("quantization", "asking", "sim:able", _asking),
    Scene("quantization", "flipped", "sim:able", _flipped),
    Scene("quantization", "flip-opened", "sim:able", _flip_opened),
    Scene("quantization", "block", "", _block),
    Scene("quantization", "large-block", "", _large_block),
    Scene("quantization", "norm", "", _norm),
    Scene("quantization", "no-file", "", _no_file),
)
