"""Below a claim: the kept runs that are about it, what each says to it, and the way to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.pages.labs.claim_runs import SaidByRun
from app.pages.labs.fold import Fold
from app.widgets.parts import badge, button, clear, words
from labs.claims.evidence import Side

SIDES: Mapping[Side, tuple[str, str]] = {
    "for": ("For", "speaks for it"), "against": ("Against", "speaks against it"),
    "neither": ("Unsettled", "settles nothing"),
}  # fmt: skip
SHOWN = 3
NONE = "None of your runs is about this claim yet."


class ClaimRunsSection(QWidget):
    """`how` says what a run can say to the claim at all; `open_asked` carries the folder of a
    run."""

    open_asked = Signal(object)

    def __init__(self, how: str) -> None:
        super().__init__()
        self.count = words("Reading your runs…", "secondary")
        self.said: tuple[SaidByRun, ...] = ()
        self._rows = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(words("What your runs say", "heading"))
        column.addWidget(words(how, "small"))
        column.addWidget(self.count)
        column.addLayout(self._rows)

    def show_runs(self, said: Sequence[SaidByRun]) -> None:
        if tuple(said) == self.said and said:
            return
        self.said = tuple(said)
        clear(self._rows)
        self.count.setText(_counted(said) if said else NONE)
        if said:
            self._rows.addWidget(self._lines(said[:SHOWN]))
        rest = said[SHOWN:]
        if rest:
            self._rows.addWidget(Fold(f"{len(rest)} more", lambda: [self._lines(rest)]))

    def _lines(self, said: Sequence[SaidByRun]) -> QWidget:
        lines = QWidget()
        grid = QGridLayout(lines)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for place, each in enumerate(said):
            title, meaning = SIDES[each.said.side]
            mark = badge(title)
            mark.setToolTip(f"This run {meaning}.")
            opener = button("See the run", "link", f"See the run of {each.model}, {each.about}")
            opener.clicked.connect(partial(self.open_asked.emit, each.path))
            top = 3 * place
            grid.addWidget(mark, top, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(words(f"{each.model} · {each.about}"), top, 1)
            grid.addWidget(opener, top, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(words(each.said.sentence, "secondary"), top + 1, 1)
            grid.setRowMinimumHeight(top + 2, 8)
        return lines


def _counted(said: Sequence[SaidByRun]) -> str:
    """“1 speaks for it, 2 speak against it.”"""
    counts = Counter(each.said.side for each in said)
    parts = [f"{counts[side]} {_verb(meaning, counts[side])}"
             for side, (_, meaning) in SIDES.items() if counts[side]]  # fmt: skip
    return f"{', '.join(parts)}."


def _verb(meaning: str, count: int) -> str:
    verb, _, rest = meaning.partition(" ")
    return f"{verb if count == 1 else verb.removesuffix('s')} {rest}"
