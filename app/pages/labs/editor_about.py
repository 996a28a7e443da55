"""What a set is: its title and source, the answers there are, the facts that every item states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from app.pages.labs.editor_document import SetDocument
from app.pages.labs.editor_section import Column, Section, add_field, line, text_box
from app.widgets.icons import IconButton
from app.widgets.parts import button, card, clear, row_of, words
from labs.experiments.scenarios.set_editing import (
    add_class,
    add_slot,
    changed,
    remove_class,
    remove_slot,
    rename_class,
    rename_slot,
)
from labs.experiments.scenarios.sets import ScenarioSet

LOCK_WORDS = (
    "Version {version}. Saving what is asked otherwise makes it the next version. A run locks a "
    "copy of the set with its hash when it starts: what you change here later does not reach it."
)


class AboutSection(Section):
    def __init__(self, document: SetDocument) -> None:
        super().__init__(document)
        self._column = Column(self, "About the set")
        self.fields: dict[str, QWidget] = {}

    def show_set(self) -> None:
        clear(self._column.column)
        self.fields = {}
        for part in (self._about(), self._classes(), self._slots()):
            self._column.column.addWidget(part)

    def go_to(self, name: str) -> None:
        self.bring_up_to_date()
        field = self.fields.get(name) or self.fields["title"]
        field.setFocus()
        self._column.area.ensureWidgetVisible(field)

    # ---- the set itself --------------------------------------------------------------------

    def _about(self) -> QWidget:
        made = self.document.made
        frame, column = card(spacing=4)
        self._add(column, "title", "Title", line(made.title, "Title", self._writer("title")))
        box = text_box(made.summary, "Summary", self._writer("summary"))
        self._add(column, "summary", "Summary", box, "What it asks, in a sentence or two.")
        box = text_box(made.source, "Source", self._writer("source"))
        self._add(column, "source", "Source", box, "Who wrote the items, and under which licence.")
        name = line(made.id, "Name in files", self._writer("id"), mono=True)
        self._add(column, "id", "Name in files", name)
        column.addSpacing(4)
        column.addWidget(words(LOCK_WORDS.format(version=made.version), "small"))
        return frame

    def _add(
        self, column: QVBoxLayout, key: str, title: str, field: QWidget, hint: str = ""
    ) -> None:
        self.fields[key] = field
        add_field(column, title, field, hint)

    def _writer(self, key: str) -> Callable[[str], None]:
        def write(text: str) -> None:
            changes: dict[str, Any] = {key: text}
            self.document.change(replace(self.document.made, **changes), self, f"about/{key}")

        return write

    # ---- classes and facts -----------------------------------------------------------------

    def _classes(self) -> QWidget:
        frame, column = card()
        column.addWidget(words("Answers", "heading"))
        column.addWidget(words(
            "What can be right, the one that counts as acting (yes) first. Every question gives "
            "each of them its word.", "small",
        ))  # fmt: skip
        grid = QGridLayout()
        grid.setSpacing(6)
        column.addLayout(grid)
        for place, name in enumerate(self.document.made.classes):
            field = line(name, f"Answer {place + 1}", self._class_writer(place), mono=True)
            self.fields[f"classes/{name}"] = field
            grid.addWidget(field, place, 0)
            grid.addWidget(
                self._remover(f"Remove the answer {name}", remove_class, place), place, 1
            )
        column.addLayout(row_of(self._adder("Add an answer", add_class), stretch=-1))
        return frame

    def _slots(self) -> QWidget:
        frame, column = card()
        column.addWidget(words("Facts", "heading"))
        column.addWidget(words(
            "What every item states. The words stand in lists and tables; tones name a fact as "
            "{name}.", "small",
        ))  # fmt: skip
        grid = QGridLayout()
        grid.setSpacing(6)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        column.addLayout(grid)
        for column_place, title in enumerate(("Name", "Words")):
            grid.addWidget(words(title, "small"), 0, column_place)
        for place, slot in enumerate(self.document.made.slots):
            name = line(slot.id, f"Name of fact {place + 1}", self._slot_namer(place), mono=True)
            label = line(slot.label, f"Words of fact {place + 1}", self._slot_writer(place))
            self.fields[f"slots/{slot.id}"] = label
            grid.addWidget(name, place + 1, 0)
            grid.addWidget(label, place + 1, 1)
            remove = self._remover(f"Remove the fact {slot.label}", remove_slot, place)
            grid.addWidget(remove, place + 1, 2)
        column.addLayout(row_of(self._adder("Add a fact", add_slot), stretch=-1))
        return frame

    def _class_writer(self, place: int) -> Callable[[str], None]:
        def write(name: str) -> None:
            if name not in self.document.made.classes:  # two alike could not be told apart again
                made = rename_class(self.document.made, place, name)
                self.document.change(made, self, f"classes/{place}")

        return write

    def _slot_namer(self, place: int) -> Callable[[str], None]:
        def write(name: str) -> None:
            if name and name not in {slot.id for slot in self.document.made.slots}:
                made = rename_slot(self.document.made, place, name)
                self.document.change(made, self, f"slot names/{place}")

        return write

    def _slot_writer(self, place: int) -> Callable[[str], None]:
        def write(label: str) -> None:
            made = self.document.made
            slots = changed(made.slots, place, label=label)
            self.document.change(replace(made, slots=slots), self, f"slots/{place}")

        return write

    def _adder(self, title: str, add: Callable[[ScenarioSet], ScenarioSet]) -> QWidget:
        made = button(title)
        made.clicked.connect(lambda: self._on_added(add))
        return made

    def _on_added(self, add: Callable[[ScenarioSet], ScenarioSet]) -> None:
        before = set(self.fields)
        self.document.change(add(self.document.made))
        new = [key for key in self.fields if key not in before]
        if new:
            field = self.fields[new[0]]
            field.setFocus()
            if isinstance(field, QLineEdit):
                field.selectAll()

    def _remover(
        self, name: str, remove: Callable[[ScenarioSet, int], ScenarioSet], place: int
    ) -> QWidget:
        made = IconButton("x", name, size=14)
        made.setTokens(self._tokens)
        made.clicked.connect(lambda: self.document.change(remove(self.document.made, place)))
        return made
