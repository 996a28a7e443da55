"""The sheets of guided labs beside their pages."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QScrollArea

from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import TRAIN
from labs.lab_book.guided import GUIDED_LABS
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def _open(stage: Stage, lab: str) -> None:
    stage.window.lab_sheet.open(lab)
    stage.settle()


def _begin(stage: Stage, lab: str) -> None:
    """Predictions are written and locked."""
    _open(stage, lab)
    drawer = stage.window.lab_sheet.drawer
    assert drawer is not None and drawer.attempt is not None
    for question in drawer.attempt.sheet.predictions:
        drawer.fields[question].setPlainText("I don't know, about 40?")
    drawer.lock_card.button.click()
    stage.settle()


def _train(stage: Stage) -> None:
    """The page beside the sheet where it is wider than its room."""
    _begin(stage, "tokens")
    [page] = stage.window.findChildren(TokensPage)
    page.open_target(TRAIN)
    stage.until(lambda: page.train.trained is not None)
    stage.settle()


def _running(stage: Stage) -> None:
    _begin(stage, "tokens")
    drawer = stage.window.lab_sheet.drawer
    assert drawer is not None
    bar = drawer._scroll.verticalScrollBar()
    bar.setValue(bar.maximum() // 3)


def _compare(stage: Stage) -> None:
    """What was measured, as a table."""
    _begin(stage, "sampling")
    drawer = stage.window.lab_sheet.drawer
    assert drawer is not None
    [heading] = [part for block, part in drawer.parts if block.text == "Compare"]
    drawer._scroll.verticalScrollBar().setValue(heading.y())


def _artifact(stage: Stage) -> None:
    """What the page shows is kept."""
    _begin(stage, "tokens")
    [page] = stage.window.findChildren(TokensPage)
    page.text.source.example.click()
    stage.settle()
    _keep(stage)


def _nothing(stage: Stage) -> None:
    """The page has nothing to keep."""
    _begin(stage, "quantization")
    _keep(stage)


def _keep(stage: Stage) -> None:
    drawer = stage.window.lab_sheet.drawer
    assert drawer is not None
    next(iter(drawer.artifacts.values())).button.click()
    stage.settle()
    drawer._scroll.verticalScrollBar().setValue(drawer._scroll.verticalScrollBar().maximum())


def _cards(stage: Stage) -> None:
    cards = stage.labs.labs.cards
    stage.settle()
    [area] = cards.findChildren(QScrollArea)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


SCENES = (
    *(Scene(lab.page, f"sheet {lab.id}", "", partial(_open, lab=lab.id)) for lab in GUIDED_LABS),
    Scene("tokens", "sheet running", "", _running),
    Scene("tokens", "sheet train", "", _train),
    Scene("tokens", "sheet compare", "", _compare),
    Scene("tokens", "sheet artifact", "", _artifact),
    Scene("quantization", "sheet nothing", "", _nothing),
    Scene("labs", "guided cards", "", _cards),
)
