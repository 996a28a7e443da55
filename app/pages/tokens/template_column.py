"""One column of the X-ray: a tokenizer and a template, the string they make, and its tokens."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.pages.tokens.message_box import MessageBox
from app.pages.tokens.rendered_text import RenderedText
from app.pages.tokens.tokenizer_choice import TokenizerChoice
from app.pages.tokens.work import MODEL_TEMPLATE, OWN_TEMPLATE, Choice
from app.widgets.token_strip import TokenStrip
from labs.tokens.templates import NAMES
from labs.tokens.words import counted
from labs.tokens.xray import Xray, XrayFailure

EMPTY = "The prompt will stand here, once there is a message."


class TemplateColumn(QFrame):
    """`changed` when the tokenizer or the template is another."""

    changed = Signal()

    def __init__(self, context: AppContext, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.tokenizer = TokenizerChoice(context, choice.tokenizer)
        self.template = QComboBox()
        self.template.setAccessibleName("Chat template")
        self._fill_templates(context, choice.template)
        self.rendered, self.strip, self.message = RenderedText(), TokenStrip(), MessageBox()
        self.count, self.foot = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.outcome: Xray | None = None  # what is shown
        self._stack = QStackedWidget()
        self._lay_out()
        self.show_nothing()
        self.tokenizer.changed.connect(self.changed)
        self.template.currentIndexChanged.connect(lambda _index: self.changed.emit())

    @property
    def choice(self) -> Choice:
        return Choice(self.tokenizer.name, str(self.template.currentData()))

    def show_nothing(self, why: str = EMPTY) -> None:
        self.outcome = None
        self.message.say(why)
        self.count.clear()
        self.foot.clear()
        self._stack.setCurrentWidget(self.message)

    def show_outcome(self, outcome: Xray | XrayFailure) -> None:
        if isinstance(outcome, XrayFailure):
            self.show_nothing()
            self.message.show_error(outcome.error)
            return
        self.outcome = outcome
        self.rendered.show_xray(outcome)
        self.strip.show_prompt(outcome.tokens)
        self.count.setText(
            f"{counted(len(outcome.tokens), 'token')}, {outcome.n_added:,} of the template"
        )
        self.foot.setText(" ".join([*outcome.notes, *_remarks(outcome)]))
        self._stack.setCurrentIndex(1)

    def _fill_templates(self, context: AppContext, wanted: str) -> None:
        self.template.addItem("Its own template", OWN_TEMPLATE)
        for name in NAMES.values():
            self.template.addItem(f"{name} template", name)
        for entry in context.services.library.entries():
            if entry.has_chat_template and entry.is_local:
                self.template.addItem(f"Template of {entry.name}", MODEL_TEMPLATE + entry.model)
        self.template.setCurrentIndex(max(0, self.template.findData(wanted)))
        self.template.setMinimumContentsLength(12)
        self.template.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )

    def _lay_out(self) -> None:
        area = QScrollArea()
        area.setAccessibleName("Tokens of the prompt")
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.strip)
        self.strip.setAutoFillBackground(False)  # which the line before turned on
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(1)
        above = QWidget()
        upper = QVBoxLayout(above)
        upper.setContentsMargins(0, 0, 0, 8)
        upper.addWidget(self.rendered)
        halves.addWidget(above)
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 8, 0, 0)
        lower.addWidget(area)
        halves.addWidget(below)
        halves.setSizes([220, 260])
        self._stack.setStyleSheet("QStackedWidget { background: transparent; }")  # of the card
        self._stack.addWidget(self.message)
        self._stack.addWidget(halves)
        self.count.setProperty("role", "heading")
        self.foot.setProperty("role", "small")
        for label in (self.count, self.foot):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 10)
        column.setSpacing(6)
        column.addWidget(self.tokenizer)
        column.addWidget(self.template)
        column.addWidget(self.count)
        column.addWidget(self._stack, 1)
        column.addWidget(self.foot)


def _remarks(outcome: Xray) -> list[str]:
    remarks = []
    if outcome.n_smuggled:
        remarks.append(
            f"{counted(outcome.n_smuggled, 'control token')} came out of the messages: the model "
            "cannot tell them from the template's own."
        )
    if outcome.same_as_first:
        remarks.append("The same text as the first.")
    elif outcome.differs:
        remarks.append("Underlined is what the first does not have.")
    elif outcome.same_as_first is False:
        remarks.append(
            "Another text than the first, though no word is underlined: words of the first are "
            "missing here, only blanks and line ends differ, or it is too long to be compared."
        )
    return remarks
