"""The bin of runs. What lies elsewhere is only taken off the list."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.notices import Notice
from app.runs import run_list
from app.runs.run_links import add_links, remove_link
from app.widgets.bin_window import Binned
from app.widgets.kept_bin import KeptBin


class RunBin(KeptBin):
    def __init__(self, context: AppContext, parent: QWidget) -> None:
        home = context.services.paths.runs
        super().__init__(context.jobs, context.notices, parent, home, "run", _look_into, run_list)

    def put(self, *paths: Path) -> None:
        linked = [path for path in paths if path.parent != self._folder]
        for path in linked:
            self._unlink(path)
        if own := [path for path in paths if path not in linked]:
            super().put(*own)

    def _unlink(self, path: Path) -> None:
        def take_back() -> None:
            self._try(lambda: add_links(self._folder, [path]))
            self.changed.emit()

        if self._try(lambda: remove_link(self._folder, path)):
            self.changed.emit()
            self._notices.show(
                Notice(
                    f"{path.name} is off the list.", f"Its folder stays where it is: {path}.",
                    key=f"run-{path}", action="Undo", run=take_back,
                )
            )  # fmt: skip


def _look_into(folder: Path) -> Generator[str, None, tuple[Binned, ...]]:
    rows = yield from run_list.list_runs(folder)
    return tuple(_binned(row) for row in rows)


def _binned(row: run_list.RunRow) -> Binned:
    title = " · ".join(filter(None, (row.lab, ", ".join(row.models))))
    about = " · ".join(filter(None, (run_list.date_text(row.locked_at), row.finding)))
    return Binned(row.path, title, about)
