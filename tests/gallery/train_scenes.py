"""The Tokens page: a tokenizer that is trained."""

from __future__ import annotations

from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import TRAIN
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def _trained(stage: Stage) -> None:
    stage.window.open("tokens", TRAIN)
    [page] = stage.window.findChildren(TokensPage)
    stage.until(lambda: page.train.trained is not None)
    stage.settle()


def _own_text(stage: Stage) -> None:
    _trained(stage)
    [page] = stage.window.findChildren(TokensPage)
    page.train.form.choose_own()
    page.train.form.own.editor.setPlainText("low low low lower slower")
    page.train.learn()
    stage.until(lambda: len(page.train.rows.rows) < 50)
    stage.settle()


def _changed(stage: Stage) -> None:
    """What stands below is of an older text, one without blanks."""
    _trained(stage)
    [page] = stage.window.findChildren(TokensPage)
    page.train.form.choose_own()
    page.train.form.own.editor.setPlainText("東京都は東京。" * 3 + "ab" * 300)
    page.train.learn()
    stage.until(lambda: page.train.form.own.text == page.train._texts[0])
    page.train.form.own.editor.setPlainText("low low low")
    stage.settle()


SCENES = (
    Scene("tokens", "train", "", _trained),
    Scene("tokens", "train own text", "", _own_text),
    Scene("tokens", "train changed", "", _changed),
)
