"""The bin of comparisons."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.pages.quantization.kept_list import date_text, others_text
from app.widgets.bin_window import Binned
from app.widgets.kept_bin import KeptBin
from labs.quantization import kept


def comparison_bin(context: AppContext, parent: QWidget) -> KeptBin:
    folder = context.services.paths.comparisons
    return KeptBin(context.jobs, context.notices, parent, folder, "comparison", _look_into)


def _look_into(folder: Path) -> Generator[str, None, tuple[Binned, ...]]:
    rows = yield from kept.listed(folder)
    return tuple(
        Binned(row.path, f"{row.base} against {others_text(row)}", date_text(row.finished_at))
        for row in rows
    )
