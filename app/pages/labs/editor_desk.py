"""One set on the desk: its parts on the left, what is said of it on the right."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.notices import Notice
from app.pages.labs.editor_about import AboutSection
from app.pages.labs.editor_asked import AskedNote
from app.pages.labs.editor_checks import ChecksPanel
from app.pages.labs.editor_document import SetDocument
from app.pages.labs.editor_files import Opened, export_set, save
from app.pages.labs.editor_head import DeskHead
from app.pages.labs.editor_items import ItemsSection
from app.pages.labs.editor_preview import PreviewPanel, ShowsPanel
from app.pages.labs.editor_section import Section
from app.pages.labs.editor_texts import QuestionsSection, TonesSection
from app.pages.labs.editor_work import Looked, look
from app.widgets.file_dialog import FileDialog
from app.widgets.parts import hairline, scrolled
from app.widgets.tokens import Tokens
from models.errors import UserError

LOOK_AFTER_MS = 350
BESIDE_PX = 860  # room for both sides; else the right one is a tab of its own
SIDE_PX = 340


class EditorDesk(QWidget):
    """`run_asked` carries the file of a set that was saved just now; `own_set_asked` wishes for the
    set of the lab instead."""

    left = Signal()
    own_set_asked = Signal()
    run_asked = Signal(object)
    failed = Signal(object)

    def __init__(self, context: AppContext, opened: Opened, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._folder = context.services.paths.sets
        self._tokens = Tokens()
        self.looked: Looked | None = None
        self._job: Job | None = None
        self._sent = opened.made
        self.document = SetDocument(context, opened, self)
        self.head, self.note = DeskHead(self.document), AskedNote()
        self.note.setVisible(bool(opened.asked))
        self.about = AboutSection(self.document)
        self.questions = QuestionsSection(self.document)
        self.tones = TonesSection(self.document)
        self.items = ItemsSection(context, self.document)
        self.checks, self.preview, self.shows = ChecksPanel(), PreviewPanel(), ShowsPanel()
        self._timer = QTimer(self, singleShot=True, interval=LOOK_AFTER_MS)
        self._timer.timeout.connect(self._look)
        self._lay_out()
        self._connect_signals()
        if not opened.made.items:  # what is begun anew begins with its facts
            self.tabs.setCurrentWidget(self.about)
        self._on_changed()
        self._look()

    @property
    def is_settled(self) -> bool:
        """Everything that is said is about the set as it is now."""
        return self._job is None and not self._timer.isActive()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def hideEvent(self, event: QHideEvent) -> None:
        self.document.keep_now()
        super().hideEvent(event)

    # ---- files -----------------------------------------------------------------------------

    def save(self) -> Job:
        """As the set's own file; what cannot be saved stays a draft and says why."""
        folder, opened, made = self._folder, self.document.opened, self.document.made
        wait = self.document.wait_for_draft()
        job = self._context.jobs.start(lambda _: save(folder, opened, made, wait))
        self._sent = made
        job.finished.connect(self._on_saved)
        job.failed.connect(self._on_not_saved)
        return job

    def run(self) -> None:
        """Save, then hand the set on."""
        if not self.document.is_dirty:
            self._hand_on()
            return
        self.save().finished.connect(self._hand_on)

    def ask_export(self) -> None:
        dialog = FileDialog(self, "Export the set")
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Scenario sets (*.yaml)")
        dialog.setDefaultSuffix("yaml")
        dialog.selectFile(f"{self.document.opened.key}.yaml")
        dialog.fileSelected.connect(lambda name: self.export(Path(name)))
        dialog.open()

    def export(self, path: Path) -> None:
        made = self.document.made
        job = self._context.jobs.start(lambda _: export_set(made, path))
        job.finished.connect(
            lambda _: self._context.notices.show(
                Notice(f"Exported to {path.name}.", str(path.parent), "success", key="export")
            )
        )
        job.failed.connect(self.failed)

    def _hand_on(self) -> None:
        self.run_asked.emit(self._folder / f"{self.document.opened.key}.yaml")

    def _on_saved(self, opened: Opened) -> None:
        self.document.note_saved(opened, self._sent)
        self.head.show_state()

    def _on_not_saved(self, error: UserError) -> None:
        self.document.keep_soon()
        self.failed.emit(error)

    # ---- what is said of it ----------------------------------------------------------------

    def go_to(self, place: str) -> None:
        """Bring the place of a check to the front."""
        kind, _, name = place.partition("/")
        sections = {"items": self.items, "the set": self.items, "questions": self.questions,
                    "tones": self.tones}  # fmt: skip
        section: Section = sections.get(kind, self.about)
        self.tabs.setCurrentWidget(section)
        section.go_to(place if section is self.about else name)

    def show_asked(self) -> None:
        """The item that a question became, where its right answer is chosen."""
        if self.document.opened.asked:
            self.tabs.setCurrentWidget(self.items)
            self.items.go_to(self.document.opened.asked, "truth")

    def _on_changed(self) -> None:
        self.preview.show_set(self.document.made)
        self._timer.start()

    def _look(self) -> None:
        if self._job is not None:  # the one that runs is about an older set
            self._timer.start()
            return
        made, n_formats = self.document.made, self.shows.formats.value()
        self._job = job = self._context.jobs.start(lambda _: look(made, n_formats))
        job.finished.connect(self._on_looked)
        job.failed.connect(self.failed)
        job.ended.connect(self._on_look_ended)

    def _on_looked(self, looked: Looked) -> None:
        self.looked = looked
        self.checks.show_looked(looked)
        self.shows.show_sentences(looked.shows)
        self._show_side_title()

    def _on_look_ended(self) -> None:
        self._job = None

    # ---- building --------------------------------------------------------------------------

    def _connect_signals(self) -> None:
        self.document.changed.connect(self._on_changed)
        self.document.failed.connect(self.failed)
        self.shows.changed.connect(self._timer.start)
        self.checks.chosen.connect(self.go_to)
        self.items.selected.connect(self.preview.show_item)
        self.preview.item_chosen.connect(self._on_item_chosen)
        self.head.left.connect(self.left)
        self.head.save_asked.connect(self.save)
        self.head.run_asked.connect(self.run)
        self.head.export_asked.connect(self.ask_export)
        self.note.own_set_asked.connect(self.own_set_asked)
        for keys, run in (
            (QKeySequence.StandardKey.Save, self.save),
            (QKeySequence.StandardKey.Undo, self.document.undo),
            (QKeySequence.StandardKey.Redo, self.document.redo),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)

    def _on_item_chosen(self, row: int) -> None:
        if row >= 0 and row != self.items.place:
            self.items.bring_up_to_date()
            self.items.show_row(row)

    def _lay_out(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Parts of the set")
        for section, title in ((self.items, "Items"), (self.about, "Set and facts"),
                               (self.questions, "Questions"), (self.tones, "Tones")):  # fmt: skip
            self.tabs.addTab(section, title)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        for part in (self.checks, hairline(), self.preview, hairline(), self.shows):
            column.addWidget(part)
        column.addStretch(1)
        self.side = scrolled(inside, "Checks and preview")
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.tabs)
        self._splitter.addWidget(self.side)
        self._splitter.setStretchFactor(0, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        note = QVBoxLayout()
        note.setContentsMargins(24, 0, 16, 10)
        note.addWidget(self.note)
        outer.addLayout(note)
        outer.addWidget(self._splitter, 1)
        self._is_beside = True

    def _share_room(self) -> None:
        self.side.setMinimumWidth(self._tokens.px(SIDE_PX) if self._is_beside else 0)
        is_beside = self.width() >= self._tokens.px(BESIDE_PX)
        if is_beside == self._is_beside:
            return
        self._is_beside = is_beside
        if is_beside:
            self.tabs.removeTab(self.tabs.indexOf(self.side))
            self._splitter.addWidget(self.side)
            self.side.show()
        else:
            self.tabs.addTab(self.side, "")
        self.side.setMinimumWidth(self._tokens.px(SIDE_PX) if is_beside else 0)
        self._show_side_title()

    def _show_side_title(self) -> None:
        place = self.tabs.indexOf(self.side)
        n = len(self.looked.checks) if self.looked is not None else 0
        if place >= 0:
            self.tabs.setTabText(place, f"Checks and preview ({n})" if n else "Checks and preview")
