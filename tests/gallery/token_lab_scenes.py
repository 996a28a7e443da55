"""The Tokens page: what languages cost, and two sources of one tokenizer."""

from __future__ import annotations

from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import LANGUAGES, PARITY
from models.starter import starter_path
from models.tokenizers.gguf_variant import RULE, string, write_vocabulary
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage
from tests.gguf_files import typed

ADDS_BOS = "tokenizer.ggml.add_bos_token"


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
    stage.until(lambda: page.languages.task._bar.value() > 0)
    page.languages.task.stop_requested.emit()
    stage.settle()


def _parity(stage: Stage) -> None:
    page = _page(stage)
    page.open_target(PARITY)
    stage.settle()


def _parity_result(stage: Stage) -> None:
    """The starter against its own file with another rule for words and a begin token."""
    _parity(stage)
    tab, starter = _page(stage).parity, starter_path()
    assert starter is not None
    changed = stage.services.paths.settings_file.parent / "Starter-changed.gguf"
    write_vocabulary(starter, changed, {RULE: string("default"), ADDS_BOS: typed(True)})
    tab.sources.choose(1, str(changed))
    tab.text.editor.setPlainText("It's 12:30, isn't it?")
    tab.begin.click()
    stage.until(lambda: tab.parity is not None)
    stage.settle()


SCENES = (
    Scene("tokens", "languages", "", _languages, _drawn),
    Scene("tokens", "languages table", "", _language_table),
    Scene("tokens", "languages stopped", "", _languages_busy),
    Scene("tokens", "parity empty", "", _parity),
    Scene("tokens", "parity", "", _parity_result),
)
