"""Assay's real window at the Labs page; each answer is the longest stall of its event loop.

It speaks as assay_lab does. A stall is the time by which a 10 ms beat came too late.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

from app.pages.labs.page import LabsPage
from tests.bench.children.assay_lab import Lab, serve
from tests.bench.children.beat import INTERVAL_MS, Beat

STEPS = 50
STEP_MS = 20
LOOK_MS = 20


class RunsLab(Lab):
    def open_page(self) -> dict[str, Any]:
        window = self._desktop.window
        return self._watch(lambda: window.open("labs"), lambda: self._page.front is not None)

    def show_runs(self) -> dict[str, Any]:
        front = self._page.front
        assert front is not None
        shown = self._watch(lambda: front.tabs.setCurrentWidget(front.runs), lambda: True)
        return shown | {"runs": len(front.runs.rows)}

    def open_run(self, name: str) -> dict[str, Any]:
        front = self._page.front
        assert front is not None
        opened = self._watch(
            lambda: front.open_target(f"run:{name}"),
            lambda: front.runs.currentWidget() is front.runs.result,
        )
        front.runs.result.answers.view.setFocus()
        return opened | {"trials": sum(1 for _ in self._records())}

    def filter_answers(self) -> dict[str, Any]:
        box = self._answers.filter
        places = [place % box.count() for place in range(STEPS)]
        return self._repeat([lambda p=p: box.setCurrentIndex(p) for p in places])

    def scroll_answers(self) -> dict[str, Any]:
        self._answers.filter.setCurrentIndex(0)
        bar = self._answers.view.verticalScrollBar()
        values = [bar.maximum() * step // STEPS for step in range(STEPS)]
        return self._repeat([lambda v=v: bar.setValue(v) for v in values])

    def inspect_trials(self) -> dict[str, Any]:
        assert self._page.front is not None
        result, records = self._page.front.runs.result, list(self._records())[::2000]
        return self._repeat([lambda r=r: result.open_trial(r) for r in records])

    @property
    def _page(self) -> LabsPage:
        page = self._desktop.window.page("labs")
        assert isinstance(page, LabsPage)
        return page

    @property
    def _answers(self) -> Any:
        assert self._page.front is not None
        return self._page.front.runs.result.answers

    def _records(self) -> Any:
        return (cell for row in self._answers._grid.cells for cell in row if cell)

    def _watch(self, act: Callable[[], object], done: Callable[[], bool]) -> dict[str, Any]:
        """Act, and note the beat until it is done and nothing runs any more."""
        self._settle()
        beat, timer = Beat(self._desktop), QTimer(interval=LOOK_MS)
        timer.start()
        QTimer.singleShot(0, self._desktop, act)
        self._pause(LOOK_MS)
        self._until(timer.timeout, done)
        self._settle()
        beat.stop()
        return {"stall_ms": max(beat.late_ms) - INTERVAL_MS}

    def _repeat(self, acts: list[Callable[[], object]]) -> dict[str, Any]:
        """One act after the other, as fast as a quick hand."""
        beat = Beat(self._desktop)
        for act in acts:
            QTimer.singleShot(0, self._desktop, act)
            self._pause(STEP_MS)
        self._settle()
        beat.stop()
        return {"stall_ms": max(beat.late_ms) - INTERVAL_MS}

    def _pause(self, duration_ms: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(duration_ms, loop, loop.quit)
        loop.exec()


if __name__ == "__main__":
    serve(RunsLab())
