"""What is on this machine: a table at the left and the selected model at the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QSplitter, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.late_tab import TabOnDemand
from app.pages.models import work
from app.pages.models.actions import ModelActions
from app.pages.models.convert_dialog import ConvertDialog
from app.pages.models.inspection import Inspection, inspect
from app.pages.models.inspector import Inspector
from app.pages.models.list_panel import ListPanel
from app.pages.models.shown import ShownModels
from app.widgets.turns import in_turns
from models.amounts import size_text
from models.engine.messages import LoadSettings
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.identity import HashProgress

_SAVE_AFTER_MS = 400
_SHOW_AFTER_MS = 120  # while rows stream in, the table is brought up to date at most this often


class PoolWatch(QObject):
    """Brings the pool's word, which comes on any thread, into the window's."""

    changed = Signal()


class MachineTab(QWidget):
    """The list with its inspector, and what is done with a model."""

    failed = Signal(object)
    went_well = Signal()
    chat_asked = Signal(object)  # a ModelEntry
    look_ended = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.library, self.pool = context.services.library, context.services.pool
        self.list = ListPanel()
        self._side = TabOnDemand(context, lambda _context: Inspector(self._side))
        self.actions_on_models = ModelActions(context, self)
        self._shown = ShownModels(self.library)
        self._settings = LoadSettings()
        self._edited: ModelEntry | None = None  # its settings are not saved yet
        self._looking: Job | None = None
        self._save_timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._show_timer = QTimer(self, singleShot=True, interval=_SHOW_AFTER_MS)
        self._pool_watch = PoolWatch(self)
        self._lay_out()
        self._connect_signals()

    @property
    def inspector(self) -> Inspector:
        """Made for the first model that is chosen."""
        return self._side.made()

    # ---- what the user asks ----------------------------------------------------------------

    @property
    def is_looking(self) -> bool:
        return self._looking is not None

    def look(self) -> None:
        """Look for models everywhere; rows appear as they are found."""
        if self._looking is not None:
            return
        self._looking = job = self.context.jobs.start(lambda t: work.look(self.library, t))
        job.progress.connect(self._on_looked)
        job.finished.connect(self._on_looked_everywhere)
        job.failed.connect(self.failed)
        job.ended.connect(self._on_look_ended)

    def welcome(self, path: Path) -> None:
        """A model that has just come: listed and selected."""
        try:
            self.library.welcome(path)
        except UserError as error:
            self.failed.emit(error)
        self.list.select(str(path))
        if self._looking is not None:
            self._looking.ended.connect(self.look)  # this look may have been there already
        else:
            self.look()

    def load(self) -> None:
        entry = self._chosen
        if entry is not None:
            self._save_settings()
            job = self.actions_on_models.load(entry, self._settings)
            job.ended.connect(self._show_states)

    def eject(self) -> None:
        if self._chosen is not None:
            self.actions_on_models.eject(self._chosen)

    def chat(self) -> None:
        entry = self._chosen
        if entry is not None and entry.can_run:
            self._save_settings()
            self.chat_asked.emit(entry)

    def remove(self) -> None:
        if self._chosen is not None:
            self.actions_on_models.remove(self._chosen)

    def ask_for_bin(self) -> None:
        entry = self._chosen
        if entry is None:
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Move to bin")
        box.setText(f"Move {entry.name} to the bin?")
        parts = f"{len(entry.files)} files, " if len(entry.files) > 1 else ""
        box.setInformativeText(
            f"{entry.path}\n{parts}{size_text(entry.size_bytes)}. "
            "It can be put back from the bin of your system. Other programs lose it too."
        )
        move = box.addButton("Move to bin", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        move.clicked.connect(lambda: self.actions_on_models.move_to_bin(entry))
        box.open()

    def ask_for_convert(self) -> None:
        if self._chosen is not None:
            folder = self.context.services.paths.converted_models
            dialog = ConvertDialog(self, self._chosen, folder)
            dialog.asked.connect(self.actions_on_models.convert)
            dialog.open()

    def hash(self) -> None:
        if self._chosen is not None:
            self.actions_on_models.hash(self._chosen)

    # ---- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setObjectName("models-splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self._side)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([720, 460])
        self.list.setMinimumWidth(340)
        self._side.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)

    def _connect_signals(self) -> None:
        self.list.selected.connect(self._on_selected)
        self.list.table.activated.connect(self.chat)
        self.list.table.failed.connect(self.failed)
        self._side.when_ready(self._connect_inspector)
        actions = self.actions_on_models
        actions.failed.connect(self.failed)
        actions.list_changed.connect(self._on_list_changed)
        actions.loaded.connect(self._on_loaded)
        actions.hash_progressed.connect(self._on_hash_progressed)
        actions.hashed.connect(self._on_hashed)
        actions.hash_stopped.connect(self._on_hash_stopped)
        self._save_timer.timeout.connect(self._save_settings)
        self._show_timer.timeout.connect(self._show_list)
        self._pool_watch.changed.connect(self._show_states)
        stop = self.pool.subscribe(self._pool_watch.changed.emit)
        self._pool_watch.destroyed.connect(stop)

    def _connect_inspector(self, inspector: Inspector) -> None:
        inspector.load_asked.connect(self.load)
        inspector.eject_asked.connect(self.eject)
        inspector.chat_asked.connect(self.chat)
        inspector.remove_asked.connect(self.remove)
        inspector.bin_asked.connect(self.ask_for_bin)
        inspector.convert_asked.connect(self.ask_for_convert)
        inspector.hash_asked.connect(self.hash)
        inspector.settings_changed.connect(self._on_settings_changed)
        for table in (inspector.weights.table, inspector.header.table):
            table.failed.connect(self.failed)
        inspector.header.failed.connect(self.failed)

    # ---- events ----------------------------------------------------------------------------

    def _on_looked(self, looked: work.Looked) -> None:
        self._shown.take(looked.entries, looked.memory)
        self.list.show_looking(looked.sentence)
        if looked.entries and not self._show_timer.isActive():
            self._show_timer.start()

    def _on_looked_everywhere(self, looked: work.Looked) -> None:
        self._show_timer.stop()
        self._shown.take_all(looked.entries, looked.memory)
        self._show_list()
        closed = ", ".join(str(path) for path in self.library.unreadable_folders()[:3])
        if closed:
            text = "Some folders could not be read."
            self.context.notices.info(text, closed, key="unreadable folders")

    def _on_look_ended(self) -> None:
        self._looking = None
        self.list.show_looking("")
        self._beside(self.look_ended.emit)

    def _on_list_changed(self, wanted_id: str) -> None:
        self.went_well.emit()
        self._shown.take_all(self.library.entries())
        self._show_list()
        if wanted_id:
            self.list.select(wanted_id)

    def _on_selected(self, entry: ModelEntry | None) -> None:
        self._save_settings()
        self._side.setVisible(entry is not None)
        if entry is None:
            return
        self._settings = self.library.load_settings(entry)
        if self._shown.memory is not None:
            self.inspector.show_memory(self._shown.memory)
        measured = self.library.measured_peak(entry, self._settings)
        self.inspector.show_model(entry, self._settings, measured, self._state_of(entry))
        job = self.context.jobs.start(lambda _token: inspect(self.library, entry))
        job.finished.connect(self._on_inspected)
        job.failed.connect(self.failed)

    def _on_inspected(self, inspection: Inspection) -> None:
        if self._is_shown(inspection.entry.id):  # else another was selected meanwhile
            self._shown.memory = inspection.memory
            self.inspector.show_inspection(inspection)
            self.inspector.show_state(self._state_of(inspection.entry))

    def _on_settings_changed(self, settings: LoadSettings) -> None:
        self._settings, self._edited = settings, self._chosen
        self._save_timer.start()
        if self._edited is not None:
            self.inspector.show_measured(self.library.measured_peak(self._edited, settings))

    def _on_loaded(self, loaded: work.Loaded) -> None:
        self.went_well.emit()
        if self._is_shown(loaded.entry.id):
            self.inspector.show_measured(loaded.peak_bytes)
        self.context.current_model.choose(loaded.entry.model)

    def _on_hash_progressed(self, model_id: str, step: HashProgress) -> None:
        if self._is_shown(model_id):
            self.inspector.identity.show_progress(step.done_bytes, step.total_bytes)

    def _on_hashed(self, model_id: str, value: str) -> None:
        if self._is_shown(model_id):
            self.inspector.identity.show_hash(value)

    def _on_hash_stopped(self, model_id: str) -> None:
        if self._is_shown(model_id):
            self.inspector.identity.stop_progress()

    # ---- inside ----------------------------------------------------------------------------

    @property
    def _chosen(self) -> ModelEntry | None:
        """The model that is shown at the right."""
        return self._side.tab.entry if self._side.tab is not None else None

    def _beside(self, step: Callable[[], object]) -> None:
        """Do it now, or after what stands beside the list was made in a turn of its own."""
        if self._side.tab is None:
            in_turns(self, self._side.made, step)
        else:
            step()

    def _show_list(self) -> None:
        self._beside(self._show_rows)

    def _show_rows(self) -> None:
        states: dict[str, str] = {status.model: status.state for status in self.pool.status()}
        self.list.set_models(self._shown.rows(states))

    def _show_states(self) -> None:
        self._show_list()
        if self._chosen is not None:
            self.inspector.show_state(self._state_of(self._chosen))

    def _state_of(self, entry: ModelEntry) -> str:
        return next((s.state for s in self.pool.status() if s.model == entry.model), "")

    def _is_shown(self, model_id: str) -> bool:
        return self._chosen is not None and self._chosen.id == model_id

    def _save_settings(self) -> None:
        """Save what was edited, for the model it was edited for."""
        self._save_timer.stop()
        entry, self._edited = self._edited, None
        if entry is not None:
            self.actions_on_models.save_settings(entry, self._settings)
            self._shown.take((entry,))
            self._show_list()
