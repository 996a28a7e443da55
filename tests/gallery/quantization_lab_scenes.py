"""The Quantization page: one block on its way to codes, and answers that flip."""

from __future__ import annotations

from app.pages.quantization.page import QuantizationPage
from app.pages.quantization.places import BLOCK
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def _page(stage: Stage) -> QuantizationPage:
    stage.window.open("quantization")
    [page] = stage.window.findChildren(QuantizationPage)
    return page


def _block(stage: Stage) -> None:
    page = _page(stage)
    page.open_target(BLOCK)
    tab = page.block
    stage.until(lambda: bool(tab.types.rows.rows) and all(r.tensor for r in tab.types.rows.rows))
    tab.draw()
    stage.settle()
    tab.view.point(9)


def _large_block(stage: Stage) -> None:
    _block(stage)
    _page(stage).block.types.choose("Q3_K")
    stage.settle()


def _norm(stage: Stage) -> None:
    _block(stage)
    tab = _page(stage).block
    tab.tensor.setCurrentIndex(next(
        place for place in range(tab.tensor.count()) if "norm" in tab.tensor.itemText(place)
    ))  # fmt: skip
    stage.settle()


def _no_file(stage: Stage) -> None:
    page = _page(stage)
    page.open_target(BLOCK)
    stage.settle()
    page.block.open("/nowhere/model.gguf")
    stage.settle()


SCENES = (
    Scene("quantization", "block", "", _block),
    Scene("quantization", "large-block", "", _large_block),
    Scene("quantization", "norm", "", _norm),
    Scene("quantization", "no-file", "", _no_file),
)
