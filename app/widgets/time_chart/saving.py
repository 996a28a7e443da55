"""Copying a chart, and saving it as a picture, a drawing or a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QMenu

from app.widgets.file_dialog import FileDialog
from app.widgets.time_chart.shown import Shown
from models.errors import UserError

if TYPE_CHECKING:
    from app.widgets.time_chart.time_chart import TimeChart

KINDS = {"png": "PNG picture (*.png)", "svg": "SVG drawing (*.svg)", "csv": "CSV table (*.csv)"}
PICTURE_SCALE = 2.0


class ChartMenu(QMenu):
    """What can be done with one chart."""

    def __init__(self, chart: TimeChart) -> None:
        super().__init__(chart)
        self._chart = chart
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.addAction("Copy as an image", self._copy)
        for kind in KINDS:
            self.addAction(f"Save as {kind.upper()}…", self._asker(kind))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(picture(self._chart))
        self._chart.copied.emit()

    def _asker(self, kind: str) -> Callable[[], None]:
        chart = self._chart  # the menu is gone when the file has a name

        def ask() -> None:
            dialog = FileDialog(chart, "Save the chart")
            dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
            dialog.setNameFilter(KINDS[kind])
            dialog.setDefaultSuffix(kind)
            dialog.fileSelected.connect(lambda name: save(chart, Path(name)))
            dialog.open()

        return ask


def save(chart: TimeChart, path: Path) -> None:
    """PNG, SVG or CSV by the ending of the name; a failure goes to the chart's `failed`."""
    try:
        path.write_bytes(_data(chart, path.suffix.lower()))
    except OSError as error:
        chart.failed.emit(
            UserError(
                f"The chart cannot be written to {path}: {error.strerror or error}.",
                "Choose another folder, or make room on the disk.",
            )
        )


def picture(chart: TimeChart) -> QImage:
    """The chart on its ground, at twice the size of the screen's pixels."""
    image = QImage(chart.size() * PICTURE_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PICTURE_SCALE)
    image.fill(chart.ground)
    painter = QPainter(image)
    chart.draw(painter)
    painter.end()
    return image


def as_csv(shown: Shown) -> str:
    """A row a moment of the window and a column a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [f"{one.name} [{shown.unit.name}]" for one in shown.series]
    writer.writerow(["time", "seconds since 1970", *names])
    moments = sorted(
        {t for one in shown.series for t in one.times if shown.start_s <= t <= shown.end_s}
    )
    for time_s in moments:
        at = datetime.fromtimestamp(time_s).astimezone().isoformat(timespec="milliseconds")
        values = (one.at(time_s) for one in shown.series)
        writer.writerow([at, f"{time_s:.3f}", *("" if v is None else f"{v:.10g}" for v in values)])
    return out.getvalue()


def _data(chart: TimeChart, ending: str) -> bytes:
    if ending == ".csv":
        return as_csv(chart.shown).encode()
    if ending == ".svg":
        return _svg(chart)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture(chart).save(buffer, "PNG")  # type: ignore[call-overload]  # its stubs want bytes
    return bytes(buffer.data().data())


def _svg(chart: TimeChart) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(chart.width(), chart.height()))
    generator.setViewBox(chart.rect())
    generator.setTitle(chart.accessibleName())
    generator.setDescription(chart.shown.sentence)
    painter = QPainter(generator)
    painter.fillRect(chart.rect(), chart.ground)
    chart.draw(painter)
    painter.end()
    return bytes(data.data())
