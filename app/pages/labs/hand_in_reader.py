"""One lab that was handed in, to read: its dates, what does not fit, and the answered sheet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.labs.hand_in_artifact import HandedFile
from app.runs.run_list import date_text
from app.widgets.parts import in_the_middle, scrolled, words
from app.widgets.sheet.sheet_words import sheet_words
from app.widgets.tokens import Tokens
from app.widgets.turns import in_turns
from labs.hand_ins.lab_hand_in import HandedArtifact, LabHandIn
from labs.lab_book.sheet_text import Block

MOST_PX = 820
MOST_BLOCKS = 200
MOST_LETTERS = 20_000  # of an answer


class HandInReader(QWidget):
    """Nothing in it can be changed. It is put together in turns of the window, then shown."""

    def __init__(self, context: AppContext, lab: LabHandIn) -> None:
        super().__init__()
        self._context, self.lab = context, lab
        self.is_filled = False
        self.answers: dict[str, QWidget] = {}
        self.files: dict[str, HandedFile] = {}
        self._texts: list[QWidget] = []
        self.with_text = QCheckBox("Show the text of the sheet")
        self.with_text.setChecked(True)
        self.with_text.setVisible(lab.is_own_sheet)
        self.with_text.toggled.connect(self._show_texts)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self._lay_out()
        self._whole.setEnabled(False)  # else all would be measured anew for each part, and
        self._inside.setUpdatesEnabled(False)  # painted
        blocks = iter(self._parts())
        steps = len(lab.blocks[:MOST_BLOCKS]) + len(lab.artifacts) + 2  # and two lines of our own
        in_turns(self, *[partial(self._add, blocks)] * steps, self._finish)

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(MOST_PX))

    # ---- inside ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        lab = self.lab
        self._inside = QWidget()
        column = self._whole = QVBoxLayout(self._inside)
        column.setContentsMargins(24, 12, 24, 24)
        column.setSpacing(8)
        column.addWidget(words(lab.title, "title"))
        where = (lab.source, lab.attempt, f"made by {lab.made_by}" if lab.made_by else "")
        column.addWidget(words(" · ".join(filter(None, where)), "secondary"))
        column.addWidget(self._dates())
        for problem in lab.problems:
            column.addWidget(words(problem, "warning"))
        for note in lab.notes:
            column.addWidget(words(note, "secondary"))
        column.addWidget(self.with_text)
        column.addLayout(self._column)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(in_the_middle(self._inside), "The answers"))

    def _dates(self) -> QWidget:
        frame = QFrame()
        frame.setProperty("role", "card")
        grid = QGridLayout(frame)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for place, (title, text, role) in enumerate(_facts(self.lab)):
            grid.addWidget(words(title, "secondary", wrap=False), place, 0)
            grid.addWidget(words(text, role), place, 1)
        return frame

    def _parts(self) -> Iterator[QWidget]:
        """In the order of the sheet; then the files that it does not ask for."""
        lab = self.lab
        artifacts = {each.file: each for each in lab.artifacts}
        for block in lab.blocks[:MOST_BLOCKS]:
            if block.kind == "artifact" and block.file in artifacts:
                yield self._file(artifacts.pop(block.file))
            else:
                yield self._part(block)
        if len(lab.blocks) > MOST_BLOCKS:
            yield words(f"{len(lab.blocks) - MOST_BLOCKS:,} more are in the archive.", "warning")
        if artifacts:
            yield _heading("Further files")
        for artifact in artifacts.values():
            yield self._file(artifact)

    def _part(self, block: Block) -> QWidget:
        if block.kind == "heading":
            return _heading(block.text)
        if block.kind == "question":
            made = self.answers[block.text] = self._answer(block)
            return made
        text = sheet_words(block.text)
        self._texts.append(text)
        text.setVisible(self.with_text.isChecked())
        return text

    def _answer(self, block: Block) -> QWidget:
        """A question of another sheet was written by a student: it is no Markdown of ours."""
        frame = QFrame()
        frame.setProperty("role", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        ask = sheet_words(block.text) if self.lab.is_own_sheet else words(block.text)
        ask.setProperty("role", "secondary")
        column.addWidget(ask)
        answer = self.lab.answers.get(block.text, "").strip()
        column.addWidget(words(answer[:MOST_LETTERS]) if answer
                         else words("No answer.", "secondary"))  # fmt: skip
        for note in _answer_notes(self.lab, block, len(answer)):
            column.addWidget(words(note, "small"))
        return frame

    def _file(self, artifact: HandedArtifact) -> HandedFile:
        made = self.files[artifact.file] = HandedFile(artifact)
        return made

    def _add(self, parts: Iterator[QWidget]) -> None:
        part = next(parts, None)
        if part is not None:
            self._column.addWidget(part)
            self._context.theme.hand_to(part)

    def _finish(self) -> None:
        self._whole.setEnabled(True)
        self._whole.activate()
        self._inside.setUpdatesEnabled(True)
        self.is_filled = True

    def _show_texts(self, is_shown: bool) -> None:
        for text in self._texts:
            text.setVisible(is_shown)


def _facts(lab: LabHandIn) -> Iterator[tuple[str, str, str]]:
    """Title, words and their role."""
    times = lab.times
    if times.begun_at:
        yield "Begun", date_text(times.begun_at), ""
    if times.changed_at:
        yield "Last changed", date_text(times.changed_at), ""
    if lab.is_locked:
        yield "Predictions", f"Locked {date_text(times.locked_at)}", ""
    else:
        yield "Predictions", "Not locked", "warning"
    if lab.shown_at:
        told = f"{date_text(lab.shown_at)}, with “Show anyway”"
        yield "Looked before predicting", told, "warning"
    elif times.begun_at:
        yield "Looked before predicting", "No", ""
    yield "Answered", f"{lab.n_answered} of {len(lab.questions)} questions", ""


def _answer_notes(lab: LabHandIn, block: Block, n_letters: int) -> Iterator[str]:
    written = lab.times.written_at.get(block.text, "")
    if written:
        locked = "; locked" if block.text in lab.times.predictions else "; not locked"
        yield f"Written {date_text(written)}{locked}."
    if block.file and n_letters:
        yield f"Handed in as {block.file}, too."
    if n_letters > MOST_LETTERS:
        yield f"The first {MOST_LETTERS:,} of {n_letters:,} letters; the rest is in answers.md."


def _heading(text: str) -> QWidget:
    made = words(text, "heading")
    made.setContentsMargins(0, 12, 0, 0)
    return made
