"""The bin of benchmarks."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.pages.telemetry.benchmark_list import name_text, when_text
from app.widgets.bin_window import Binned
from app.widgets.kept_bin import KeptBin
from labs.benchmark import kept


def benchmark_bin(context: AppContext, parent: QWidget) -> KeptBin:
    folder = context.services.paths.benchmarks
    return KeptBin(context.jobs, context.notices, parent, folder, "benchmark", _look_into)


def _look_into(folder: Path) -> Generator[str, None, tuple[Binned, ...]]:
    rows = yield from kept.listed(folder)
    return tuple(Binned(row.path, name_text(row), when_text(row)) for row in rows)
