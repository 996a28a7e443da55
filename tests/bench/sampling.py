"""What watching the machine takes: the sampling itself, and drawing ten minutes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from models.hardware.sampler import INTERVAL_S, Sampler
from models.hardware.sensors import Sensors
from tests.bench.line import Bound, Line, repeat

WATCH_S = 10.0
CHARTS, REDRAWS = 9, 10  # as many as a window of 1280 by 800 shows


def measure(work: Path) -> tuple[Line, ...]:
    """Processor time of this process, in which nothing else runs meanwhile."""
    sampling = repeat(lambda: _share_of_a_core(work))
    drawing = repeat(_drawing())
    return (
        Line(
            f"Sampling all sensors {1 / INTERVAL_S:.0f} times a second, share of a core", "%",
            Bound("value", "at most", 1), sampling,
        ),
        Line(
            f"Drawing ten minutes in {CHARTS} charts, processor time", "ms",
            Bound("value", "at most", 25), drawing,
        ),
    )  # fmt: skip


def _share_of_a_core(work: Path) -> float:
    sampler = Sampler(open_source=lambda: Sensors(folder=work))
    sampler.start()
    threading.Event().wait(1.0)  # opening the drivers is no part of sampling
    before = time.process_time()
    threading.Event().wait(WATCH_S)
    took_s = time.process_time() - before
    sampler.close()
    return 100 * took_s / WATCH_S


def _drawing() -> Callable[[], float]:
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtWidgets import QApplication

    from app.widgets.time_chart import Series, TimeChart, Unit

    app = QApplication.instance() or QApplication([])
    times = [place * INTERVAL_S for place in range(1200)]
    values = [50 + 40 * ((place * 7919) % 101 - 50) / 50 for place in range(1200)]
    charts = [TimeChart(f"Chart {number}", Unit("%", top=100)) for number in range(CHARTS)]
    image = QImage(380, 170, QImage.Format.Format_RGB32)

    def draw() -> float:
        before = time.process_time()
        for _ in range(REDRAWS):
            for chart in charts:
                chart.resize(380, 170)
                series = (Series("load", times, values),)
                chart.show_series(series, start_s=0.0, end_s=times[-1])
                painter = QPainter(image)
                chart.draw(painter)
                painter.end()
        assert app is not None
        return 1000 * (time.process_time() - before) / REDRAWS

    return draw
