"""The Models page: what is on this machine, what servers run, and getting more."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QPushButton, QTabWidget, QWidget

from app.context import AppContext
from app.hub import open_hub
from app.late_tab import TabOnDemand
from app.notices import Notice
from app.pages.models.get_models import GetModelsTab
from app.pages.models.inspector import Inspector
from app.pages.models.machine_tab import MachineTab
from app.pages.models.places import GET, PLACES, SERVERS
from app.pages.models.servers_tab import ServersTab
from app.pages.page import Command, Page
from app.widgets.file_dialog import FileDialog
from app.widgets.icons import IconButton
from models.library.entry import ModelEntry


class ModelsPage(Page):
    title = "Models"
    icon = "cube"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.machine = MachineTab(context)
        self.list = self.machine.list
        self._servers = TabOnDemand(context, ServersTab)
        self._get_models = TabOnDemand(
            context, lambda context: GetModelsTab(context, open_hub(context.services))
        )
        self._make_header()
        self._lay_out()
        self._connect_signals()
        self.setAcceptDrops(True)

    @property
    def inspector(self) -> Inspector:
        return self.machine.inspector

    @property
    def servers(self) -> ServersTab:
        return self._servers.made()

    @property
    def get_models(self) -> GetModelsTab:
        return self._get_models.made()

    # ---- what the shell asks ---------------------------------------------------------------

    def header_widgets(self) -> list[QWidget]:
        return [self.look_button, self.add_button]

    def commands(self) -> list[Command]:
        return [
            Command("Add model files…", "Ctrl+O", self.ask_for_files),
            Command("Add a folder of models…", "", self.ask_for_folder),
            Command("Look for models again", "F5", self.look),
            Command("Search models", "Ctrl+F", self._search),
            *(
                Command(p.name, "", partial(self.open_target, p.target), p.detail, anywhere=True)
                for p in PLACES
            ),
        ]

    def activate(self) -> None:
        self.look()

    def open_target(self, target: str) -> None:
        """Select the model with this path or id, now or when it has been found; "get" opens the
        tab that downloads, "servers" the one of servers."""
        if target == SERVERS:
            self.tabs.setCurrentWidget(self._servers)
            return
        if target == GET:
            self.ask_for_download()
            return
        self.tabs.setCurrentWidget(self.machine)
        self.list.select(target)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        event.acceptProposedAction()
        self.machine.actions_on_models.add(paths)

    # ---- what the user asks ----------------------------------------------------------------

    def look(self) -> None:
        """Look for models everywhere; rows appear as they are found."""
        if self._servers.isVisible():
            self.servers.look()
        self.machine.look()
        self.look_button.setEnabled(not self.machine.is_looking)

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
        self.tabs.setCurrentWidget(self._get_models)
        self.get_models.paste.setFocus()

    def _chat_with(self, entry: ModelEntry) -> None:
        self.context.current_model.choose(entry.model)
        self.context.navigation.open("chat")

    def _show_weights(self, path: Path) -> None:
        """Weights of a server that lie on this disk, found there by the library, too."""
        self.open_target(str(path))

    def _search(self) -> None:
        self.tabs.setCurrentWidget(self.machine)
        self.list.search.setFocus()

    def _ask_for_paths(self, dialog: FileDialog) -> None:
        dialog.filesSelected.connect(
            lambda names: self.machine.actions_on_models.add([Path(name) for name in names])
        )
        dialog.open()

    # ---- building --------------------------------------------------------------------------

    def _make_header(self) -> None:
        self.look_button = IconButton("arrow-clockwise", "Look for models again")
        self.add_button = QPushButton("Add a model…")
        self.add_button.setProperty("role", "menu")
        self.add_button.setAccessibleName("Add a model")
        menu = QMenu(self.add_button)
        menu.addAction("Files…", self.ask_for_files)
        menu.addAction("A folder…", self.ask_for_folder)
        self.add_button.setMenu(menu)

    def _lay_out(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Models by where they are")
        self.tabs.addTab(self.machine, "On this machine")
        self.tabs.addTab(self._servers, "Servers")
        self.tabs.addTab(self._get_models, "Get models")
        self.content.addWidget(self.tabs)

    def _connect_signals(self) -> None:
        self.look_button.clicked.connect(self.look)
        self.machine.look_ended.connect(lambda: self.look_button.setEnabled(True))
        self.list.add_asked.connect(self.ask_for_files)
        self.list.get_asked.connect(self.ask_for_download)
        self._connect(self.machine)
        self.machine.chat_asked.connect(self._chat_with)
        self._servers.when_ready(self._connect_servers)
        self._get_models.when_ready(self._connect_get_models)

    def _connect(self, tab: MachineTab | ServersTab | GetModelsTab) -> None:
        tab.failed.connect(self.show_error)
        tab.went_well.connect(self.clear_error)

    def _connect_servers(self, servers: ServersTab) -> None:
        self._connect(servers)
        servers.chat_asked.connect(self._chat_with)
        servers.weights_found.connect(self._show_weights)

    def _connect_get_models(self, get_models: GetModelsTab) -> None:
        self._connect(get_models)
        get_models.arrived.connect(self._on_arrived)
        get_models.shown.connect(lambda path: self.open_target(str(path)))

    def _on_arrived(self, path: Path) -> None:
        """A download: listed, selected, and told where the user is elsewhere."""
        self.machine.welcome(path)
        if self.get_models.isVisible():
            return  # its row says so
        show = partial(self.context.navigation.open, "models", str(path))
        words = f"{path.name} is here and can be run."
        self.context.notices.show(Notice(words, "", "success", str(path), "Show it", show))
