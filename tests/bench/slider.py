"""One step of a sampling slider over a large vocabulary, until its bars are painted."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from app.pages.tokens.distribution_rows import rows_of
from app.pages.tokens.probability_bars import ProbabilityBars
from app.pages.tokens.sampling_panel import NEUTRAL, SamplingPanel
from app.widgets.fonts import install_fonts
from app.widgets.parts import scrolled
from labs.tokens.next_token import NextToken, Prompt
from labs.tokens.sampling import Distribution, shape
from tests.bench.line import Bound, Line, repeat

N_VOCABULARY, STEPS, HEIGHT_PX = 262_144, 40, 460
FRAME = Bound("value", "at most", 16)


def measure() -> Line:
    """The median step of a drag; every sampler is on."""
    app = QApplication.instance() or QApplication([])
    install_fonts()
    window = QWidget()
    panel, bars = SamplingPanel(), ProbabilityBars("Bars")
    row = QHBoxLayout(window)
    row.addWidget(scrolled(bars, "Bars"))
    row.addWidget(panel)
    window.resize(1000, HEIGHT_PX)
    window.show()
    panel.show_sampling(replace(NEUTRAL, top_p=0.99, xtc_probability=0.5, xtc_threshold=0.0))
    found = _found()

    def step(number: int) -> float:
        begun = time.perf_counter()
        panel.sliders["temperature"].show_value(0.05 * (number + 1))
        shaped = shape(found.distribution, panel.sampling)
        panel.show_shaped(found.distribution, shaped)
        bars.show_rows(rows_of(found, shaped, panel.shown_case))
        app.processEvents()
        return 1000 * (time.perf_counter() - begun)

    figures = repeat(lambda: sorted(step(number) for number in range(STEPS))[STEPS // 2])
    window.close()
    window.deleteLater()
    return Line(f"step of a sampling slider over {N_VOCABULARY:,} tokens", "ms", FRAME, figures)


def _found() -> NextToken:
    values = np.random.default_rng(1).normal(0, 3, N_VOCABULARY)
    distribution = Distribution.of((values - np.logaddexp.reduce(values)).astype(np.float32))
    texts = {int(token_id): f" {token_id}" for token_id in distribution.ids[:500]}
    return NextToken("made up", Prompt("x"), "x", 1, distribution, texts)
