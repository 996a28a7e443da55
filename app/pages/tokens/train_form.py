"""What a tokenizer is trained on, how long, and what else it shall cut."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from app.pages.tokens.source_text import SourceText
from app.widgets.parts import button, words
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens
from labs.tokens.parallel import ENGLISH, parallel_text
from labs.tokens.training import MOST_MERGES

N_MERGES, GERMAN, OWN = 50, "de", ""
OWN_NAME, EDITOR_PX = "Your text", 104
WRITE = "Write or paste the text to learn from; a few hundred words teach something."


class TrainForm(QWidget):
    """The Universal Declaration in a language, or a text of one's own. `changed`: other merges
    would be learned now, or another text cut."""

    changed = Signal()
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = {each.code: "\n".join(each.articles) for each in parallel_text()}
        self._names = {each.code: each.name for each in parallel_text()}
        self.learned_from, self.held_out = (
            self._languages("Learn from"),
            self._languages("Also cut"),
        )
        self.learned_from.insertItem(0, "A text of your own", OWN)
        self.learned_from.setCurrentIndex(self.learned_from.findData(ENGLISH))
        self.held_out.setCurrentIndex(self.held_out.findData(GERMAN))
        self.n_merges = QSpinBox()
        self.n_merges.setAccessibleName("Number of merges")
        self.n_merges.setRange(1, MOST_MERGES)
        self.n_merges.setSingleStep(10)
        self.n_merges.setValue(N_MERGES)
        self.learn_button, self.stop_button = button("Learn", "primary"), button("Stop")
        self.own = SourceText(purpose=WRITE, example="", name="Text to learn from")
        self.own.example.hide()
        self.own.hide()
        self._lay_out()
        self.learned_from.activated.connect(lambda _index: self._on_source())
        self.held_out.activated.connect(lambda _index: self.changed.emit())
        self.learn_button.clicked.connect(self.changed)
        self.stop_button.clicked.connect(self.stop_asked)
        self.n_merges.editingFinished.connect(self._on_number)
        self._asked = N_MERGES

    @property
    def text(self) -> str:
        return self._texts.get(self.learned_from.currentData(), self.own.text)

    @property
    def name(self) -> str:
        return self._names.get(self.learned_from.currentData(), OWN_NAME)

    @property
    def other_text(self) -> str:
        return self._texts[self.held_out.currentData()]

    @property
    def other_name(self) -> str:
        """Another one than `name`: both stand beside each other."""
        name = self._names[self.held_out.currentData()]
        return f"{name} again" if name == self.name else name

    @property
    def says_the_same(self) -> bool:
        """Both are the Declaration, so their tokens can be compared."""
        return self.learned_from.currentData() != OWN

    def setTokens(self, tokens: Tokens) -> None:
        self.own.setFixedHeight(tokens.px(EDITOR_PX))
        for box in (self.learned_from, self.held_out):
            box.setMaximumWidth(tokens.px(180))

    def choose_own(self) -> None:
        self.learned_from.setCurrentIndex(self.learned_from.findData(OWN))
        self.own.show()

    def _on_source(self) -> None:
        is_own = self.learned_from.currentData() == OWN
        self.own.setVisible(is_own)
        if is_own and not self.own.text:
            self.own.editor.setFocus()
        else:
            self.changed.emit()

    def _on_number(self) -> None:
        if self.n_merges.value() != self._asked:
            self._asked = self.n_merges.value()
            self.changed.emit()

    def _languages(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        for code, title in self._names.items():
            box.addItem(title, code)
        keep_still(box)
        return box

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for title, field in (("Learn from", self.learned_from), ("merges", self.n_merges),
                             ("also cut", self.held_out)):  # fmt: skip
            row.addWidget(words(title, "secondary", wrap=False))
            row.addWidget(field)
        row.addStretch(1)
        row.addWidget(self.stop_button)
        row.addWidget(self.learn_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.own)
        margins = self.own.layout()
        if margins is not None:
            margins.setContentsMargins(0, 0, 0, 0)
