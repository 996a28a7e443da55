"""The Tokens page: what languages cost, and two sources of one tokenizer."""

from __future__ import annotations

from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import LANGUAGES
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def _page(stage: Stage) -> TokensPage:
    stage.window.open("tokens")
    [page] = stage.window.findChildren(TokensPage)
    return page


def _languages(stage: Stage) -> None:
    page = _page(stage)
    page.open_target(LANGUAGES)
    stage.until(lambda: page.languages.languages is not None)
    stage.until(lambda: page.languages.chart.chart.is_drawn)
    stage.settle()


def _drawn(stage: Stage) -> None:
    stage.until(lambda: _page(stage).languages.chart.chart.is_drawn)


def _language_table(stage: Stage) -> None:
    _languages(stage)
    page = _page(stage)
    page.languages.measure_speed()
    stage.settle()
    page.languages.as_table.click()


def _languages_busy(stage: Stage) -> None:
    page = _page(stage)
    page.open_target(LANGUAGES)
    stage.until(lambda: page.languages._job is not None and page.languages._job.status.fraction)
    page.languages._stop()
    stage.settle()


SCENES = (
    Scene("tokens", "languages", "", _languages, _drawn),
    Scene("tokens", "languages table", "", _language_table),
    Scene("tokens", "languages stopped", "", _languages_busy),
)
