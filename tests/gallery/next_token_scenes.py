"""The Next token tab of the Tokens page: before, read, written on, XTC, drawn and swept."""

from __future__ import annotations

from dataclasses import replace

from app.pages.tokens.next_token_tab import NextTokenTab
from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import NEXT
from models.engine.messages import Sampling
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def _tab(stage: Stage) -> NextTokenTab:
    stage.window.open("tokens", NEXT)
    [page] = stage.window.findChildren(TokensPage)
    stage.until(lambda: page.next_token.tab is not None)
    assert page.next_token.tab is not None
    return page.next_token.tab


def _before(stage: Stage) -> None:
    _tab(stage)


def _asked(stage: Stage) -> None:
    _tab(stage).ask()
    stage.settle()


def _written(stage: Stage) -> None:
    _asked(stage)
    for _ in range(3):
        tab = _tab(stage)
        tab.bars.chosen.emit(tab.bars.rows[0].value)
        stage.settle()


def _xtc(stage: Stage) -> None:
    tab = _tab(stage)
    tab.form.form.choose("chat")
    tab.form.editor.setPlainText("Name a colour.")
    _asked(stage)
    wish = Sampling(temperature=1.2, top_k=0, xtc_probability=0.5, xtc_threshold=0.02)
    tab.sampling.show_sampling(replace(wish, top_p=0.9, min_p=0.0))


def _drawn(stage: Stage) -> None:
    _asked(stage)
    tab = _tab(stage)
    tab.sampling.show_sampling(Sampling(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0))
    tab.draw()
    stage.settle()
    tab.sweep()
    stage.settle()


def _to_draws(stage: Stage) -> None:
    tab = _tab(stage)
    bar = tab._panel.verticalScrollBar()
    bar.setValue(bar.maximum())


def _example(stage: Stage) -> None:
    tab = _tab(stage)
    tab.show_example()
    tab.sampling.show_sampling(Sampling(temperature=0.1, top_k=0, top_p=1.0, min_p=0.0))


SCENES = (
    Scene("next token", "before", "", _before),
    Scene("next token", "asked", "", _asked),
    Scene("next token", "refused", "sim:crash", _asked),
    Scene("next token", "written", "", _written),
    Scene("next token", "xtc", "", _xtc),
    Scene("next token", "drawn", "", _drawn, _to_draws),
    Scene("next token", "example", "", _example),
)
