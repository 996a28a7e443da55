"""The questions that are asked of every item, and the tones in which its facts are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.pages.labs.editor_document import SetDocument
from app.pages.labs.editor_section import Column, Section, add_field, line, text_box
from app.widgets.icons import IconButton
from app.widgets.parts import button, card, clear, row_of, words
from labs.experiments.scenarios.set_editing import add_question, add_tone, changed, without
from labs.experiments.scenarios.sets import Question, ScenarioSet, Tone


class TextsSection(Section):
    """Cards of one kind: `kind` is "questions" or "tones"."""

    kind = ""
    empty = ""
    add_words = ""

    def __init__(self, document: SetDocument) -> None:
        super().__init__(document)
        self._column = Column(self, self.kind.capitalize())
        self.fields: dict[str, QPlainTextEdit] = {}

    def show_set(self) -> None:
        clear(self._column.column)
        self.fields = {}
        self._column.column.addWidget(words(self.empty, "small"))
        for place, row in enumerate(self.rows):
            self._column.column.addWidget(self._card(place, row))
        add = button(self.add_words)
        add.clicked.connect(self._on_add)
        holder = QWidget()
        holder.setLayout(row_of(add, stretch=-1))
        self._column.column.addWidget(holder)

    def go_to(self, name: str) -> None:
        self.bring_up_to_date()
        field = self.fields.get(name) or next(iter(self.fields.values()), None)
        if field is not None:
            field.setFocus()
            self._column.area.ensureWidgetVisible(field, 0, 60)

    @property
    def rows(self) -> tuple[Any, ...]:
        rows: tuple[Any, ...] = getattr(self.document.made, self.kind)
        return rows

    def added(self, made: ScenarioSet) -> ScenarioSet:
        raise NotImplementedError

    def fill_card(self, column: QVBoxLayout, place: int, row: Any) -> None:
        raise NotImplementedError

    def write(self, place: int, field: str, **changes: Any) -> None:
        made = self.document.made
        rows: dict[str, Any] = {self.kind: changed(self.rows, place, **changes)}
        self.document.change(replace(made, **rows), self, f"{self.kind}/{place}/{field}")

    def writer(self, place: int, field: str) -> Callable[[str], None]:
        return lambda text: self.write(place, field, **{field: text})

    def _card(self, place: int, row: Any) -> QFrame:
        frame, column = card(spacing=6)
        what = self.kind.removesuffix("s").capitalize()
        remove = IconButton("x", f"Remove {what.lower()} {row.id}", size=14)
        remove.setTokens(self._tokens)
        remove.clicked.connect(lambda: self._on_remove(place))
        name = line(row.id, f"Name of {what.lower()} {place + 1}", self.writer(place, "id"),
                    mono=True)  # fmt: skip
        column.addLayout(row_of(words("Name", "small", wrap=False), name, remove, stretch=1))
        self.fill_card(column, place, row)
        return frame

    def _on_add(self) -> None:
        self.document.change(self.added(self.document.made))
        if self.rows:
            name = self.rows[-1].id
            QTimer.singleShot(0, self, lambda: self.go_to(name))  # once the new card has its place

    def _on_remove(self, place: int) -> None:
        rows: dict[str, Any] = {self.kind: without(self.rows, [place])}
        self.document.change(replace(self.document.made, **rows))


class QuestionsSection(TextsSection):
    kind = "questions"
    empty = (
        "The first question is the usual one. A question turned round asks for the opposite, so "
        "that a habit of saying yes shows."
    )
    add_words = "Add a question"

    def added(self, made: ScenarioSet) -> ScenarioSet:
        return add_question(made)

    def fill_card(self, column: QVBoxLayout, place: int, row: Question) -> None:
        field = text_box(row.text, f"Text of question {place + 1}", self.writer(place, "text"))
        self.fields[row.id] = field
        add_field(column, "Question", field)
        column.addWidget(words("The word that answers", "small", wrap=False))
        grid = QGridLayout()
        grid.setSpacing(6)
        grid.setColumnStretch(1, 1)
        for row_place, name in enumerate(self.document.made.classes):
            word = line(row.labels.get(name, ""), f"Word for {name} in question {place + 1}",
                        self._label_writer(place, name))  # fmt: skip
            grid.addWidget(words(name, "mono", wrap=False), row_place, 0)
            grid.addWidget(word, row_place, 1)
        column.addLayout(grid)
        if len(self.document.made.classes) == 2:
            turned = QCheckBox("Turned round: the other answer is right")
            turned.setAccessibleName(f"Question {place + 1} is turned round")
            turned.setChecked(row.turned)
            turned.toggled.connect(lambda is_on: self.write(place, "turned", turned=is_on))
            column.addWidget(turned)

    def _label_writer(self, place: int, name: str) -> Callable[[str], None]:
        def write(word: str) -> None:
            labels = {**self.rows[place].labels, name: word}
            self.write(place, f"labels/{name}", labels=labels)

        return write


class TonesSection(TextsSection):
    kind = "tones"
    empty = (
        "A tone tells the same facts in other words, naming every fact once or more as {name}. "
        "The first tone is the baseline of the tones. A set without tones can still be asked in "
        "layouts."
    )
    add_words = "Add a tone"

    def added(self, made: ScenarioSet) -> ScenarioSet:
        return add_tone(made)

    def fill_card(self, column: QVBoxLayout, place: int, row: Tone) -> None:
        title = line(row.title, f"Title of tone {place + 1}", self.writer(place, "title"))
        add_field(column, "Title", title)
        field = text_box(row.text, f"Text of tone {place + 1}", self.writer(place, "text"))
        self.fields[row.id] = field
        names = ", ".join("{" + slot.id + "}" for slot in self.document.made.slots)
        add_field(column, "Text", field, f"Facts: {names}")
