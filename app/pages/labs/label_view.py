"""Thirty answers labelled by hand, one after the other; the scorer's view is told at the end."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.pages.labs.label_work import Labelling, agreement_sentences
from app.widgets.parts import back_button, button, clear, in_the_middle, row_of, scrolled, words
from app.widgets.tokens import Tokens
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.report.answer_words import outcome_words
from labs.experiments.scoring.rescoring import Key, key_of, write_labels
from models.errors import UserError

MOST_SAID = 4_000  # letters that a label is laid out with at once
MOST_PX = 900


class LabelView(QWidget):
    """Every label is on disk before the next answer is shown. Keys 1, 2, 3 … choose, too."""

    left = Signal(object)  # the folder of the run
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._work: Labelling | None = None
        self._labels: dict[Key, str] = {}
        self._place = 0
        self.count = words("", "secondary")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Answers labelled")
        self.asked = words("", "mono")
        self.said = words("", "heading")
        self.buttons: list[QPushButton] = []
        self._choices = QHBoxLayout()
        self._choices.setSpacing(8)
        self.back_one = button("One back", "quiet")
        self.back_one.clicked.connect(lambda: self._go(self._place - 1))
        self._result = QVBoxLayout()
        self._result.setSpacing(6)
        self._lay_out()

    def show_labelling(self, work: Labelling) -> None:
        self._work, self._labels = work, dict(work.labels)
        for old in self.buttons:
            old.setParent(None)
            old.deleteLater()
        self.buttons = [self._choice(n, name) for n, name in enumerate(work.outcomes, start=1)]
        self.bar.setRange(0, max(1, len(work.records)))
        missing = [n for n, r in enumerate(work.records) if key_of(r) not in self._labels]
        self._go(missing[0] if missing else len(work.records))

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(MOST_PX))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - int(Qt.Key.Key_1)
        if 0 <= number < len(self.buttons) and self.buttons[number].isVisible():
            self.buttons[number].click()
        else:
            super().keyPressEvent(event)

    # ---- inside ----------------------------------------------------------------------------

    def _choice(self, number: int, outcome: str) -> QPushButton:
        made = button(f"{number}  {outcome_words(outcome)}", name=outcome_words(outcome))
        made.clicked.connect(lambda: self._label(outcome))
        self._choices.insertWidget(number - 1, made)
        return made

    def _label(self, outcome: str) -> None:
        work = self._work
        if work is None or self._place >= len(work.records):
            return
        self._labels[key_of(work.records[self._place])] = outcome
        try:
            write_labels(RunFolder(work.path), self._labels)
        except UserError as error:
            self.failed.emit(error)
            return
        self._go(self._place + 1)

    def _go(self, place: int) -> None:
        work = self._work
        if work is None:
            return
        self._place = max(0, min(place, len(work.records)))
        is_over = self._place == len(work.records)
        for widget in (self.asked, self.said, *self.buttons):
            widget.setVisible(not is_over)
        self.back_one.setEnabled(self._place > 0)
        self.bar.setValue(self._place)
        clear(self._result)
        if is_over:
            self.count.setText("All are labelled." if work.records else "There is nothing to read.")
            for line in agreement_sentences(work.records, self._labels):
                self._result.addWidget(words(line))
            return
        record = work.records[self._place]
        self.count.setText(f"Answer {self._place + 1} of {len(work.records)}. What does it say?")
        self.asked.setText(work.asked.get(record.prompt, ""))
        said = (record.lanes["free"].text or "").strip() or "(nothing was said)"
        self.said.setText(f"{said[:MOST_SAID]} …" if len(said) > MOST_SAID else said)
        self.setFocus()

    def _on_left(self) -> None:
        if self._work is not None:
            self.left.emit(self._work.path)

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Label answers by hand")
        back = back_button("The result")
        back.clicked.connect(self._on_left)
        inside = self._inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 12, 24, 24)
        column.setSpacing(12)
        column.addLayout(row_of(back, stretch=-1))
        column.addWidget(words("Label thirty by hand", "title"))
        column.addWidget(words(
            "The answers are drawn at random by the seed of the run. Say what each answer says, "
            "not whether it is right; how the scorer read them is told at the end.", "secondary",
        ))  # fmt: skip
        column.addWidget(self.bar)
        column.addWidget(self.count)
        column.addWidget(self.asked)
        column.addWidget(self.said)
        self._choices.addStretch(1)
        column.addLayout(self._choices)
        column.addLayout(row_of(self.back_one, stretch=-1))
        column.addLayout(self._result)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(in_the_middle(inside), "Answers to label"))
