"""The Surprise tab of the Tokens page: before, read, a token, two quantizations and two models."""

from __future__ import annotations

from pathlib import Path

from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import SURPRISE
from app.pages.tokens.surprise_tab import SurpriseTab
from models.cancel import CancelToken
from models.long_work import result_of
from models.quantize.quantize import Wish, quantize
from tests.engine.tiny_kinds import llama_stretched
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def _tab(stage: Stage) -> SurpriseTab:
    stage.window.open("tokens", SURPRISE)
    [page] = stage.window.findChildren(TokensPage)
    return page.surprise


def _before(stage: Stage) -> None:
    _tab(stage)


def _read(stage: Stage) -> None:
    tab = _tab(stage)
    tab.read()
    stage.settle()
    tab.field.canvas.opened.emit(44, tab.pos())


def _excess(stage: Stage) -> None:
    _read(stage)
    _tab(stage).bar.show_measure("excess")
    _tab(stage).field.canvas.opened.emit(48, _tab(stage).pos())


def _quantized(stage: Stage) -> None:
    library = stage.services.library
    target = _shelf(stage) / "Starter-Q4_0.gguf"
    wish = Wish(library.resolve("starter"), target, "Q4_0", allow_requantize=True)
    result_of(quantize(wish, CancelToken()))
    _against(stage, target)


def _other_tokenizer(stage: Stage) -> None:
    _against(stage, llama_stretched(_shelf(stage) / "random.gguf"))


def _shelf(stage: Stage) -> Path:
    return Path(stage.services.settings.current.model_folders[0])


def _against(stage: Stage, other: Path) -> None:
    tab = _tab(stage)
    tab.models.choose_second(str(other))
    tab.read()
    stage.until(lambda: tab.difference is not None)
    stage.settle()
    span = tab.difference.largest()[0]
    tab.panel.differences.asked.emit(span.start, span.end)


def _stopped(stage: Stage) -> None:
    """A long text, stopped in the middle."""
    tab = _tab(stage)
    tab.source.show_file("long.txt", "The hare was once boasting of her speed. " * 400)
    tab.read()
    stage.until(lambda: bool(tab.readings) and len(tab.readings[0].tokens) > 500)
    tab._job.stop()
    stage.settle()


def _refused(stage: Stage) -> None:
    tab = _tab(stage)
    tab.models.choose_first("sim:echo")
    tab.read()
    stage.settle()


SCENES = (
    Scene("surprise", "before", "", _before),
    Scene("surprise", "read", "", _read),
    Scene("surprise", "excess", "", _excess),
    Scene("surprise", "quantized", "", _quantized),
    Scene("surprise", "other tokenizer", "", _other_tokenizer),
    Scene("surprise", "stopped", "", _stopped),
    Scene("surprise", "refused", "", _refused),
)
