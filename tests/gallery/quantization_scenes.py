"""The Quantization page: nothing to compare with, chosen, at work, results, refused, and making."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from app.pages.quantization.compare_tab import CompareTab
from app.pages.quantization.make_tab import MakeTab
from app.pages.quantization.page import QuantizationPage
from app.pages.quantization.places import MAKE
from app.pages.quantization.work import Step
from labs.quantization import kept
from labs.quantization.document import Record
from labs.quantization.recording import record
from labs.quantization.session import Wish
from labs.quantization.texts import bundled_texts
from labs.quantization.variant import variants_of
from models.cancel import CancelToken
from models.convert.convert import Wish as MlxWish
from models.convert.convert import convert
from models.engine.pool import Pool
from models.hardware.memory import free_bytes
from models.library.library import Library
from models.long_work import result_of
from models.quantize.quantize import Wish as Quantization
from models.quantize.quantize import quantize
from models.starter import starter_path
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage

STEM, TYPES, N_WINDOWS = "SmolLM2-135M-Instruct", ("F16", "Q5_0", "Q4_1", "Q4_0", "Q2_K"), 3
CACHE = "F16.gguf@q8_0"


def _make_family(folder: Path) -> None:
    (entry,) = Library(folder / "index").add(starter_path() or Path())
    for name in TYPES:
        wish = Quantization(entry, folder / f"{STEM}-{name}.gguf", name, allow_requantize=True)
        result_of(quantize(wish, CancelToken()))
    (folder / "index").unlink()


@cache
def _family() -> TemporaryDirectory[str]:
    """Real quantizations of the starter, made once for all scenes."""
    folder = TemporaryDirectory()
    _make_family(Path(folder.name))
    return folder


@cache
def _record() -> Record:
    """A real comparison of them, measured once."""
    folder = Path(_family().name)
    library = Library(folder.parent / f"{folder.name}-index")
    names = [str(folder / f"{STEM}-{name}") for name in (*(f"{t}.gguf" for t in TYPES), CACHE)]
    variants = variants_of(names, library.resolve_to_run, library.load_settings)
    pool = Pool(fits=lambda *_: True)
    try:
        wish = Wish(variants, bundled_texts(), N_WINDOWS)
        return result_of(record(wish, library, pool, free_bytes(), CancelToken()))
    finally:
        pool.close()


def _page(stage: Stage) -> QuantizationPage:
    stage.window.open("quantization")
    [page] = stage.window.findChildren(QuantizationPage)
    return page


def _tab(stage: Stage) -> CompareTab:
    page = _page(stage)
    stage.until(lambda: page.compare.tab is not None)
    tab = page.compare.tab
    assert tab is not None
    stage.until(lambda: bool(tab.setup.members.members))
    stage.settle()
    return tab


def _shelve(stage: Stage) -> None:
    shelf = stage.services.paths.data / "shelf"
    for path in Path(_family().name).glob("*.gguf"):
        (shelf / path.name).hardlink_to(path)


def _chosen(stage: Stage) -> CompareTab:
    _shelve(stage)
    kept.keep(stage.services.paths.comparisons, _record())
    tab = _tab(stage)
    for box in tab.setup.members.files:
        box.setChecked(box.text() != "Q2_K")
    return tab


def _busy(stage: Stage) -> None:
    tab = _chosen(stage)
    seen: list[object] = []
    tab.setup.start.click()
    assert tab.job is not None
    tab.job.progress.connect(seen.append)
    stage.until(lambda: any(isinstance(step, Step) and step.done > 0 for step in seen))


def _result(stage: Stage, view: int) -> CompareTab:
    tab = _chosen(stage)
    stage.until(lambda: bool(tab.kept.rows.rows))
    tab.kept.open_button.click()
    stage.until(lambda: tab.currentIndex() == 1)
    stage.settle()
    tab.result.show_view(view)
    tab.result.other.setCurrentIndex(tab.result.other.findText("Q4_0"))
    stage.settle()
    return tab


def _drawn(stage: Stage) -> None:
    frontier = _tab_of(stage).result.frontier.view
    assert frontier is not None
    chart = frontier.card.chart
    stage.pause(300)  # until it begins to draw for the new size
    stage.until(lambda: chart.is_drawn)


def _token(stage: Stage) -> None:
    tab = _result(stage, 3)
    text = tab.result.text.view
    assert text is not None
    rows = text._told.windows[0].others[tab.result.other.currentIndex()].moved
    window = text._told.windows[0]
    text.canvas.opened.emit(window.first + 1 + rows[0].row, text.canvas.rect().topLeft())
    stage.settle()


def _stopped(stage: Stage) -> None:
    tab = _eighth(stage)
    tab.stop()
    stage.until(lambda: tab.currentIndex() == 1)
    stage.settle()


def _ended(stage: Stage) -> None:
    tab = _eighth(stage)
    *_, last = stage.services.pool.worker_pids().values()
    psutil.Process(last).kill()
    stage.until(lambda: tab.currentIndex() == 1)
    stage.settle()


def _eighth(stage: Stage) -> CompareTab:
    """At work, with an eighth of the windows read."""
    _busy(stage)
    tab = _tab_of(stage)
    seen: list[object] = []
    assert tab.job is not None
    tab.job.progress.connect(seen.append)
    stage.until(lambda: any(isinstance(s, Step) and s.done > s.total / 8 for s in seen))
    return tab


def _tab_of(stage: Stage) -> CompareTab:
    tab = _page(stage).compare.tab
    assert tab is not None
    return tab


def _refused(stage: Stage) -> None:
    tab = _tab(stage)
    tab.setup.choose("sim:echo")
    stage.settle()


@cache
def _mlx() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    (entry,) = Library(Path(f"{folder.name}-index")).add(starter_path() or Path())
    result_of(convert(MlxWish(entry, Path(folder.name) / f"{STEM}-4bit", 4), CancelToken()))
    return folder


def _slow(stage: Stage) -> None:
    """A file that takes very long here, above kept ones that cannot be read."""
    stage.services.library.add(Path(_mlx().name) / f"{STEM}-4bit")
    stage.services.paths.comparisons.touch()
    _tab(stage)


def _make(stage: Stage) -> MakeTab:
    page = _page(stage)
    page.open_target(MAKE)
    stage.until(lambda: page.make.tab is not None)
    tab = page.make.tab
    assert tab is not None
    stage.until(lambda: bool(tab.rows.rows))
    stage.settle()
    return tab


def _made(stage: Stage) -> None:
    tab = _make(stage)
    tab.select("Q4_0")
    tab.place.requantize.setChecked(True)
    tab.start.click()
    stage.until(lambda: not tab.made.isHidden())
    stage.settle()


def _not_made(stage: Stage) -> None:
    """A source of which no file can be made."""
    tab = _make(stage)
    tab.choose("sim:echo")
    stage.settle()


SCENES = (
    Scene("quantization", "alone", "", lambda stage: (_tab(stage), None)[1]),
    Scene("quantization", "chosen", "", lambda stage: (_chosen(stage), None)[1]),
    Scene("quantization", "slow", "", _slow),
    Scene("quantization", "busy", "", _busy),
    Scene("quantization", "numbers", "", lambda stage: (_result(stage, 0), None)[1]),
    Scene("quantization", "frontier", "", lambda stage: (_result(stage, 1), None)[1], _drawn),
    Scene("quantization", "moved", "", lambda stage: (_result(stage, 2), None)[1]),
    Scene("quantization", "text", "", _token),
    Scene("quantization", "stopped", "", _stopped),
    Scene("quantization", "ended", "", _ended),
    Scene("quantization", "refused", "", _refused),
    Scene("quantization", "make", "", lambda stage: (_make(stage), None)[1]),
    Scene("quantization", "made", "", _made),
    Scene("quantization", "not made", "", _not_made),
)
