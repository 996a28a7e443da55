"""Ten cases: read, guess the verdict, then see it with its reason and its numbers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.pages.labs.clinic_case import CaseView
from app.pages.labs.clinic_work import Casebook, open_casebook, write_guesses
from app.widgets.icons import make_icon
from app.widgets.parts import scrolled, words
from app.widgets.tab_order import follow
from app.widgets.tokens import Tokens
from labs.clinic.cases import Case
from models.errors import UserError

LIST_PX, ICON_PX = 230, 14
RIGHT, WRONG, OPEN = "check", "x", "minus"  # icons
SPOKEN = {RIGHT: "judged rightly", WRONG: "judged otherwise", OPEN: "not judged yet"}


class ClinicCases(QWidget):
    """Guesses are kept the moment their verdict is seen."""

    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._path = context.services.paths.clinic_progress
        self._tokens = Tokens()
        self._is_begun = False
        self._cases: tuple[Case, ...] = ()
        self.guesses: dict[str, int] = {}
        self.score = words("Working out the cases…", "secondary")
        self.list = QListWidget()
        self.list.setAccessibleName("Ten cases")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._on_row)
        self.case = CaseView()
        self.case.hide()
        self.case.judged.connect(self._on_judged)
        self.case.forgotten.connect(self._on_forgotten)
        self.case.next_asked.connect(self._to_next)
        self._lay_out()

    def begin(self) -> None:
        if self._is_begun:
            return
        self._is_begun = True
        path = self._path
        job = self._context.jobs.start(lambda _: open_casebook(path))
        job.finished.connect(self._on_casebook)
        job.failed.connect(self._on_failed)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.list.setFixedWidth(tokens.px(LIST_PX))
        self.list.setIconSize(QSize(tokens.px(ICON_PX), tokens.px(ICON_PX)))
        if self._cases:
            self._show_marks()

    def _on_casebook(self, book: Casebook) -> None:
        self._cases, self.guesses = book.cases, dict(book.guesses)
        for _case in self._cases:
            self.list.addItem(QListWidgetItem())
        self._show_marks()
        self.case.show()
        first = next((n for n, case in enumerate(self._cases) if case.id not in self.guesses), 0)
        self.list.setCurrentRow(first)

    def _on_failed(self, error: UserError) -> None:
        self._is_begun = False
        self.score.setText(str(error))
        self.failed.emit(error)

    def _on_row(self, row: int) -> None:
        if 0 <= row < len(self._cases):
            case = self._cases[row]
            self.case.show_case(case, self.guesses.get(case.id))
            follow(self.list, self.case.stops)
            self._context.theme.hand_to(self.case)

    def _on_judged(self, guess: int) -> None:
        self._keep(guess)
        self._context.theme.hand_to(self.case)

    def _on_forgotten(self) -> None:
        self._keep(None)

    def _keep(self, guess: int | None) -> None:
        case = self._cases[self.list.currentRow()]
        self.guesses.pop(case.id, None)
        if guess is not None:
            self.guesses[case.id] = guess
        self._show_marks()
        try:
            write_guesses(self._path, self.guesses)
        except UserError as error:
            self.failed.emit(error)

    def _to_next(self) -> None:
        self.list.setCurrentRow((self.list.currentRow() + 1) % len(self._cases))

    def _show_marks(self) -> None:
        for place, case in enumerate(self._cases):
            mark, item = self._mark(case), self.list.item(place)
            item.setText(case.title)
            item.setIcon(self._icon(mark))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{case.title}, {SPOKEN[mark]}")
            item.setToolTip(SPOKEN[mark].capitalize())
        right = sum(self._mark(case) == RIGHT for case in self._cases)
        judged = len(self.guesses)
        self.score.setText(
            f"{judged} of {len(self._cases)} judged, {right} of them rightly." if judged
            else "Ten small runs as they come up in a course. Judge each, then see its numbers."
        )  # fmt: skip

    def _icon(self, mark: str) -> QIcon:
        tokens = self._tokens
        colours = {RIGHT: tokens.good, WRONG: tokens.warning, OPEN: tokens.text_disabled}
        return make_icon(mark, colours[mark], tokens.px(ICON_PX))

    def _mark(self, case: Case) -> str:
        if case.id not in self.guesses:
            return OPEN
        return RIGHT if self.guesses[case.id] == case.right else WRONG

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 0, 24, 24)
        column.addWidget(self.case)
        column.addStretch(1)
        sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        sides.setSpacing(8)
        sides.addWidget(self.list)
        sides.addWidget(scrolled(inside, "The case"), 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 0, 16)
        outer.setSpacing(12)
        outer.addWidget(self.score)
        outer.addLayout(sides, 1)
