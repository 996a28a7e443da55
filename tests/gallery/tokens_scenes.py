"""The Tokens page: empty, side by side, one that failed, and the X-ray of a chat."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import MERGES, TEMPLATE
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def _page(stage: Stage) -> TokensPage:
    stage.window.open("tokens")
    [page] = stage.window.findChildren(TokensPage)
    stage.until(lambda: len(page.text.columns) > 1)
    return page


def _empty(stage: Stage) -> None:
    _page(stage)


def _two(stage: Stage) -> None:
    text = _page(stage).text
    text.source.example.click()
    stage.until(lambda: all(column.view for column in text.columns))
    text.columns[0].field.canvas.pointed.emit(3)
    stage.settle()


def _four(stage: Stage) -> None:
    """Control tokens read out of the text, and one tokenizer that is not there."""
    _two(stage)
    text = _page(stage).text
    text.bar.special.click()
    text.add_tokenizer("sim:echo")
    text.add_tokenizer("/nowhere/tokenizer.json")
    stage.settle()


def _pasted(stage: Stage) -> None:
    text = _page(stage).text
    data = QMimeData()
    data.setText("The hare was once boasting of her speed. " * 3000)
    text.source.editor.insertFromMimeData(data)
    stage.until(lambda: all(column.view for column in text.columns))
    stage.settle()


def _template(stage: Stage) -> None:
    page = _page(stage)
    page.open_target(TEMPLATE)
    stage.until(lambda: all(column.count.text() for column in page.template.columns))
    stage.settle()


def _injected(stage: Stage) -> None:
    _template(stage)
    tab = _page(stage).template
    tab.editor.inject_button.click()
    tab.careless.click()
    stage.until(lambda: "came out" in tab.columns[0].foot.text())
    stage.settle()


def _merges(stage: Stage) -> None:
    page = _page(stage)
    page.open_target(MERGES)
    stage.until(lambda: bool(page.merges.rows.rows))
    stage.settle()


def _untraced(stage: Stage) -> None:
    """A tokenizer without merges to follow."""
    page = _page(stage)
    page.open_target(MERGES)
    page.merges.take_tokenizer("sim:echo")
    stage.settle()


def _no_word(stage: Stage) -> None:
    _merges(stage)
    _page(stage).merges.word.clear()
    stage.settle()


SCENES = (
    Scene("tokens", "empty", "", _empty),
    Scene("tokens", "two", "", _two),
    Scene("tokens", "four", "", _four),
    Scene("tokens", "pasted", "", _pasted),
    Scene("tokens", "template", "", _template),
    Scene("tokens", "injected", "", _injected),
    Scene("tokens", "merges", "", _merges),
    Scene("tokens", "merges untraced", "", _untraced),
    Scene("tokens", "merges empty", "", _no_word),
)
