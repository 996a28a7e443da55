"""The last minutes of every sensor, side by side with one pointer for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.telemetry.chart_grid import ChartGrid
from app.pages.telemetry.quiet_list import QuietList
from app.pages.telemetry.recording import KINDS, write
from app.pages.telemetry.request_axis import TOKENS_A_SECOND
from app.pages.telemetry.summary import Summary
from app.pages.telemetry.tracks import PanelTracks, Tracks
from app.widgets.file_dialog import FileDialog
from app.widgets.parts import button, row_of, scrolled, words
from app.widgets.time_chart import Band, DrawingTurns, Series, TimeChart, Unit
from app.widgets.turns import in_turns
from models.errors import UserError
from models.hardware.export import as_csv
from models.hardware.reading import Reading

SPANS_MIN = (1, 5, 10)
LOOK_MS, AT_ONCE = 500, 100  # readings that one turn of the event loop takes in
LATE_S = 2.0  # without a reading; time goes on then all the same
NOTHING_READ = UserError("No sensor has been read yet.", "Try again in a moment.")
REDRAWS = 600  # a window of ten minutes is drawn once a second, shorter ones with every reading


class LiveTab(QWidget):
    """Looks at the sensors' history while it can be seen, and does nothing while it cannot.

    `history` gives the readings, oldest first; `bands_of` the phases of requests between two
    moments, which are drawn behind the curves; `tokens_at` tokens a second at these moments.
    """

    failed = Signal(object)
    went_well = Signal()

    def __init__(
        self,
        context: AppContext,
        history: Callable[[], Sequence[Reading]],
        bands_of: Callable[[float, float], Sequence[Band]] = lambda _start, _end: (),
        tokens_at: Callable[[Sequence[float]], Sequence[Series]] = lambda _times: (),
    ) -> None:
        super().__init__()
        self._context, self.history, self.bands_of = context, history, bands_of
        self.tokens_at = tokens_at
        self._tracks = Tracks()
        self._turns = DrawingTurns(self)
        self._drawn_s = 0.0
        self._has_tokens = False
        self._span_is_chosen = False
        self.charts: dict[str, TimeChart] = {}
        self.summary = Summary(context.jobs)
        self.span = QComboBox()
        self.save_button = button("Save the last ten minutes…")
        self.waiting = words("Reading the sensors…", "secondary")
        self.machine_grid, self.graphics_grid = ChartGrid(), ChartGrid()
        self.unreadable = QuietList()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._lay_out()
        self._timer.timeout.connect(self.look)
        self.span.activated.connect(self._keep_span)
        self.save_button.clicked.connect(self.ask_where_to_save)

    @property
    def span_s(self) -> float:
        return 60.0 * SPANS_MIN[self.span.currentIndex()]

    def look(self) -> None:
        """Take in what is new, and draw it if anybody can see it."""
        if not self.isVisible() or self.window().isMinimized():
            return
        if self._tracks.take(self.history(), AT_ONCE):
            QTimer.singleShot(0, self, self.look)
            return
        if time.time() - self._drawn_s >= self.span_s / REDRAWS - LOOK_MS / 2000:
            self.redraw()

    def redraw(self) -> None:
        last = self._tracks.last
        if last is None:
            return
        self.waiting.hide()
        self._fit_span(last.time)
        self._drawn_s = now = time.time()
        end_s = last.time if now - last.time < LATE_S else now
        start_s = end_s - self.span_s
        bands = self.bands_of(start_s, end_s)
        shown = [panel for panel in self._tracks.panels if panel.is_readable]
        # One chart in each turn of the event loop: all at once would be felt.
        in_turns(
            self,
            *(partial(self._draw, panel, bands, start_s, end_s) for panel in shown),
            lambda: self._place(shown, self._draw_tokens(bands, start_s, end_s)),
            lambda: self.summary.show_reading(last),
            lambda: self.unreadable.show_reasons(self._tracks.unreadable()),
        )

    def point_at(self, age_s: float | None) -> None:
        """One moment in all charts."""
        for chart in self.charts.values():
            chart.point_at(age_s)

    def ask_where_to_save(self) -> None:
        dialog = FileDialog(self, "Save the last ten minutes")
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(KINDS.values()))
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix(next(k for k, v in KINDS.items() if v == chosen))
        )
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.open()

    def save(self, path: Path) -> None:
        readings = tuple(self.history())
        if not readings:
            self.failed.emit(NOTHING_READ)
            return
        job = self._context.jobs.start(lambda _: write(readings, path), f"Saving {path.name}")
        job.failed.connect(self.failed)
        job.finished.connect(self.went_well)
        job.finished.connect(
            lambda _: self._context.notices.info(f"The readings are in {path.name}.", key="chart")
        )

    def as_table(self) -> str:
        """The same for a lab sheet. Raises UserError."""
        readings = tuple(self.history())
        if not readings:
            raise NOTHING_READ
        return as_csv(readings)

    # ---- when it can be seen -------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.summary.ask_once()
        self._timer.start()
        QTimer.singleShot(0, self, self.look)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    # ---- inside --------------------------------------------------------------------------------

    def _keep_span(self, _index: int) -> None:
        self._span_is_chosen = True
        self.redraw()

    def _fit_span(self, last_s: float) -> None:
        """The shortest span that holds all readings, until the user chooses one."""
        if self._span_is_chosen or not (readings := self.history()):
            return
        kept_min = (last_s - readings[0].time) / 60
        fitting = next((at for at, span in enumerate(SPANS_MIN) if kept_min <= span), -1)
        with QSignalBlocker(self.span):
            self.span.setCurrentIndex(fitting % len(SPANS_MIN))

    def _draw(
        self, panel: PanelTracks, bands: Sequence[Band], start_s: float, end_s: float
    ) -> None:
        chart = self._chart(panel.panel.id, panel.panel.title, panel.unit)
        chart.show_series(
            panel.series(), bands, start_s=start_s, end_s=end_s, unit=panel.unit, note=panel.note,
            rows=self._tracks.cores() if panel.panel.id == "cpu" else None,
        )  # fmt: skip

    def _draw_tokens(self, bands: Sequence[Band], start_s: float, end_s: float) -> list[TimeChart]:
        """A chart for each series, once a request has been there."""
        if not bands and not self._has_tokens:
            return []
        self._has_tokens = True
        times = self._tracks.times_since(start_s - LATE_S)
        charts = []
        for series in self.tokens_at(times):
            charts.append(self._chart(series.name, series.name, TOKENS_A_SECOND))
            charts[-1].show_series([series], bands, start_s=start_s, end_s=end_s)
        return charts

    def _chart(self, key: str, title: str, unit: Unit) -> TimeChart:
        made = self.charts.get(key)
        if made is None:
            made = TimeChart(title, unit, turns=self._turns)
            made.pointed.connect(self.point_at)
            made.failed.connect(self.failed)
            made.copied.connect(
                lambda: self._context.notices.info("The chart is on the clipboard.", key="chart")
            )
            self._context.theme.hand_to(made)
            self.charts[key] = made
        return made

    def _place(self, shown: Sequence[PanelTracks], tokens: Sequence[TimeChart]) -> None:
        def of(is_graphics: bool) -> list[TimeChart]:
            return [self.charts[p.panel.id] for p in shown if p.panel.is_graphics is is_graphics]

        self.machine_grid.show_charts([*tokens, *of(False)])
        self.graphics_grid.show_charts(of(True))
        self.graphics_grid.setVisible(bool(of(True)))

    def _lay_out(self) -> None:
        for minutes in SPANS_MIN:
            self.span.addItem(f"{minutes} min")
        self.span.setAccessibleName("How far back the charts go")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 12, 20, 24)  # a chart has a margin of its own
        column.setSpacing(24)
        for part in (self.waiting, self.machine_grid, self.graphics_grid, self.unreadable):
            column.addWidget(part)
        column.addStretch(1)
        head = row_of(self.summary, self.span, self.save_button, stretch=0, spacing=12)
        head.setContentsMargins(24, 16, 24, 4)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(scrolled(inside, "Charts of the sensors"), 1)
