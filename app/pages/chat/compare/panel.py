"""Compare two models: one message, two columns, what differs, and the numbers of each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.pages.chat.compare.column import CompareColumn
from app.pages.chat.compare.scroll_together import ScrollTogether
from app.pages.chat.link_bar import LinkBar
from app.widgets.composer import Composer
from app.widgets.icons import IconButton
from app.widgets.model_picker import ModelPicker
from app.widgets.tokens import Tokens
from labs.chat.differences import Stretch, differences, shared_words

COMPOSER_PX = 760
NONE: tuple[tuple[Stretch, ...], tuple[Stretch, ...]] = ((), ())
MARK_WORDS = "Mark what differs"


class ComparePanel(QWidget):
    """Only shows; CompareRun does the work."""

    asked = Signal(str, tuple)  # text, attachments
    stop_requested = Signal()
    closed = Signal()

    def __init__(
        self, left: ModelPicker, right: ModelPicker, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.left, self.right = CompareColumn(left, "left"), CompareColumn(right, "right")
        self.links = LinkBar()
        self.composer = Composer()
        self.composer.meter.hide()
        self._differences = NONE
        self.question = QLabel()
        self.state = QLabel()
        self.marks = QCheckBox(MARK_WORDS)
        self.scrolls = QCheckBox("Scroll together")
        self._together = ScrollTogether(
            self.left.view.verticalScrollBar(), self.right.view.verticalScrollBar(), self
        )
        self._lay_out()
        self._connect_signals()
        self.say(
            "Choose two models and write one message: both answer it with the same options and "
            "the same seed."
        )

    @property
    def columns(self) -> tuple[CompareColumn, CompareColumn]:
        return self.left, self.right

    def begin(self) -> None:
        self.composer.set_busy(True)
        self.say("Looking at the models…")

    def give_up(self) -> None:
        """Nothing was asked: the message stays where it was written."""
        self.composer.set_busy(False)
        self.say("")

    def show_question(self, question: str, seating: str) -> None:
        """The message is kept; both columns are free for its replies."""
        self.question.setText(question)
        self.question.show()
        self.say(seating)
        self.composer.clear()
        self._differences = NONE
        for column in self.columns:
            column.clear()

    def end(self, remark: str = "") -> None:
        """Both are through, whatever came of it; `remark` is to be known with the numbers."""
        self.composer.set_busy(False)
        self._compare(remark)

    def say(self, sentence: str) -> None:
        self.state.setText(sentence)

    def _compare(self, remark: str) -> None:
        """Once, where both replies are there: long ones take a while."""
        left, right = (column.shown_text for column in self.columns)
        self._differences = differences(left, right) if left and right else NONE
        self._mark()
        shared = shared_words(left, right)
        if shared is not None:
            words = (
                "Both gave the same reply, word for word." if shared == 1 else
                f"{100 * shared:.0f} % of the words stand in both replies, in the same order."
            )  # fmt: skip
            self.say(f"{words} {remark}".strip())

    def _mark(self) -> None:
        found = self._differences if self.marks.isChecked() else NONE
        for column, stretches in zip(self.columns, found, strict=True):
            column.mark(stretches)

    def setTokens(self, tokens: Tokens) -> None:
        self._foot.setMaximumWidth(tokens.px(COMPOSER_PX))
        self.question.setMaximumHeight(tokens.px(96))

    # ---- inside ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        heading = QLabel("Compare two models")
        heading.setProperty("role", "title")
        close = IconButton("x", "Close", self)
        close.clicked.connect(self.closed)
        self.marks.setChecked(True)
        self.scrolls.setChecked(True)
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        for widget in (self.marks, self.scrolls, close):
            top.addWidget(widget)
        for label in (self.question, self.state):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state.setProperty("role", "secondary")
        self.question.hide()
        head = QVBoxLayout()
        head.setContentsMargins(24, 16, 24, 8)
        head.setSpacing(8)
        head.addLayout(top)
        head.addWidget(self.question)
        head.addWidget(self.state)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setObjectName("compare-splitter")
        sides.setChildrenCollapsible(False)
        sides.setHandleWidth(1)
        for column in self.columns:
            column.setMinimumWidth(240)
            sides.addWidget(column)
        sides.setSizes([500, 500])
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.links)
        foot.addWidget(self.composer)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 4, 20, 14)
        bottom.addStretch(1)
        bottom.addWidget(self._foot, 100)
        bottom.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(sides, 1)
        outer.addLayout(bottom)
        self.setTokens(Tokens())

    def _connect_signals(self) -> None:
        for column in self.columns:
            column.link_clicked.connect(self.links.ask)
        self.composer.submitted.connect(self.asked)
        self.composer.stop_requested.connect(self.stop_requested)
        self.marks.toggled.connect(lambda _on: self._mark())
        self.scrolls.toggled.connect(self._on_scrolls)

    def _on_scrolls(self, on: bool) -> None:
        self._together.is_on = on
