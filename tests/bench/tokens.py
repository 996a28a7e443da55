"""Tokenizing beside the bare library, a megabyte of text opened and scrolled, and sliders."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.widgets.fonts import install_fonts
from app.widgets.token_field import TokenField
from models.cancel import CancelToken
from models.long_work import result_of
from models.starter import starter_path
from models.tokenizers.cut import Cut
from models.tokenizers.gguf import ExactTokenizer
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers
from tests.bench import slider
from tests.bench.line import ROUNDS, Bound, Line, interleave, repeat

N_BYTES, STEPS, COST_ROUNDS = 1_000_000, 120, 15
COST = Bound("ratio", "at most", 1.2)
OPENED = Bound("value", "at most", 300)
STALL = Bound("value", "at most", 60)
NAME = "tokenizing 1 MB, to the columns of the window"


def measure(_work: Path) -> list[Line]:
    starter = starter_path()
    if starter is None:
        return [Line(NAME, "ms", COST, missing="The starter model is not prepared.")]
    text, source = _text(), Source("gguf", str(starter), "starter")
    bare = ExactTokenizer(starter).vocabulary
    tokenizers = Tokenizers()
    try:
        cut = _cut(tokenizers, source, text)
        ours, baseline = interleave(
            lambda: _ms(lambda: _cut(tokenizers, source, text)),
            lambda: _ms(lambda: bare.encode_column(text, False, False)),
            COST_ROUNDS,
        )
    finally:
        tokenizers.close()
    cost = Line(NAME, "ms", COST, ours, baseline, "llama_tokenize",
                note="ours also finds the place of each token and the letters spread over "
                "several, and carries them between processes")  # fmt: skip
    return [cost, *_shown(cut), slider.measure()]


def _shown(cut: Cut) -> list[Line]:
    app = QApplication.instance() or QApplication([])
    install_fonts()
    field = TokenField("Tokens")
    field.resize(500, 600)
    field.show()
    app.processEvents()

    def open_it() -> float:
        field.clear()
        app.processEvents()
        return _ms(lambda: _show_whole(app, field, cut))

    opened = repeat(open_it)
    stalls = tuple(_longest_step(app, field) for _ in range(ROUNDS))
    field.close()
    field.deleteLater()
    return [
        Line("1 MB of tokens opened, after tokenizing", "ms", OPENED, opened),
        Line("longest step of scrolling through it", "ms", STALL, stalls),
    ]


def _show_whole(app: QApplication, field: TokenField, cut: Cut) -> None:
    """Until every token has its line; the first of them are seen long before."""
    field.show_cut(cut)
    while True:
        app.processEvents()
        if field.canvas.is_placed:
            return


def _longest_step(app: object, field: TokenField) -> float:
    bar = field.verticalScrollBar()

    def step(number: int) -> None:
        bar.setValue(bar.maximum() * number // STEPS)
        QApplication.processEvents()

    return max(_ms(lambda number=number: step(number)) for number in range(STEPS))


def _cut(tokenizers: Tokenizers, source: Source, text: str) -> Cut:
    return result_of(tokenizers.cut(source, text, False, CancelToken()))


def _text() -> str:
    page = Path("README.md").read_text("utf-8")
    return (page * (N_BYTES // len(page) + 1)).encode()[:N_BYTES].decode("utf-8", "ignore")


def _ms(work: object) -> float:
    begun = time.perf_counter()
    work()  # type: ignore[operator]
    return 1000 * (time.perf_counter() - begun)
