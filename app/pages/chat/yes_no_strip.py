"""Six wordings of a yes/no question and their answers, in a strip above the composer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.pages.chat.answer_chip import AnswerChip
from app.widgets.fitting_scroll import FittingScroll
from app.widgets.icons import IconButton
from app.widgets.tokens import Tokens
from labs.chat.titles import title_from
from labs.experiments.six_ways.six_answers import WordingAnswer, finding
from labs.experiments.six_ways.wordings import yes_no_wordings

N_WORDINGS, MOST_COLUMNS, GAP_PX = 6, 3, 6
HOW_ASKED = "Each was asked on its own, the likeliest words each time."
BARS = " Bars: lean to no (left) or yes (right), hollow where weak."


class YesNoStrip(QFrame):
    """Hidden until `begin`. Esc stops what runs, or closes it."""

    stop_requested = Signal()
    run_requested = Signal()
    keep_requested = Signal()
    open_requested = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName("One question six ways")
        self._columns = 0
        self._tokens = Tokens()
        self.answers: dict[int, WordingAnswer] = {}
        self._title = _label("secondary")
        self._close = IconButton("x", "Close the six ways (Esc)", self, size=16)
        self.chips = [AnswerChip(number) for number in range(N_WORDINGS)]
        self._detail = _label("")
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence = _label("")
        self._how = _label("small")
        self._stop = _button("Stop", self.stop_requested.emit)
        self._run = _button("Set up a real run", self.run_requested.emit)
        self._run.setToolTip(
            "Takes this question into a set: a run asks many whose answers are known, as one alone "
            "cannot tell how often"
        )
        self._keep = _button("Keep as a chat", self._on_keep, role="quiet")
        self._is_kept = False
        self._lay_out()
        self._close.clicked.connect(self.closed)
        for chip in self.chips:
            chip.clicked.connect(lambda _checked=False, chosen=chip: self._show_detail(chosen))
        self.hide()

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    @property
    def is_running(self) -> bool:
        return not self._stop.isHidden()

    # ---- what the run tells ----------------------------------------------------------------

    def begin(self, question: str) -> None:
        self.answers.clear()
        self._title.setText(f"Six ways: {title_from(question)}")
        for chip, wording in zip(self.chips, yes_no_wordings(question), strict=True):
            chip.expect(wording)
        self._how.setText("")
        self._set_running(True)
        self._show_detail(None)
        self.say("Getting the model ready…")
        self.show()

    def take(self, answer: WordingAnswer) -> None:
        self.answers[answer.number] = answer
        self.chips[answer.number].show_answer(answer)
        self._show_detail(next((chip for chip in self.chips if chip.isChecked()), None))
        self.say(f"{len(self.answers)} of {N_WORDINGS} answered")

    def finish(self, *, stopped: bool = False) -> None:
        """All is there, or what was there when it was stopped."""
        self._set_running(False)
        before = "Stopped by you. " if stopped else ""
        self.say(before + finding(self._in_order()))
        has_lean = any(answer.lean is not None for answer in self.answers.values())
        self._how.setText(HOW_ASKED + (BARS if has_lean else ""))
        self._how.setVisible(bool(self.answers) and not self._detail.text())

    def fail(self) -> None:
        """The page says why."""
        self.finish()
        if not self.answers:
            self.hide()

    def say(self, sentence: str) -> None:
        self._sentence.setText(sentence)

    def show_kept(self) -> None:
        self._is_kept = True
        self._name_keep("Open the chat")

    # ---- inside ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP_PX)
        self._buttons = QHBoxLayout()
        for button in (self._run, self._keep, self._stop):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addLayout(self._grid)
        for label in (self._detail, self._sentence, self._how):
            column.addWidget(label)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 6, 8, 8)
        outer.setSpacing(6)
        outer.addLayout(top)
        outer.addWidget(FittingScroll(inside, "Answers to six wordings"))
        outer.addLayout(self._buttons)
        self._place()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)

    def _place(self) -> None:
        beside = sum(button.sizeHint().width() for button in (self._run, self._keep))
        is_wide = self.width() >= beside + 32
        way = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._buttons.setDirection(way)
        fitting = (self.width() - 24 + GAP_PX) // (self.chips[0].sizeHint().width() + GAP_PX)
        columns = max(1, min(MOST_COLUMNS, fitting))
        if columns != self._columns:
            self._columns = columns
            for number, chip in enumerate(self.chips):
                self._grid.addWidget(chip, number // columns, number % columns)

    def _set_running(self, running: bool) -> None:
        self._stop.setVisible(running)
        self._run.setVisible(not running)
        self._is_kept = False
        self._name_keep("Keep as a chat")
        self._keep.setVisible(not running and bool(self.answers))

    def _name_keep(self, words: str) -> None:
        self._keep.setText(words)
        self._keep.setAccessibleName(words)

    def _on_keep(self) -> None:
        (self.open_requested if self._is_kept else self.keep_requested).emit()

    def _show_detail(self, chosen: AnswerChip | None) -> None:
        """One chip tells all it knows; pressed again, it falls silent."""
        for chip in self.chips:
            chip.setChecked(chip is chosen and chip.isChecked())
        words = chosen.words if chosen is not None and chosen.isChecked() else ""
        self._detail.setText(words)
        self._detail.setVisible(bool(words))
        self._how.setVisible(bool(self._how.text()) and not words)

    def _in_order(self) -> Sequence[WordingAnswer]:
        return [self.answers[number] for number in sorted(self.answers)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.is_running:
            self.stop_requested.emit()
        else:
            self.closed.emit()


def _label(role: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def _button(words: str, run: object, role: str = "") -> QPushButton:
    button = QPushButton(words)
    button.setProperty("role", role)
    button.setAccessibleName(words)
    button.clicked.connect(run)
    return button
