"""The sheet of a guided lab: predictions that lock, artifacts of a page, attempts."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.icons import IconButton
from app.widgets.parts import button, row_of, words
from app.widgets.sheet.artifact_row import ArtifactRow
from app.widgets.sheet.drawer import SheetDrawer
from app.widgets.sheet.hand_in_card import HandInCard
from app.widgets.sheet.lock_card import LockCard
from app.widgets.turns import in_turns
from labs.lab_book.attempt import Attempt
from labs.lab_book.sheet_text import RUN, Block
from models.errors import UserError

ASIDE = "Saved. Another program had changed answers.md meanwhile; its text is in {}."


class LabDrawer(SheetDrawer):
    """Shows one attempt at a time. `keep_asked` carries the name of an artifact, for `keep` or
    `show_nothing` to follow."""

    page_asked = Signal()
    menu_asked = Signal()
    keep_asked = Signal(str)
    hand_in_asked = Signal()
    state_changed = Signal()  # another attempt, or its predictions are locked

    def __init__(self, parent: QWidget | None = None) -> None:
        self.page_button = button("This lab's page", "link")
        self.menu_button = IconButton("dots-three", "Attempts, folder and handing in", size=16)
        self._about = words("", "small")
        self.artifacts: dict[str, ArtifactRow] = {}
        self.lock_card = LockCard()
        self.hand_in_card = HandInCard()
        self.attempt: Attempt | None = None
        super().__init__(parent)
        self.page_button.clicked.connect(self.page_asked)
        self.menu_button.clicked.connect(self.menu_asked)

    @property
    def is_open(self) -> bool:
        """Whether all of the sheet can be read: its predictions are locked."""
        attempt = self.attempt
        return attempt is not None and (attempt.is_locked or not attempt.sheet.predictions)

    def show_attempt(self, attempt: Attempt) -> bool:
        """False where what is typed now cannot be saved: it stays then."""
        if attempt is self.attempt:
            return True
        sheet, shown = attempt.sheet, self.attempt
        if shown is None or shown.sheet != sheet:
            self.artifacts = {}
            if not self.show_sheet(sheet.lab.title, sheet.blocks):
                return False
        elif not self.save():
            return False
        self.attempt = attempt
        self.answer_into(attempt)
        self._about.setText(attempt.words)
        self._show_state()
        return True

    @property
    def is_veiled(self) -> bool:
        """Whether what is to be predicted may not be seen yet."""
        attempt = self.attempt
        return attempt is not None and not self.is_open and not attempt.notes.shown_at

    def show_anyway(self) -> None:
        """The student looks first; the attempt keeps that."""
        if self.attempt is None or not self.save():
            return
        try:
            self.attempt.show_anyway(self.typed())
        except UserError as error:
            self._fail(error)
        self._show_state()

    def focus_first(self) -> None:
        """Where something can be written."""
        field = next((f for f in self.fields.values() if not f.isReadOnly()), None)
        if field is not None:
            field.setFocus()

    def save(self) -> bool:
        if not super().save():
            return False
        if self.attempt is not None and self.attempt.aside:
            self._say(ASIDE.format(self.attempt.aside))
        return True

    def keep(self, name: str, text: str, attempt: Attempt | None = None) -> None:
        """The page has given what it shows, for `attempt` if another one is shown by now."""
        attempt = attempt or self.attempt
        if attempt is None:
            return
        try:
            attempt.keep(name, text)
        except UserError as error:
            self.show_nothing(name, error)
        else:
            self._show_state()

    def show_nothing(self, name: str, error: UserError) -> None:
        """The page has nothing to keep, or it could not be kept."""
        if name in self.artifacts:  # another sheet may be shown by now
            self.artifacts[name].show_problem(str(error))

    # ---- inside ----------------------------------------------------------------------------

    def show_sheet(self, title: str, blocks: tuple[Block, ...]) -> bool:
        if not super().show_sheet(title, blocks):
            return False
        place = next((n for n, (block, _) in enumerate(self.parts) if block.section == RUN), 0)
        self.lock_card = LockCard()
        self.lock_card.locked.connect(self._lock)
        self._column.insertWidget(place, self.lock_card)
        self.hand_in_card = HandInCard()
        self.hand_in_card.asked.connect(self.hand_in_asked)
        self._column.addWidget(self.hand_in_card)
        return True

    def _head_row(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(16, 8, 8, 4)
        column.setSpacing(0)
        column.addLayout(
            row_of(self._heading, self.menu_button, self.close_button, stretch=0, spacing=2)
        )
        column.addLayout(row_of(self._about, self.page_button, stretch=0))
        return column

    def _part(self, block: Block) -> QWidget:
        if block.kind != "artifact":
            return super()._part(block)
        row = ArtifactRow(block.file, block.text)
        row.asked.connect(self.keep_asked)
        self.artifacts[block.file] = row
        return row

    def _on_typed(self) -> None:
        super()._on_typed()
        self._count()

    def _count(self) -> None:
        """What is still to be written or kept."""
        if self.attempt is None:
            return
        typed, kept = self.typed(), self.attempt.notes.kept_at
        self.lock_card.show_written([typed[each] for each in self.attempt.sheet.predictions])
        self.hand_in_card.show_open(
            sum(not text.strip() for text in typed.values()),
            sum(name not in kept for name in self.artifacts),
        )

    def _lock(self) -> None:
        if self.attempt is None or not self.save():
            return
        try:
            self.attempt.lock(self.typed())
        except UserError as error:
            self._fail(error)
        else:
            self._say("Locked.")
            self._show_state()
            self.page_asked.emit()
            in_turns(self, self._go_on)

    def _go_on(self) -> None:
        """To where the work begins; the part that was in focus is gone."""
        run = next(part for block, part in self.parts if block.section == RUN)
        self._scroll.verticalScrollBar().setValue(run.y())
        self.focus_first()

    def _show_state(self) -> None:
        """What of the sheet is open, and what has been kept."""
        attempt = self.attempt
        if attempt is None:
            return
        notes, is_open = attempt.notes, self.is_open
        for question in attempt.sheet.predictions:
            written = when(notes.written_at.get(question, ""))
            self.answers[question].lock(f"Written {written}; locked." if is_open else "")
        self._count()
        self.lock_card.setVisible(not is_open)
        self.hand_in_card.setVisible(is_open)
        is_later = False
        for block, part in self.parts:
            is_later = is_later or block.section == RUN
            part.setVisible(is_open or not is_later)
        for name, row in self.artifacts.items():
            row.show_kept(when(notes.kept_at.get(name, "")))
        self.state_changed.emit()


def when(iso: str) -> str:
    """As a person writes it; what is no date stays as it stands."""
    try:
        return datetime.fromisoformat(iso).strftime("%d %b %Y, %H:%M")
    except ValueError:
        return iso
