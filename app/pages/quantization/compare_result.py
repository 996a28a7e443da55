"""A finished comparison: what it found, and four ways to look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.pages.quantization.frontier_view import FrontierView
from app.pages.quantization.kept_list import date_text
from app.pages.quantization.moved_text import MovedText
from app.pages.quantization.moved_tokens import MovedTokens
from app.pages.quantization.numbers_view import NumbersView
from app.shell.splitters import restore_splitters
from app.widgets.elided_label import ElidedLabel
from app.widgets.late_view import LateView
from app.widgets.parts import back_button, badge, button, row_of, scrolled, words
from labs.quantization.comparison import Comparison
from labs.quantization.document import Record
from labs.quantization.finding import finding_of
from labs.quantization.naming import short_labels
from labs.telemetry.summary import Summary, summary_of
from labs.telemetry.words import caveats_of, rows_of, short_text

VIEWS = ("Numbers", "Frontier", "Tokens that moved", "The text")
Failing = TypeVar("Failing", NumbersView, FrontierView, MovedTokens)


class CompareResult(QWidget):
    back_asked = Signal()
    again_asked = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.record: Record | None = None
        self.path: Path | None = None
        self.back = back_button("Comparisons")
        self.title = ElidedLabel("", "heading")
        self.partial = badge("", "warning")
        self.about = ElidedLabel("", "small")
        self.ended = words("", "warning")
        self.finding = words("")
        self.again = button("Compare again", name="Compare these files again")
        self.other = QComboBox()
        self.other.setAccessibleName("Which of the others")
        self.numbers = LateView(self._listened(NumbersView), self._dress, self._fill)
        self.frontier = LateView(
            self._listened(lambda: FrontierView(context)), self._dress, self._fill
        )
        self.moved = LateView(self._listened(MovedTokens), self._dress, self._fill_told)
        self.text = LateView(MovedText, self._dress, self._fill_told)
        self.stack = QStackedWidget()
        self.machine = words("", "small")
        self.buttons: list[QToolButton] = []
        self._lay_out()
        self.back.clicked.connect(self.back_asked)
        self.again.clicked.connect(self.again_asked)
        self.other.currentIndexChanged.connect(lambda _at: self._show_other())

    def show_record(self, record: Record, path: Path | None) -> None:
        self.record, self.path = record, path
        comparison = record.comparison
        labels = short_labels([row.costs.label for row in comparison.rows])
        self.title.show_text(f"{comparison.rows[0].costs.label} against {', '.join(labels[1:])}")
        self.about.show_text(_about(record))
        self.partial.setText(_partial(comparison))
        self.partial.setVisible(bool(self.partial.text()))
        self.ended.setText(comparison.ended_by)
        self.ended.setVisible(bool(comparison.ended_by))
        self.finding.setText(finding_of(comparison))
        self._show_machine(summary_of(record.telemetry))
        self.other.blockSignals(True)
        self.other.clear()
        self.other.addItems(list(labels[1:]))
        self.other.blockSignals(False)
        for view in (self.numbers, self.frontier, self.moved, self.text):
            view.refill()

    def show_view(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        self.buttons[place].setChecked(True)
        is_of_one = place in (2, 3)
        self.other.setVisible(is_of_one and self.other.count() > 1)

    # ---- inside ----------------------------------------------------------------------------

    def _show_machine(self, summary: Summary | None) -> None:
        """What makes times longer first; all that was watched is in the tooltip."""
        self.machine.setVisible(summary is not None)
        if summary is not None:
            warned = [sentence for _, sentence in caveats_of(summary)]
            self.machine.setText(" ".join([*warned, short_text(summary)]))
            self.machine.setToolTip("\n".join(map(": ".join, rows_of(summary))))

    def _show_other(self) -> None:
        for view in (self.moved, self.text):
            view.refill()

    def _listened(self, make: Callable[[], Failing]) -> Callable[[], Failing]:
        def listened() -> Failing:
            made = make()
            made.failed.connect(self.failed)
            return made

        return listened

    def _dress(self, view: QWidget) -> None:
        restore_splitters(view, self._context.services.settings.current.splitters)
        self._context.theme.hand_to(view)

    def _fill(self, view: NumbersView | FrontierView) -> None:
        if self.record is not None:
            view.show_comparison(self.record.comparison)

    def _fill_told(self, view: MovedTokens | MovedText) -> None:
        if self.record is not None:
            comparison = self.record.comparison
            labels = short_labels([row.costs.label for row in comparison.rows])
            at = max(0, self.other.currentIndex())
            view.show_told(comparison.told, at, f"{labels[0]} (base)", labels[at + 1])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        head.addWidget(self.partial)
        head.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.about)
        column.addWidget(self.ended)
        column.addWidget(self.finding)
        column.addWidget(self.machine)
        column.addLayout(self._choices())
        column.addWidget(self.stack, 1)
        for view in (scrolled(self.numbers, VIEWS[0]), scrolled(self.frontier, VIEWS[1]),
                     self.moved, self.text):  # fmt: skip
            self.stack.addWidget(view)
        self.show_view(0)

    def _choices(self) -> QHBoxLayout:
        for place, name in enumerate(VIEWS):
            made = QToolButton()
            made.setText(name)
            made.setAccessibleName(f"Show {name[:1].lower()}{name[1:]}")
            made.setCheckable(True)
            made.setAutoExclusive(True)
            made.clicked.connect(lambda _on, at=place: self.show_view(at))
            self.buttons.append(made)
        row = row_of(*self.buttons, stretch=-1, spacing=4)
        row.addWidget(self.other)
        return row


def _about(record: Record) -> str:
    made = record.comparison
    texts = ", ".join(record.texts)
    windows = "window" if made.n_windows == 1 else "windows"
    told = [date_text(record.finished_at),
            f"{made.n_windows} {windows} of {made.window_tokens} tokens of {texts}"]  # fmt: skip
    return " · ".join([*told, str(record.machine)] if record.machine else told)


def _partial(made: Comparison) -> str:
    """ "" where nothing is missing."""
    end = "Ended" if made.ended_by else "Stopped"
    if made.is_partial:
        return f"{end} after {made.n_windows} of {made.n_asked} windows"
    if made.left_out:
        return f"{end} before all files were read"
    return "Stopped while speeds were measured" if made.is_stopped else ""
