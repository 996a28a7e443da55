"""One claim: its sentence and source above, eight items on the left, the proper test right, and
below them what runs of one's own say."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from app.pages.labs.claim_runs_section import ClaimRunsSection
from app.pages.labs.number_list import NumberList
from app.widgets.parts import badge, button, hairline, row_of, words
from app.widgets.tokens import Tokens
from labs.catalog import find_experiment
from labs.claims.cards import Card, Protocol
from labs.claims.evidence import HOW_JUDGED
from labs.experiments.running.sizing import TIME_TITLES

BESIDE_PX = 720  # room for both sides of a claim


class ClaimCard(QFrame):
    """Both signals carry a Protocol: one to set up, one to run as it is."""

    set_up_asked = Signal(object)
    run_asked = Signal(object)

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card
        self._tokens = Tokens()
        claim = card.claim
        self.setProperty("role", "card")
        self.setAccessibleName(f"{claim.id}: {claim.title}")
        self.run_button = button("Run the original eight",
                                 name=f"Run the original eight items of {claim.id}")  # fmt: skip
        self.set_up_button = button("Set up the test", "primary",
                                    f"Set up the test of {claim.id}")  # fmt: skip
        self.run_button.clicked.connect(lambda: self.run_asked.emit(card.replicate))
        self.set_up_button.clicked.connect(lambda: self.set_up_asked.emit(card.proper))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(8)
        column.addLayout(row_of(badge(claim.id), words(claim.title, "heading"), stretch=1))
        column.addWidget(words(f"“{claim.sentence}”"))
        for text in (f"Source: {claim.source}.", claim.studied, claim.caution):
            column.addWidget(words(text, "small"))
        column.addSpacing(4)
        column.addWidget(hairline())
        column.addSpacing(4)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(32)
        self._sides.addWidget(self._small(card), 1)
        self._sides.addWidget(self._proper(card.proper), 1)
        column.addLayout(self._sides)
        column.addSpacing(4)
        column.addWidget(hairline())
        column.addSpacing(4)
        self.runs = ClaimRunsSection(HOW_JUDGED[claim.id])
        column.addWidget(self.runs)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _small(self, card: Card) -> QWidget:
        side, column = _side("What eight items may conclude")
        column.addWidget(NumberList(list(card.numbers.values())))
        column.addWidget(words(card.small.note, "small"))
        column.addSpacing(4)
        for sentence in card.may_conclude:
            column.addWidget(words(f"•  {sentence}"))
        column.addSpacing(4)
        column.addWidget(words(f"{card.replicate.sentence} {card.replicate.may_conclude}", "small"))
        return _closed(side, column, self.run_button)

    def _proper(self, proper: Protocol) -> QWidget:
        side, column = _side("What a proper test may conclude")
        experiment = find_experiment(proper.experiment)
        column.addWidget(words(proper.may_conclude))
        column.addSpacing(4)
        column.addWidget(words("How", "heading"))
        column.addWidget(words(proper.sentence))
        facts = [f"Lab: {experiment.title}", f"Time: {TIME_TITLES[proper.time]}"]
        if proper.scenarios:
            facts.append(f"Set: {proper.scenarios.removesuffix('.yaml').replace('-', ' ')}")
        if proper.models > 1:
            facts.append(f"Models: {proper.models} or more; add them in the set-up")
        column.addWidget(words(" · ".join(facts), "small"))
        return _closed(side, column, self.set_up_button)

    def _share_room(self) -> None:
        beside = self.width() >= self._tokens.px(BESIDE_PX)
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._sides.direction() != way:
            self._sides.setDirection(way)


def _side(title: str) -> tuple[QWidget, QVBoxLayout]:
    side = QWidget()
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    column.addWidget(words(title, "heading"))
    return side, column


def _closed(side: QWidget, column: QVBoxLayout, end: QWidget) -> QWidget:
    column.addSpacing(6)
    column.addWidget(end, 0, Qt.AlignmentFlag.AlignLeft)
    column.addStretch(1)
    return side
