"""The Models page: what is on this machine, what it is made of, whether it fits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QPushButton, QSplitter, QWidget

from app.context import AppContext
from app.jobs import Job
from app.notices import Notice
from app.pages.models import work
from app.pages.models.columns import ListedModel
from app.pages.models.inspection import Inspection, inspect
from app.pages.models.inspector import Inspector
from app.pages.models.list_panel import ListPanel
from app.pages.page import Command, Page
from app.widgets.icons import IconButton
from models.amounts import size_text
from models.engine.messages import LoadSettings
from models.errors import UserError
from models.fit import Verdict, forecast
from models.hardware.memory import MemoryFree
from models.library.entry import ModelEntry
from models.library.identity import HashProgress

_SAVE_AFTER_MS = 400
_SHOW_AFTER_MS = 120  # a full table is rebuilt at most this often while rows stream in


class PoolWatch(QObject):
    """Brings the pool's word, which comes on any thread, into the window's."""

    changed = Signal()


class ModelsPage(Page):
    """A table at the left, the selected model at the right."""

    title = "Models"
    icon = "cube"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.library, self.pool = context.services.library, context.services.pool
        self.list = ListPanel()
        self.inspector = Inspector()
        self._entries: dict[str, ModelEntry] = {}
        self._memory: MemoryFree | None = None
        self._settings = LoadSettings()
        self._unsaved: ModelEntry | None = None
        self._looking: Job | None = None
        self._hashing: dict[str, Job] = {}
        self._wanted = ""
        self._save_timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._show_timer = QTimer(self, singleShot=True, interval=_SHOW_AFTER_MS)
        self._pool_watch = PoolWatch(self)
        self._make_header()
        self._lay_out()
        self._connect_signals()
        self.setAcceptDrops(True)

    # ---- what the shell asks ---------------------------------------------------------------

    def header_widgets(self) -> list[QWidget]:
        return [self.look_button, self.add_button]

    def commands(self) -> list[Command]:
        return [
            Command("Add model files…", "Ctrl+O", self.ask_for_files),
            Command("Add a folder of models…", "", self.ask_for_folder),
            Command("Look for models again", "F5", self.look),
            Command("Search models", "Ctrl+F", self.list.search.setFocus),
        ]

    def activate(self) -> None:
        self.look()

    def open_target(self, target: str) -> None:
        """Select the model with this path or id."""
        self._wanted = target
        self._show_list()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        event.acceptProposedAction()
        self.add(paths)

    # ---- looking and adding ----------------------------------------------------------------

    def look(self) -> None:
        """Look for models everywhere; rows appear as they are found."""
        if self._looking is not None:
            return
        job = self.context.jobs.start(lambda token: work.look(self.library, token))
        self._looking = job
        self.look_button.setEnabled(False)
        job.progress.connect(self._on_looked)
        job.finished.connect(self._on_looked_everywhere)
        job.failed.connect(self.show_error)
        job.ended.connect(self._on_look_ended)

    def add(self, paths: Sequence[Path]) -> None:
        """Link these files and folders in place."""
        job = self.context.jobs.start(lambda _token: work.add(self.library, paths), "Adding models")
        job.finished.connect(self._on_added)
        job.failed.connect(self.show_error)

    def ask_for_files(self) -> None:
        dialog = QFileDialog(self, "Add models")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter("Models (*.gguf);;All files (*)")
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        self._open(dialog)

    def ask_for_folder(self) -> None:
        dialog = QFileDialog(self, "Add a folder of models")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        self._open(dialog)

    # ---- the selected model ----------------------------------------------------------------

    def load(self) -> None:
        entry = self.inspector.entry
        if entry is None:
            return
        self._save_settings()
        settings = self._settings
        job = self.context.jobs.start(
            lambda token: work.load(self.library, self.pool, entry, settings, token),
            f"Loading {entry.name}",
            summary=lambda _loaded: f"{entry.name} is loaded.",
        )
        job.finished.connect(self._on_loaded)
        job.failed.connect(self.show_error)
        job.ended.connect(self._show_states)

    def eject(self) -> None:
        entry = self.inspector.entry
        if entry is not None:
            job = self.context.jobs.start(lambda _token: work.eject(self.pool, entry))
            job.failed.connect(self.show_error)
            job.ended.connect(self._show_states)

    def chat(self) -> None:
        entry = self.inspector.entry
        if entry is not None and entry.can_run:
            self._save_settings()
            self.context.current_model.choose(entry.model)
            self.context.navigation.open("chat")

    def remove(self) -> None:
        entry = self.inspector.entry
        if entry is None or not self._try(lambda: self.library.remove(entry)):
            return
        self._show_known()
        sentence = f"{entry.name} is off the list."
        undo = Notice(
            sentence, "Its file stays where it is.", "info", "removed", "Undo",
            lambda: self._restore(entry),
        )  # fmt: skip
        self.context.notices.show(undo)

    def ask_for_bin(self) -> None:
        entry = self.inspector.entry
        if entry is None:
            return
        box = QMessageBox(self)
        box.setWindowTitle("Move to bin")
        box.setText(f"Move {entry.name} to the bin?")
        parts = f"{len(entry.files)} files, " if len(entry.files) > 1 else ""
        box.setInformativeText(
            f"{entry.path}\n{parts}{size_text(entry.size_bytes)}. "
            "It can be put back from the bin of your system. Other programs lose it too."
        )
        move = box.addButton("Move to bin", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        move.clicked.connect(lambda: self.move_to_bin(entry))
        self._open(box)

    def move_to_bin(self, entry: ModelEntry) -> None:
        job = self.context.jobs.start(
            lambda _token: work.move_to_bin(self.library, self.pool, entry),
            f"Moving {entry.name} to the bin",
        )
        job.finished.connect(lambda _none: self._on_moved_to_bin(entry))
        job.failed.connect(self.show_error)

    def hash(self) -> None:
        """Compute the SHA-256 of the selected model in the background, once at a time."""
        entry = self.inspector.entry
        if entry is None or entry.id in self._hashing:
            return
        job = self.context.jobs.start(
            lambda _token: self.library.sha256(entry),
            f"SHA-256 of {entry.name}",
            close_on_cancel=True,
            summary=lambda value: f"{entry.name}: {value[:12]}…",
        )
        self._hashing[entry.id] = job
        job.progress.connect(lambda step: self._on_hash_progress(entry, step))
        job.finished.connect(lambda value: self._on_hashed(entry, value))
        job.failed.connect(self.show_error)
        job.ended.connect(lambda: self._on_hash_ended(entry))

    # ---- building --------------------------------------------------------------------------

    def _make_header(self) -> None:
        self.look_button = IconButton("arrow-clockwise", "Look for models again")
        self.add_button = QPushButton("Add a model…")
        self.add_button.setProperty("role", "primary")
        self.add_button.setAccessibleName("Add a model")
        menu = QMenu(self.add_button)
        menu.addAction("Files…", self.ask_for_files)
        menu.addAction("A folder…", self.ask_for_folder)
        self.add_button.setMenu(menu)

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self.inspector)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([720, 460])
        self.list.setMinimumWidth(360)
        self.inspector.setMinimumWidth(380)
        self.inspector.hide()
        self.content.addWidget(splitter)

    def _connect_signals(self) -> None:
        self.look_button.clicked.connect(self.look)
        self.list.selected.connect(self._on_selected)
        self.list.add_asked.connect(self.ask_for_files)
        self.list.table.failed.connect(self.show_error)
        self.list.table.activated.connect(self.chat)
        inspector = self.inspector
        inspector.load_asked.connect(self.load)
        inspector.eject_asked.connect(self.eject)
        inspector.chat_asked.connect(self.chat)
        inspector.remove_asked.connect(self.remove)
        inspector.bin_asked.connect(self.ask_for_bin)
        inspector.hash_asked.connect(self.hash)
        inspector.settings_changed.connect(self._on_settings_changed)
        for table in (inspector.weights.table, inspector.header.table):
            table.failed.connect(self.show_error)
        self._save_timer.timeout.connect(self._save_settings)
        self._show_timer.timeout.connect(self._show_list)
        self._pool_watch.changed.connect(self._show_states)
        stop = self.pool.subscribe(self._pool_watch.changed.emit)
        self._pool_watch.destroyed.connect(stop)

    # ---- events ----------------------------------------------------------------------------

    def _on_looked(self, looked: work.Looked) -> None:
        self._memory = looked.memory
        self._entries |= {entry.id: entry for entry in looked.entries}
        self.list.show_looking(looked.sentence)
        if not self._show_timer.isActive():
            self._show_timer.start()

    def _on_looked_everywhere(self, looked: work.Looked) -> None:
        self._memory = looked.memory
        self._show_known()
        closed = self.library.unreadable_folders()
        if closed:
            names = ", ".join(str(path) for path in closed[:3])
            self.context.notices.info(
                "Some folders could not be read.", names, key="unreadable folders"
            )

    def _on_look_ended(self) -> None:
        self._looking = None
        self.look_button.setEnabled(True)
        self.list.show_looking("")

    def _on_added(self, entries: tuple[ModelEntry, ...]) -> None:
        self.clear_error()
        self._wanted = entries[0].id if entries else ""
        self._show_known()
        names = entries[0].name if len(entries) == 1 else f"{len(entries)} models"
        undo = Notice(
            f"Added {names}.", "The files stay where they are.", "success", "added", "Undo",
            lambda: self._take_off(entries),
        )  # fmt: skip
        self.context.notices.show(undo)

    def _on_selected(self, entry: ModelEntry | None) -> None:
        self._save_settings()
        self.inspector.setVisible(entry is not None)
        if entry is None:
            return
        self._settings = self.library.load_settings(entry)
        if self._memory is not None:
            self.inspector.show_memory(self._memory)
        measured = self.library.measured_peak(entry, self._settings)
        self.inspector.show_model(entry, self._settings, measured, self._state_of(entry))
        job = self.context.jobs.start(lambda _token: inspect(self.library, entry))
        job.finished.connect(self._on_inspected)
        job.failed.connect(self.show_error)

    def _on_inspected(self, inspection: Inspection) -> None:
        shown = self.inspector.entry
        if shown is None or shown.id != inspection.entry.id:
            return  # another model was selected meanwhile
        self._memory = inspection.memory
        self.inspector.show_inspection(inspection)
        self.inspector.show_state(self._state_of(inspection.entry))

    def _on_settings_changed(self, settings: LoadSettings) -> None:
        self._settings, self._unsaved = settings, self.inspector.entry
        self._save_timer.start()
        if self._unsaved is not None:
            measured = self.library.measured_peak(self._unsaved, settings)
            self.inspector.show_measured(measured)

    def _on_loaded(self, loaded: work.Loaded) -> None:
        self.clear_error()
        if self.inspector.entry is not None and self.inspector.entry.id == loaded.entry.id:
            self.inspector.show_measured(loaded.peak_bytes)
        self.context.current_model.choose(loaded.entry.model)

    def _on_moved_to_bin(self, entry: ModelEntry) -> None:
        self._show_known()
        self.context.notices.info(
            f"{entry.name} is in the bin.", "Put it back from the bin of your system."
        )

    def _on_hash_progress(self, entry: ModelEntry, step: HashProgress) -> None:
        if self._is_shown(entry):
            self.inspector.identity.show_progress(step.done_bytes, step.total_bytes)

    def _on_hashed(self, entry: ModelEntry, value: str) -> None:
        if self._is_shown(entry):
            self.inspector.identity.show_hash(value)

    def _on_hash_ended(self, entry: ModelEntry) -> None:
        job = self._hashing.pop(entry.id)
        if job.state != "finished" and self._is_shown(entry):
            self.inspector.identity.stop_progress()

    # ---- showing ---------------------------------------------------------------------------

    def _show_known(self) -> None:
        """Take the list as the library has it now."""
        self._entries = {entry.id: entry for entry in self.library.entries()}
        self._show_timer.stop()
        self._show_list()

    def _show_list(self) -> None:
        states = {status.model: status.state for status in self.pool.status()}
        rows = [
            ListedModel(entry, self._verdict(entry), states.get(entry.model, ""))
            for entry in self._entries.values()
        ]
        self.list.set_models(rows)
        wanted = {entry.id for entry in self._entries.values()
                  if self._wanted in (entry.id, entry.model)}  # fmt: skip
        if wanted:
            self._wanted = ""
            self.list.select(wanted.pop())

    def _show_states(self) -> None:
        self._show_list()
        if self.inspector.entry is not None:
            self.inspector.show_state(self._state_of(self.inspector.entry))

    def _verdict(self, entry: ModelEntry) -> Verdict | None:
        if self._memory is None or entry.problem or entry.format != "gguf":
            return None
        return forecast(entry, self.library.load_settings(entry), self._memory).verdict

    def _state_of(self, entry: ModelEntry) -> str:
        return next((s.state for s in self.pool.status() if s.model == entry.model), "")

    def _is_shown(self, entry: ModelEntry) -> bool:
        return self.inspector.entry is not None and self.inspector.entry.id == entry.id

    # ---- inside ----------------------------------------------------------------------------

    def _save_settings(self) -> None:
        """Save what was edited, for the model it was edited for."""
        self._save_timer.stop()
        entry, self._unsaved = self._unsaved, None
        if entry is not None:
            settings = self._settings
            self._try(lambda: self.library.save_load_settings(entry, settings))
            self._show_list()

    def _restore(self, entry: ModelEntry) -> None:
        if self._try(lambda: self.library.restore(entry)):
            self._wanted = entry.id
            self._show_known()

    def _take_off(self, entries: Sequence[ModelEntry]) -> None:
        for entry in entries:
            self._try(lambda entry=entry: self.library.remove(entry))
        self._show_known()

    def _try(self, action: object) -> bool:
        """Run a quick action; a UserError is shown on the page."""
        assert callable(action)
        try:
            action()
        except UserError as error:
            self.show_error(error)
            return False
        return True

    def _open(self, dialog: QFileDialog | QMessageBox) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
