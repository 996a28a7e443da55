"""What machine this is, what it runs on, and whether it holds itself back."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.jobs import JobRunner
from app.widgets.parts import badge, row_of, words
from models.amounts import size_text
from models.hardware.machine import Machine
from models.hardware.reading import Reading


class Summary(QWidget):
    def __init__(self, jobs: JobRunner) -> None:
        super().__init__()
        self._jobs = jobs
        self._is_asked = False
        self.machine = words("", "secondary")
        self.source = badge("")
        self.slowed = badge("", "warning")
        self.source.hide()
        self.slowed.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.machine)
        column.addLayout(row_of(self.source, self.slowed, stretch=-1))

    def ask_once(self) -> None:
        """Find out what machine this is; drivers may take a moment."""
        if not self._is_asked:
            self._is_asked = True
            job = self._jobs.start(lambda _: _describe())
            job.finished.connect(self._show_machine)

    def _show_machine(self, machine: Machine) -> None:
        self.machine.setText(sentence(machine))

    def show_reading(self, reading: Reading) -> None:
        self.source.setText(_power_source(reading))
        self.source.setVisible(bool(self.source.text()))
        self.slowed.setText(_slowed(reading))
        self.slowed.setVisible(bool(self.slowed.text()))


def sentence(machine: Machine) -> str:
    """ "AMD EPYC · 2 cores · 25.3 GB memory · no readable graphics processor · Linux 6.1"."""
    cores = "1 core" if machine.cores == 1 else f"{machine.cores} cores"
    if machine.threads != machine.cores:
        cores += f" for {machine.threads} threads"
    graphics = ", ".join(machine.gpus) or "no readable graphics processor"
    memory = f"{size_text(machine.memory_bytes)} memory"  # as the charts below say it
    return " · ".join((machine.processor, cores, memory, graphics, machine.system))


def _describe() -> Generator[str, None, Machine]:
    yield "Looking at the machine"
    from models.hardware.machine import describe

    return describe()


def _power_source(reading: Reading) -> str:
    percent = reading.battery_percent.value
    if percent is None:
        return ""
    return f"On battery, {percent:.0f} %" if reading.on_battery else "On mains"


def _slowed(reading: Reading) -> str:
    """What holds clocks down now, in words."""
    reasons = [word for gpu in reading.gpus for word in gpu.throttle_reasons]
    parts = []
    if reasons:
        parts.append(f"Graphics held back by {', '.join(dict.fromkeys(reasons))}")
    if reading.cpu_throttle_events.value:
        parts.append("Processor held back by heat")
    return "; ".join(parts)
