"""Tokens drawn from what the samplers leave, and how that changes with the temperature."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSpinBox, QVBoxLayout, QWidget

from app.pages.tokens.next_token_work import Draws
from app.widgets.data_table import DataTable
from app.widgets.parts import button, row_of, words
from app.widgets.rows_model import Column, FilteredRows, RowsModel
from app.widgets.still import keep_still
from app.widgets.token_popup import percent, repr_token
from app.widgets.tokens import Tokens
from labs.tokens.draws import MOST_DRAWS, USUAL_DRAWS, Drawn, SweepPoint

_TABLE_PX, _COLUMN_PX = 214, 74
MEANING = (
    "One token each time, with numpy's lots: the engine's fall otherwise, but in the same shares. "
    "In 95 of 100 such trials the count lies within the range."
)
SWEPT = (
    "The other samplers stay as they are. Temperature reshapes what the model gave; it adds "
    "nothing that was not there."
)


@dataclass(frozen=True)
class DrawRow:
    drawn: Drawn
    text: str


DRAWN = (
    Column[DrawRow]("Token", lambda row: row.text),
    Column[DrawRow]("Came", lambda row: f"{row.drawn.count:,}", lambda row: row.drawn.count,
                    is_number=True),
    Column[DrawRow]("Expected", lambda row: f"{row.drawn.expected:,.1f}",
                    lambda row: row.drawn.expected, is_number=True),
    Column[DrawRow]("95 %", lambda row: f"{row.drawn.low:,}–{row.drawn.high:,}",
                    lambda row: row.drawn.low, is_number=True),
)  # fmt: skip
POINTS = (
    Column[SweepPoint]("T", lambda row: f"{row.temperature:g}", lambda row: row.temperature,
                       is_number=True),
    Column[SweepPoint]("Entropy", lambda row: f"{row.entropy_bits:.2f}",
                       lambda row: row.entropy_bits, is_number=True,
                       tooltip=lambda _row: "In bits, of what is drawn from"),
    Column[SweepPoint]("Likeliest", lambda row: percent(row.top_share),
                       lambda row: row.top_share, is_number=True),
    Column[SweepPoint]("Distinct", lambda row: f"{row.n_distinct:,} of {row.n_drawn:,}",
                       lambda row: row.n_distinct, is_number=True,
                       tooltip=lambda row: f"{row.expected_distinct:.1f} were to be expected"),
)  # fmt: skip


class DrawsPanel(QWidget):
    """Asks for draws; the tab makes them."""

    draw_asked = Signal()
    sweep_asked = Signal()
    answers_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.n, self.seed = _number("Draws", 1, MOST_DRAWS), _number("Seed", 0, 2**31 - 1)
        self.n.setValue(USUAL_DRAWS)
        self.seed.setValue(1)
        self.draw, self.sweep = button("Draw"), button("Sweep the temperature")
        self._drawn, self._points = RowsModel[DrawRow](DRAWN, self), RowsModel(POINTS, self)
        self.drawn = DataTable("Draws", FilteredRows(self._drawn, self))
        self.points = DataTable("Temperatures", FilteredRows(self._points, self))
        self.drawn.set_widths(100, 52, 70, 64, stretch=0)
        self.points.set_widths(44, 70, 80, 80, stretch=3)
        self.answers = button("Whole answers…", "link")
        self.answers.setToolTip(
            "These draws are single tokens. The lab Repeated answers draws whole ones, and counts "
            "how many of them are right"
        )
        self.meaning, self.swept = words(MEANING, "small"), words(SWEPT, "small")
        self._lay_out()
        self.draw.clicked.connect(self.draw_asked)
        self.sweep.clicked.connect(self.sweep_asked)
        self.answers.clicked.connect(self.answers_asked)
        self.show_nothing()

    @property
    def points_shown(self) -> tuple[SweepPoint, ...]:
        return tuple(self._points.rows)

    def show_nothing(self) -> None:
        """What was drawn from another distribution says nothing of this one."""
        self._drawn.set_rows(())
        self._points.set_rows(())
        for widget in (self.drawn, self.meaning, self.points, self.swept):
            widget.hide()

    def show_draws(self, draws: Draws) -> None:
        self._drawn.set_rows(
            [DrawRow(each, repr_token(draws.texts[each.token_id])) for each in draws.drawn]
        )
        self.drawn.show()
        self.meaning.show()

    def show_points(self, points: tuple[SweepPoint, ...]) -> None:
        self._points.set_rows(points)
        self.points.show()
        self.swept.show()

    def allow(self, allowed: bool) -> None:
        self.draw.setEnabled(allowed)
        self.sweep.setEnabled(allowed)

    def setTokens(self, tokens: Tokens) -> None:
        for table in (self.drawn, self.points):
            table.setFixedHeight(tokens.px(_TABLE_PX))
        for column in (1, 2, 3):
            self.drawn.horizontalHeader().resizeSection(column, tokens.px(_COLUMN_PX))
        for column in (0, 1, 2):
            self.points.horizontalHeader().resizeSection(column, tokens.px(_COLUMN_PX))

    def _lay_out(self) -> None:
        asked = QGridLayout()
        asked.setContentsMargins(0, 0, 0, 0)
        asked.setHorizontalSpacing(8)
        for place, (title, box) in enumerate((("Times", self.n), ("Seed", self.seed))):
            asked.addWidget(words(title, "small", wrap=False), 0, place)
            asked.addWidget(box, 1, place)
            asked.setColumnStretch(place, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(words("Draw", "heading", wrap=False))
        column.addLayout(asked)
        column.addLayout(row_of(self.draw, self.sweep, stretch=-1))
        for widget in (self.drawn, self.meaning, self.points, self.swept):
            column.addWidget(widget)
        column.addLayout(row_of(self.answers, stretch=-1))


def _number(name: str, least: int, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setAccessibleName(name)
    keep_still(box)
    return box
