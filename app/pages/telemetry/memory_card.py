"""How fast memory is: measured here, as a maker gives it, or a number of one's own."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.telemetry import limit_work as work
from app.pages.telemetry.limit_work import Known, MemorySpeed
from app.widgets.parts import button, card, row_of, words
from app.widgets.still import keep_still
from app.widgets.task_row import TaskRow
from labs.benchmark.memory_speeds import DeviceSpeed, KeptBandwidth

GB = 1e9
MEASURE = "Measure this machine’s memory"
NOT_YET = (
    "Not measured yet. It takes ten seconds and a gigabyte of memory at most; close other programs "
    "first."
)
FROM_MAKER = "From the maker, not measured: programs reach four fifths of it at best."
OWN = "A number of your own, not measured."
GPU = (
    "The memory of {names} cannot be measured from here; choose the maker’s figure for models that "
    "run on it."
)
BUSY_CORES = 0.25


def measured_words(kept: KeptBandwidth) -> str:
    """The figure with its spread, and what else the machine did."""
    found = kept.bandwidth
    best, (low, high) = found.best, found.best.quartiles
    threads = f"{best.threads} thread{'s' if best.threads != 1 else ''}"
    told = (
        f"{best.median / GB:.1f} GB a second with {threads}, the middle half of "
        f"{len(best.bytes_per_s)} readings from {low / GB:.1f} to {high / GB:.1f}; measured on "
        f"{datetime.fromisoformat(kept.measured_at):%d %b %Y}."
    )
    if (found.others_cores or 0) > BUSY_CORES:
        cores = f"{found.others_cores:.1f} cores"
        told += f" Other programs kept {cores} busy meanwhile, so it may be too low."
    if found.is_small:
        told += " Memory was short, so that caches may have held a part: it may be too high."
    return told


class MemoryCard(QWidget):
    """`changed` comes with every other speed; `failed` carries a UserError."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._kept: KeptBandwidth | None = None
        self.job: Job | None = None
        self.source = QComboBox()
        self.source.setAccessibleName("Whose memory speed")
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.own = QDoubleSpinBox()
        self.own.setRange(0.1, 20_000)
        self.own.setDecimals(1)
        self.own.setValue(100)
        self.own.setSuffix(" GB/s")
        self.own.setAccessibleName("A memory speed of your own")
        keep_still(self.source, self.own)
        self.measure = button(MEASURE, "primary")
        self.about = words(NOT_YET, "secondary")
        self.gpu = words("", "small")
        self.task = TaskRow("Measuring the memory", inset_px=0)
        self._lay_out()
        self.source.currentIndexChanged.connect(self._on_changed)
        self.own.valueChanged.connect(self._on_changed)
        self.measure.clicked.connect(self.start)
        self.task.stop_requested.connect(self.stop)

    @property
    def speed(self) -> MemorySpeed | None:
        """None before anything is measured or chosen."""
        chosen = self.source.currentData()
        if isinstance(chosen, KeptBandwidth):
            best = chosen.bandwidth.best
            told = f"{best.median / GB:.1f} GB a second, measured here"
            return MemorySpeed(best.median, told, True, best.quartiles)
        if isinstance(chosen, DeviceSpeed):
            rate = chosen.bytes_per_s
            told = f"{rate / GB:,.0f} GB a second of {chosen.device}, from the maker, not measured"
            return MemorySpeed(rate, told, False)
        if chosen == OWN:
            rate = self.own.value()
            return MemorySpeed(rate * GB, f"{rate:,.1f} GB a second, a number of your own", False)
        return None

    @property
    def kept(self) -> KeptBandwidth | None:
        return self._kept

    def show_known(self, known: Known) -> None:
        """Offer what there is: measured here first, but a graphics device counts where there is
        one, because models run there."""
        self._kept = known.kept
        blocked = self.source.blockSignals(True)
        self.source.clear()
        self.source.addItem("This machine, measured", known.kept)
        for speed in known.speeds:
            self.source.addItem(f"{speed.device}: {speed.bytes_per_s / GB:,.0f} GB/s", speed)
        self.source.addItem("A number of my own", OWN)
        if known.device and (known.gpus or not known.kept):
            self.source.setCurrentIndex(1 + known.speeds.index(known.device))
        self.source.blockSignals(blocked)
        self.gpu.setVisible(bool(known.gpus))
        self.gpu.setText(GPU.format(names=" and ".join(known.gpus)))
        self._on_changed()

    def start(self) -> None:
        if self.job is not None and self.job.is_running:
            return
        services = self._context.services
        self.job = job = self._context.jobs.start(
            lambda token: work.measure(services, token), "Measuring the memory",
            summary=lambda kept: measured_words(kept),
        )  # fmt: skip
        self.task.show()
        self.task.show_progress(None, "", None, stopping=False)
        self.task.setFocus()
        self.measure.hide()
        job.updated.connect(lambda: self._show_progress(job))
        job.finished.connect(self._on_measured)
        job.failed.connect(self.failed)
        job.ended.connect(self._on_ended)

    def stop(self) -> None:
        if self.job is not None:
            self.job.cancel()

    # ---- inside ----------------------------------------------------------------------------

    def _on_measured(self, kept: KeptBandwidth) -> None:
        self._kept = kept
        self.source.setItemData(0, kept)
        self.source.setCurrentIndex(0)
        self._on_changed()

    def _on_ended(self) -> None:
        self.measure.show()
        focused = QApplication.focusWidget()
        if focused is not None and self.task.isAncestorOf(focused):
            self.measure.setFocus()  # before what had it is gone
        self.task.hide()

    def _show_progress(self, job: Job) -> None:
        if job.is_running:
            status = job.status
            self.task.show_progress(
                status.fraction, status.detail, status.time_left_s, stopping=job.is_stopping
            )

    def _on_changed(self) -> None:
        chosen = self.source.currentData()
        self.own.setVisible(chosen == OWN)
        if isinstance(chosen, KeptBandwidth):
            self.about.setText(measured_words(chosen))
        elif isinstance(chosen, DeviceSpeed):
            self.about.setText(FROM_MAKER)
        else:
            self.about.setText(OWN if chosen == OWN else NOT_YET)
        self.changed.emit()

    def _lay_out(self) -> None:
        frame, inside = card(spacing=8)
        inside.addWidget(words("Memory speed", "heading"))
        inside.addLayout(row_of(self.source, self.own, self.measure, stretch=-1))
        inside.addWidget(self.about)
        inside.addWidget(self.gpu)
        inside.addWidget(self.task)
        self.task.hide()
        self.own.hide()
        self.gpu.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(frame)
