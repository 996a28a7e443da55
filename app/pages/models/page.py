"""The Models page: what is on this machine, what it is made of, whether it fits."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QMessageBox, QPushButton, QSplitter, QTabWidget, QWidget

from app.context import AppContext
from app.hub import open_hub
from app.jobs import Job
from app.notices import Notice
from app.pages.models import work
from app.pages.models.actions import ModelActions
from app.pages.models.convert_dialog import ConvertDialog
from app.pages.models.get_models import GetModelsTab
from app.pages.models.inspection import Inspection, inspect
from app.pages.models.inspector import Inspector
from app.pages.models.list_panel import ListPanel
from app.pages.models.servers_tab import ServersTab
from app.pages.models.shown import ShownModels
from app.pages.page import Command, Page
from app.widgets.file_dialog import FileDialog
from app.widgets.icons import IconButton
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


class ModelsPage(Page):
    """Tabs: what is on this machine, as a table at the left and the selected model at the right;
    what servers run; and getting models from the hub."""

    title = "Models"
    icon = "cube"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.library, self.pool = context.services.library, context.services.pool
        self.list, self.inspector = ListPanel(), Inspector()
        self.servers = ServersTab(context)
        self.get_models = GetModelsTab(context, open_hub(context.services))
        self.actions_on_models = ModelActions(context, self)
        self._shown = ShownModels(self.library)
        self._settings = LoadSettings()
        self._edited: ModelEntry | None = None  # its settings are not saved yet
        self._looking: Job | None = None
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
            Command("Search models", "Ctrl+F", self._search),
            Command("Servers of models", "", lambda: self.open_target("servers"), anywhere=True),
            Command("Get models…", "", self.ask_for_download, "From the hub", anywhere=True),
        ]

    def activate(self) -> None:
        self.look()

    def open_target(self, target: str) -> None:
        """Select the model with this path or id, now or when it has been found; "get" opens the
        tab that downloads, "servers" the one of servers."""
        if target == "servers":
            self.tabs.setCurrentWidget(self.servers)
            return
        if target == "get":
            self.ask_for_download()
            return
        self.tabs.setCurrentIndex(0)
        self.list.select(target)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        event.acceptProposedAction()
        self.actions_on_models.add(paths)

    # ---- what the user asks ----------------------------------------------------------------

    def look(self) -> None:
        """Look for models everywhere; rows appear as they are found."""
        if self.servers.isVisible():
            self.servers.look()
        if self._looking is not None:
            return
        self._looking = job = self.context.jobs.start(lambda t: work.look(self.library, t))
        self.look_button.setEnabled(False)
        job.progress.connect(self._on_looked)
        job.finished.connect(self._on_looked_everywhere)
        job.failed.connect(self.show_error)
        job.ended.connect(self._on_look_ended)

    def ask_for_files(self) -> None:
        dialog = FileDialog(self, "Add models")
        dialog.setFileMode(FileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter("Models (*.gguf);;All files (*)")
        self._ask_for_paths(dialog)

    def ask_for_folder(self) -> None:
        dialog = FileDialog(self, "Add a folder of models")
        dialog.setFileMode(FileDialog.FileMode.Directory)
        dialog.setOption(FileDialog.Option.ShowDirsOnly)
        self._ask_for_paths(dialog)

    def ask_for_download(self) -> None:
        self.tabs.setCurrentWidget(self.get_models)
        self.get_models.paste.setFocus()

    def load(self) -> None:
        if self.inspector.entry is not None:
            self._save_settings()
            job = self.actions_on_models.load(self.inspector.entry, self._settings)
            job.ended.connect(self._show_states)

    def eject(self) -> None:
        if self.inspector.entry is not None:
            self.actions_on_models.eject(self.inspector.entry)

    def chat(self) -> None:
        entry = self.inspector.entry
        if entry is not None and entry.can_run:
            self._save_settings()
            self._chat_with(entry)

    def _chat_with(self, entry: ModelEntry) -> None:
        self.context.current_model.choose(entry.model)
        self.context.navigation.open("chat")

    def _show_weights(self, path: Path) -> None:
        """Weights of a server that lie on this disk, found there by the library, too."""
        self.open_target(str(path))

    def remove(self) -> None:
        if self.inspector.entry is not None:
            self.actions_on_models.remove(self.inspector.entry)

    def ask_for_bin(self) -> None:
        entry = self.inspector.entry
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
        if self.inspector.entry is not None:
            folder = self.context.services.paths.converted_models
            dialog = ConvertDialog(self, self.inspector.entry, folder)
            dialog.asked.connect(self.actions_on_models.convert)
            dialog.open()

    def hash(self) -> None:
        if self.inspector.entry is not None:
            self.actions_on_models.hash(self.inspector.entry)

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
        splitter.setObjectName("models-splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self.inspector)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([720, 460])
        self.list.setMinimumWidth(340)
        self.inspector.hide()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Models by where they are")
        self.tabs.addTab(splitter, "On this machine")
        self.tabs.addTab(self.servers, "Servers")
        self.tabs.addTab(self.get_models, "Get models")
        self.content.addWidget(self.tabs)

    def _connect_signals(self) -> None:
        self.look_button.clicked.connect(self.look)
        self.list.selected.connect(self._on_selected)
        self.list.add_asked.connect(self.ask_for_files)
        self.list.get_asked.connect(self.ask_for_download)
        self.list.table.activated.connect(self.chat)
        self._connect_inspector()
        self.servers.failed.connect(self.show_error)
        self.servers.went_well.connect(self.clear_error)
        self.servers.chat_asked.connect(self._chat_with)
        self.servers.weights_found.connect(self._show_weights)
        self.get_models.failed.connect(self.show_error)
        self.get_models.went_well.connect(self.clear_error)
        self.get_models.arrived.connect(self._on_arrived)
        self.get_models.shown.connect(lambda path: self.open_target(str(path)))
        actions = self.actions_on_models
        actions.failed.connect(self.show_error)
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

    def _connect_inspector(self) -> None:
        inspector = self.inspector
        inspector.load_asked.connect(self.load)
        inspector.eject_asked.connect(self.eject)
        inspector.chat_asked.connect(self.chat)
        inspector.remove_asked.connect(self.remove)
        inspector.bin_asked.connect(self.ask_for_bin)
        inspector.convert_asked.connect(self.ask_for_convert)
        inspector.hash_asked.connect(self.hash)
        inspector.settings_changed.connect(self._on_settings_changed)
        for table in (self.list.table, inspector.weights.table, inspector.header.table):
            table.failed.connect(self.show_error)
        inspector.header.failed.connect(self.show_error)

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
        self.look_button.setEnabled(True)
        self.list.show_looking("")

    def _on_arrived(self, path: Path) -> None:
        """A download: listed, selected, and told where the user is elsewhere."""
        try:
            self.library.welcome(path)
        except UserError as error:
            self.show_error(error)
        self.list.select(str(path))
        if self._looking is not None:
            self._looking.ended.connect(self.look)  # this look may have been there already
        else:
            self.look()
        if self.get_models.isVisible():
            return  # its row says so
        show = partial(self.context.navigation.open, "models", str(path))
        words = f"{path.name} is here and can be run."
        self.context.notices.show(Notice(words, "", "success", str(path), "Show it", show))

    def _on_list_changed(self, wanted_id: str) -> None:
        self.clear_error()
        self._shown.take_all(self.library.entries())
        self._show_list()
        if wanted_id:
            self.list.select(wanted_id)

    def _on_selected(self, entry: ModelEntry | None) -> None:
        self._save_settings()
        self.inspector.setVisible(entry is not None)
        if entry is None:
            return
        self._settings = self.library.load_settings(entry)
        if self._shown.memory is not None:
            self.inspector.show_memory(self._shown.memory)
        measured = self.library.measured_peak(entry, self._settings)
        self.inspector.show_model(entry, self._settings, measured, self._state_of(entry))
        job = self.context.jobs.start(lambda _token: inspect(self.library, entry))
        job.finished.connect(self._on_inspected)
        job.failed.connect(self.show_error)

    def _on_inspected(self, inspection: Inspection) -> None:
        if self._is_shown(inspection.entry.id):  # else another was selected meanwhile
            self._shown.memory = inspection.memory
            self.inspector.show_inspection(inspection)
            self.inspector.show_state(self._state_of(inspection.entry))

    def _on_settings_changed(self, settings: LoadSettings) -> None:
        self._settings, self._edited = settings, self.inspector.entry
        self._save_timer.start()
        if self._edited is not None:
            self.inspector.show_measured(self.library.measured_peak(self._edited, settings))

    def _on_loaded(self, loaded: work.Loaded) -> None:
        self.clear_error()
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

    def _search(self) -> None:
        self.tabs.setCurrentIndex(0)
        self.list.search.setFocus()

    def _show_list(self) -> None:
        states: dict[str, str] = {status.model: status.state for status in self.pool.status()}
        self.list.set_models(self._shown.rows(states))

    def _show_states(self) -> None:
        self._show_list()
        if self.inspector.entry is not None:
            self.inspector.show_state(self._state_of(self.inspector.entry))

    def _state_of(self, entry: ModelEntry) -> str:
        return next((s.state for s in self.pool.status() if s.model == entry.model), "")

    def _is_shown(self, model_id: str) -> bool:
        return self.inspector.entry is not None and self.inspector.entry.id == model_id

    def _save_settings(self) -> None:
        """Save what was edited, for the model it was edited for."""
        self._save_timer.stop()
        entry, self._edited = self._edited, None
        if entry is not None:
            self.actions_on_models.save_settings(entry, self._settings)
            self._shown.take((entry,))
            self._show_list()

    def _ask_for_paths(self, dialog: FileDialog) -> None:
        dialog.filesSelected.connect(
            lambda names: self.actions_on_models.add([Path(name) for name in names])
        )
        dialog.open()
