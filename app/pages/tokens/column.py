"""One tokenizer of the Tokens page: which it is, the tokens, and what the text costs with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QStackedLayout, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.tokens.message_box import MessageBox
from app.pages.tokens.tokenizer_choice import TokenizerChoice
from app.widgets.cut_cells import Shown
from app.widgets.elided_label import ElidedLabel
from app.widgets.token_field import LowField
from app.widgets.tokens import Tokens
from labs.tokens.comparison import Failure, Outcome, View
from labs.tokens.words import counted, sentences

FIELD_PX = 84  # what stands around it keeps its lines, and the tab scrolls


class TokenizerColumn(QFrame):
    """Empty, busy, failed or with tokens."""

    def __init__(self, context: AppContext, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.view: View | None = None
        self.of = (0, "")  # the round of cutting that the view comes from, and its text
        self.choice = TokenizerChoice(context, name)
        self.choice.menu.addSeparator()
        self._copying = [
            self.choice.menu.addAction("Copy the tokens as a table", self._copy_table),
            self.choice.menu.addAction("Copy the numbers", self._copy_numbers),
        ]
        self.about = ElidedLabel("", "small")
        self.count, self.foot = QLabel(), QLabel(wordWrap=True)
        self.message = MessageBox()
        self.field = LowField("Tokens")
        self._stack = QStackedLayout()
        self._lay_out()
        self.show_nothing()

    def show_nothing(self, why: str = "The tokens of the text will stand here.") -> None:
        self._show_message()
        self.message.say(why)

    def show_busy(self) -> None:
        """What is shown stays until there is something newer; an empty column says so."""
        if self.view is None:
            self.message.say("Cutting the text…")

    def show_outcome(self, outcome: Outcome, shown: Shown, glyphs: bool) -> None:
        if isinstance(outcome, Failure):
            self._show_message()
            self.message.show_error(outcome.error)
            return
        self.view = outcome
        facts, measures = outcome.facts, outcome.measures
        self.choice.picker.setToolTip(outcome.source.path or outcome.source.name)
        told = (outcome.source.where, facts.family, _vocabulary(facts.n_tokens))
        self.about.show_text(" · ".join(filter(None, told)))
        self.count.setText(counted(measures.n_tokens, "token"))
        lines = [*map(_sentence, sentences(measures)), *_shared(outcome)]
        self.foot.setText(" ".join(lines))
        self.foot.setToolTip("\n".join([*lines, *facts.notes]))
        for label in (self.about, self.count, self.foot):
            label.show()
        for action in self._copying:
            action.setEnabled(True)
        self.restyle(shown, glyphs)
        self._stack.setCurrentWidget(self.field)

    def restyle(self, shown: Shown, glyphs: bool) -> None:
        if self.view is not None:
            self.field.show_cut(self.view.cut, shown, glyphs)

    def setTokens(self, tokens: Tokens) -> None:
        self.field.setMinimumHeight(tokens.px(FIELD_PX))

    # ---- inside ----------------------------------------------------------------------------

    def _show_message(self) -> None:
        self.view = None
        self.field.clear()
        for label in (self.about, self.count, self.foot):
            label.hide()
        for action in self._copying:
            action.setEnabled(False)
        self._stack.setCurrentWidget(self.message)

    def _copy_table(self) -> None:
        if self.view is not None:
            cut = self.view.cut
            tokens = (cut[index] for index in range(len(cut)))
            rows = (f"{t.token_id}\t{t.raw.decode('utf-8', 'replace')!r}\t{t.raw.hex()}"
                    for t in tokens)  # fmt: skip
            QGuiApplication.clipboard().setText("\n".join(["number\ttext\tbytes", *rows]))

    def _copy_numbers(self) -> None:
        if self.view is not None:
            QGuiApplication.clipboard().setText(" ".join(map(str, self.view.cut.ids)))

    def _lay_out(self) -> None:
        self.count.setProperty("role", "heading")
        self.foot.setProperty("role", "small")
        for label in (self.count, self.foot):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 10)
        column.setSpacing(6)
        column.addWidget(self.choice)
        column.addWidget(self.about)
        column.addWidget(self.count)
        column.addLayout(self._stack, 1)
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.field)
        column.addWidget(self.foot)


def _vocabulary(n_tokens: int) -> str:
    return f"{counted(n_tokens, 'token')} in all"


def _shared(view: View) -> list[str]:
    if view.shared_cuts is None:
        return []
    return [f"{100 * view.shared_cuts:.0f} % of its cuts are also cuts of the first."]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
