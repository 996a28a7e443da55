"""Any item of the set in any format and question, as it would be asked; and what the set shows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QSpinBox, QVBoxLayout, QWidget

from app.widgets.parts import clear, row_of, set_role, words
from app.widgets.still import keep_still
from labs.experiments.scenarios.formats import Format, formats_of
from labs.experiments.scenarios.set_editing import asked
from labs.experiments.scenarios.sets import Question, Scenario, ScenarioSet
from models.errors import UserError


class PreviewPanel(QWidget):
    """Follows the set and the row in front of the table; `item_chosen` carries a row."""

    item_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._made: ScenarioSet | None = None
        self._formats: tuple[Format, ...] = ()
        self.item, self.format, self.question = QComboBox(), QComboBox(), QComboBox()
        for box, name in ((self.item, "Item"), (self.format, "Format"),
                          (self.question, "Question")):  # fmt: skip
            box.setAccessibleName(f"{name} of the preview")
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(8)
            keep_still(box)
        self.swapped = QCheckBox("Answers named in the other order")
        self.text = words("", "mono")
        self.answer = words("", "secondary")
        self.item.currentIndexChanged.connect(self._on_item)
        for box in (self.format, self.question):
            box.currentIndexChanged.connect(self.show_text)
        self.swapped.toggled.connect(self.show_text)
        self._lay_out()

    def show_set(self, made: ScenarioSet) -> None:
        """What was chosen stays chosen."""
        self._made = made
        self._formats = (*formats_of(made, "layout"), *formats_of(made, "tone"))
        _fill(self.item, [item.id for item in made.items])
        _fill(self.format, [_format_words(each) for each in self._formats])
        _fill(self.question, [_question_words(made, n) for n in range(len(made.questions))])
        self.show_text()

    def show_item(self, row: int) -> None:
        if 0 <= row < self.item.count() and row != self.item.currentIndex():
            self.item.setCurrentIndex(row)

    def show_text(self) -> None:
        made, row = self._made, self.item.currentIndex()
        question, chosen = self.question.currentIndex(), self.format.currentIndex()
        if made is None or row < 0 or question < 0 or chosen < 0:
            self._say("It takes an item and a question to ask something.")
            return
        item, asking = made.items[row], made.questions[question]
        try:
            text = asked(made, item, self._formats[chosen], asking,
                         swapped=self.swapped.isChecked())  # fmt: skip
        except UserError as error:
            self._say(str(error))
            return
        self.text.setText(text)
        self._well.show()
        self.answer.setText(_right_words(made, item, asking))
        set_role(self.answer, "secondary")

    def _say(self, sentence: str) -> None:
        self._well.hide()
        self.answer.setText(sentence)
        set_role(self.answer, "warning")

    def _on_item(self, row: int) -> None:
        self.show_text()
        self.item_chosen.emit(row)

    def _lay_out(self) -> None:
        self._well = QFrame()
        self._well.setProperty("role", "well")
        well = QVBoxLayout(self._well)
        well.setContentsMargins(10, 8, 10, 8)
        well.addWidget(self.text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(words("As it would be asked", "heading"))
        for box in (self.item, self.format, self.question):
            column.addWidget(box)
        column.addWidget(self.swapped)
        column.addWidget(self._well)
        column.addWidget(self.answer)
        column.addWidget(words("The chat template of the model stands around it.", "small"))


class ShowsPanel(QWidget):
    """What so many items in so many formats can and cannot show."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.formats = QSpinBox()
        self.formats.setRange(2, 8)
        self.formats.setValue(4)
        self.formats.setSuffix(" formats")
        self.formats.setAccessibleName("Number of formats")
        keep_still(self.formats)
        self.formats.valueChanged.connect(self.changed)
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        outer.addWidget(words("What the set can show", "heading"))
        outer.addLayout(row_of(words("All its items in", "small", wrap=False), self.formats,
                               stretch=-1))  # fmt: skip
        outer.addLayout(self._column)

    def show_sentences(self, sentences: Sequence[str]) -> None:
        clear(self._column)
        for sentence in sentences:
            self._column.addWidget(words(sentence, "small"))


def _fill(box: QComboBox, texts: list[str]) -> None:
    if [box.itemText(n) for n in range(box.count())] == texts:
        return
    row = max(box.currentIndex(), 0)
    with QSignalBlocker(box):
        box.clear()
        box.addItems(texts)
        box.setCurrentIndex(min(row, len(texts) - 1))


def _format_words(chosen: Format) -> str:
    return f"{'Tone' if chosen.family == 'tone' else 'Layout'}: {chosen.title}"


def _right_words(made: ScenarioSet, item: Scenario, asking: Question) -> str:
    if item.truth not in made.classes:
        return "Nobody has said yet which answer is right."
    right = asking.labels.get(made.truth_of(item, asking), "")
    return f"Right answer: {right or 'none of its labels'}"


def _question_words(made: ScenarioSet, place: int) -> str:
    question = made.questions[place]
    turned = " (turned round)" if question.turned else ""
    return f"{question.text or question.id}{turned}"
