"""One chart as a picture, drawn in a job for the width and density of the screen."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from app.jobs import Job, JobRunner
from app.notices import Notices
from app.widgets.file_dialog import FileDialog
from app.widgets.tokens import Tokens
from labs.experiments.charts import Chart
from models.errors import UserError

SETTLE_MS = 150
CSS_DPI = 96.0
MOST_PX = 880
EXPORT_WIDTH_IN, EXPORT_DPI = 7.0, 200.0
KINDS = {"png": "PNG picture (*.png)", "svg": "SVG drawing (*.svg)", "csv": "CSV table (*.csv)"}


def picture(
    chart: Chart, width_in: float, *, dark: bool, dpi: float, simulated: bool, kind: str = "png"
) -> Generator[str, None, bytes]:
    """The chart as the report shows it; matplotlib is loaded here at the earliest."""
    yield "Drawing"
    from labs.experiments.figures import draw

    return draw(
        chart, width_in=width_in, dark=dark, kind="svg" if kind == "svg" else "png", dpi=dpi,
        simulated=simulated,
    )  # fmt: skip


def write_chart(chart: Chart, path: Path, *, simulated: bool) -> Generator[str, None, Path]:
    """PNG, SVG or CSV by the ending of the name. Raises UserError."""
    kind = path.suffix.lower().removeprefix(".")
    if kind == "csv":
        from labs.experiments.figures.chart_csv import chart_csv

        yield "Writing the table"
        data = chart_csv(chart).encode()
    else:
        data = yield from picture(
            chart, EXPORT_WIDTH_IN, dark=False, dpi=EXPORT_DPI, simulated=simulated, kind=kind
        )
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UserError(
            f"The chart cannot be written to {path}: {error.strerror or error}.",
            "Choose another folder, or make room on the disk.",
        ) from error
    return path


class ChartView(QWidget):
    """The finding in words is its description; the menu copies and saves."""

    failed = Signal(object)

    def __init__(self, jobs: JobRunner, notices: Notices) -> None:
        super().__init__()
        self._jobs, self._notices = jobs, notices
        self._tokens = Tokens()
        self._chart: Chart | None = None
        self._simulated = False
        self._pixmap = QPixmap()
        self._job: Job | None = None
        self._drawn: tuple[object, ...] = ()
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self._draw)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(MOST_PX)

    def show_chart(self, chart: Chart, *, simulated: bool) -> None:
        self._chart, self._simulated = chart, simulated
        self._drawn = ()
        self._pixmap = QPixmap()
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(chart.finding)
        self._timer.start()
        self.update()

    @property
    def is_drawn(self) -> bool:
        return not self._pixmap.isNull()

    def setTokens(self, tokens: Tokens) -> None:
        if (tokens.dark, tokens.scale) != (self._tokens.dark, self._tokens.scale):
            self._drawn = ()
            self._pixmap = QPixmap()  # the old one would stand in the colours of the other theme
            self._job = None  # as would the one that is being drawn
        self._tokens = tokens
        self.setMaximumWidth(tokens.px(MOST_PX))
        self._timer.start()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._timer.start()

    def sizeHint(self) -> QSize:
        if self._pixmap.isNull():
            return QSize(400, self._tokens.px(260))
        return QSize(400, round(self._pixmap.height() / self._pixmap.devicePixelRatio()))

    def minimumSizeHint(self) -> QSize:
        return QSize(280, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._pixmap.isNull():
            painter.setPen(QColor(self._tokens.text_secondary))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Drawing the chart…")
            return
        painter.drawPixmap(0, 0, self._pixmap)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._tokens.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.open_menu(event.globalPos())

    def open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy as an image", self.copy)
        for kind in KINDS:
            menu.addAction(f"Save as {kind.upper()}…", self._asker(kind))
        menu.popup(place)

    def copy(self) -> None:
        if not self._pixmap.isNull():
            QGuiApplication.clipboard().setPixmap(self._pixmap)
            self._notices.info("The chart is on the clipboard.", key="chart")

    def save(self, path: Path) -> None:
        chart, simulated = self._chart, self._simulated
        if chart is None:
            return
        job = self._jobs.start(
            lambda _: write_chart(chart, path, simulated=simulated), f"Saving {path.name}"
        )
        job.failed.connect(self.failed)

    # ---- inside ----------------------------------------------------------------------------

    def _asker(self, kind: str) -> Callable[[], None]:
        def ask() -> None:
            dialog = FileDialog(self, "Save the chart")
            dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
            dialog.setNameFilter(KINDS[kind])
            dialog.setDefaultSuffix(kind)
            dialog.fileSelected.connect(lambda name: self.save(Path(name)))
            dialog.open()

        return ask

    def _draw(self) -> None:
        chart = self._chart
        if chart is None or not self.isVisible():
            return
        ratio, scale = self.devicePixelRatioF(), self._tokens.scale
        width = self.width()
        wanted = (chart, width, ratio, scale, self._tokens.dark)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        dpi = CSS_DPI * ratio * scale
        dark, simulated = self._tokens.dark, self._simulated
        self._job = self._jobs.start(
            lambda _: picture(
                chart, width / CSS_DPI / scale, dark=dark, dpi=dpi, simulated=simulated
            )
        )
        self._job.finished.connect(self._on_drawn)
        self._job.failed.connect(self.failed)

    def showEvent(self, event: object) -> None:
        self._timer.start()

    def _on_drawn(self, data: bytes) -> None:
        if self.sender() is not self._job:
            return
        pixmap = QPixmap.fromImage(QImage.fromData(data))
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self._pixmap = pixmap
        self.updateGeometry()
        self.update()
