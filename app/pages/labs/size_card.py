"""What a run takes and can show, the items tried, and Start."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.pages.labs.setup_tried import TriedList
from app.pages.labs.sizing_work import Sized
from app.pages.page import OPEN_ONCE
from app.widgets.durations import duration
from app.widgets.parts import button, clear, hairline, row_of, set_role, words
from labs.experiments.running.sizing import BUDGET_S
from models.network import Act, Sealed


class SizeCard(QFrame):
    """Says what is known now; `try_asked` and `start_asked` are the user's wishes, `open_asked`
    the Act that may go out although Assay is sealed."""

    try_asked = Signal()
    start_asked = Signal()
    open_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName("What this takes")
        self.counts = words("", "heading")
        self.detail = words("", "secondary")
        self.state = words("", "small")
        self._sentences = QVBoxLayout()
        self._sentences.setSpacing(6)
        self.tried = TriedList()
        self.try_button = button("Try 3 items")
        self.try_button.setToolTip("Asks the first three items. Nothing of it is recorded.")
        self.start_button = button("Start", "primary", "Start the run")
        self.open_button = button(OPEN_ONCE, "primary")
        self._act: Act | None = None
        self.open_button.clicked.connect(lambda: self.open_asked.emit(self._act))
        self.try_button.clicked.connect(self.try_asked)
        self.start_button.clicked.connect(self.start_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.counts)
        column.addWidget(self.detail)
        column.addWidget(self.state)
        buttons = (self.open_button, self.start_button, self.try_button)
        column.addLayout(row_of(*buttons, stretch=-1))
        self._line = hairline()
        column.addWidget(self._line)
        column.addLayout(self._sentences)
        column.addWidget(self.tried)
        self.show_nothing()
        self.say("")

    def say(self, sentence: str, role: str = "small") -> None:
        """What goes on, or why it cannot start."""
        self.state.setText(sentence)
        self.state.setVisible(bool(sentence))
        self._offer(None)
        set_role(self.state, role)

    def ask(self, sealed: Sealed) -> None:
        """Only the seal stands in the way; one click lets the act out."""
        self.say(str(sealed), "secondary")
        self._offer(sealed.act)

    def _offer(self, act: Act | None) -> None:
        self._act = act
        self.open_button.setVisible(act is not None)
        self.start_button.setVisible(act is None)

    def show_nothing(self) -> None:
        """Nothing is known of what is wished now."""
        self.counts.setText("How much fits")
        self.detail.setText("")
        self.detail.hide()
        clear(self._sentences)
        self._line.hide()
        self.start_button.setEnabled(False)

    def show_sized(self, sized: Sized) -> None:
        self.show_nothing()
        expected = sized.expected
        if expected is None:
            return
        self._line.show()
        self.counts.setText(
            f"{expected.n_items} items, {expected.n_trials:,} trials, "
            f"{'a few seconds' if expected.seconds < 5 else f'about {duration(expected.seconds)}'}"
        )
        self.detail.setText(_detail(sized))
        self.detail.show()
        for sentence in expected.sentences:
            self._sentences.addWidget(words(sentence, "small"))
        self.start_button.setEnabled(True)


def _detail(sized: Sized) -> str:
    expected = sized.expected
    assert expected is not None
    tokens = f"{expected.reply_tokens:,.0f} tokens to write"
    if expected.prompt_tokens:
        tokens = (
            f"{expected.prompt_tokens:,.0f} tokens to read, {expected.reply_tokens:,.0f} to write"
        )
    over = expected.seconds > 1.2 * BUDGET_S[sized.wish.time]
    note = " That is longer than asked for: fewer items would show nothing." if over else ""
    return f"{tokens}.{note}"
