"""Claim cards: each claim with what eight items may conclude, beside a proper test of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.labs.bench import BenchView, Errand
from app.pages.labs.claim_card import ClaimCard
from app.pages.labs.claim_runs import ClaimRuns, read_claim_runs
from app.runs.run_links import target_of
from app.widgets.parts import back_button, in_the_middle, row_of, scrolled, words
from app.widgets.tokens import Tokens
from app.widgets.turns import in_turns
from assets import SCENARIOS
from labs.claims.cards import Card, Protocol, cards

MOST_PX = 1180


def work_out_cards() -> Generator[str, None, tuple[Card, ...]]:
    yield "Working out what eight items show"
    return cards()


def errand_of(protocol: Protocol, *, starts: bool = False) -> Errand:
    """The set-up that follows a protocol."""
    path = SCENARIOS / protocol.scenarios if protocol.scenarios else None
    advice = _MODELS.format(protocol.models) if protocol.models > 1 else ""
    return Errand(protocol.experiment, path, protocol.time, protocol.options, starts, advice)


_MODELS = "This test takes {} models or more: add them one after the other, then press Start."


class ClaimsView(BenchView):
    """The cards are worked out when the view first comes to the front."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._is_begun = False
        self._home = context.services.paths.runs
        self._read = ClaimRuns({})
        self._reading: Job | None = None
        self.cards: dict[str, ClaimCard] = {}
        self.state = words("Working out what eight items show…", "secondary")
        self._column = QVBoxLayout()
        self._column.setSpacing(16)
        self._lay_out()

    def begin(self) -> None:
        if self._is_begun:
            self._read_runs()
            return
        self._is_begun = True
        job = self._context.jobs.start(lambda _: work_out_cards())
        job.finished.connect(self._on_cards)
        job.failed.connect(self._on_failed)

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(MOST_PX))

    def _on_cards(self, found: tuple[Card, ...]) -> None:
        in_turns(self, *(self._adder(card) for card in found), self.state.hide,
                 self._read_runs)  # fmt: skip

    def _read_runs(self) -> None:
        """Again whenever the cards come to the front: a run may have ended meanwhile."""
        home, rows = self._home, self._read.rows
        found = [each.card for each in self.cards.values()]
        if self._reading is not None:
            self._reading.cancel()  # it knows less by now
        job = self._reading = self._context.jobs.start(lambda _: read_claim_runs(home, found, rows))
        job.finished.connect(self._on_runs)
        job.failed.connect(self.failed)

    def _on_runs(self, read: ClaimRuns) -> None:
        self._read = read
        in_turns(self, *(self._shower(each) for each in self.cards.values()))

    def _shower(self, card: ClaimCard) -> Callable[[], None]:
        def show() -> None:
            card.runs.show_runs(self._read.by_claim.get(card.card.claim.id, ()))
            self._context.theme.hand_to(card.runs)

        return show

    def _open(self, run: Path) -> None:
        self._context.navigation.open("labs", target_of(self._home, run))

    def _adder(self, card: Card) -> Callable[[], None]:
        def add() -> None:
            each = self.cards[card.claim.id] = ClaimCard(card)
            each.set_up_asked.connect(lambda asked: self.set_up_asked.emit(errand_of(asked)))
            each.run_asked.connect(
                lambda asked: self.set_up_asked.emit(errand_of(asked, starts=True))
            )
            each.runs.open_asked.connect(self._open)
            self._context.theme.hand_to(each)
            self._column.addWidget(each)

        return add

    def _on_failed(self, error: object) -> None:
        self._is_begun = False
        self.state.setText("The cards could not be worked out.")
        self.failed.emit(error)

    def _lay_out(self) -> None:
        back = back_button("All labs")
        back.clicked.connect(self.left)
        inside = self._inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 12, 24, 24)
        column.setSpacing(8)
        column.addLayout(row_of(back, stretch=-1))
        column.addWidget(words("Claim cards", "title"))
        column.addWidget(words(
            "Three claims that are often repeated about small models. On the left what the eight "
            "items behind them may conclude, worked out here; on the right a test that may "
            "conclude more, and what it still may not.", "secondary",
        ))  # fmt: skip
        column.addSpacing(8)
        column.addWidget(self.state)
        column.addLayout(self._column)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(in_the_middle(inside), "Claim cards"))
