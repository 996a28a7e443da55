"""The right half of the Models page: everything about the selected model."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.pages.models.details import HeaderTab, IdentityTab, TemplateTab, WeightsTab
from app.pages.models.fit_panel import FitPanel
from app.pages.models.inspection import Inspection
from app.pages.models.load_form import LoadForm
from app.widgets.icons import IconButton
from app.widgets.parts import scrolled
from models.amounts import count_text, size_text
from models.engine import mlx_library
from models.engine.messages import LoadSettings
from models.fit import forecast
from models.hardware.memory import MemoryFree
from models.library.entry import ModelEntry
from models.library.local_models import ADDED, FOLDERS
from models.starter import STARTER_BADGE

LEAST_PX, MOST_PX = 380, 512  # the list wants the rest of the smallest window
LEAST_TABS_PX = 160  # the words above them are not squeezed; every tab scrolls
_LOADED = ("ready", "busy")
_LOADING = ("starting", "loading")


class Inspector(QWidget):
    """Shows one model; what the user wants done with it comes out as signals."""

    load_asked = Signal()
    eject_asked = Signal()
    chat_asked = Signal()
    remove_asked = Signal()
    bin_asked = Signal()
    convert_asked = Signal()
    settings_changed = Signal(object)
    hash_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: ModelEntry | None = None
        self._memory: MemoryFree | None = None
        self._settings = LoadSettings()
        self._measured: int | None = None
        self._chosen_tab = 0  # comes back after a model that has fewer tabs
        self.fit = FitPanel()
        self.form = LoadForm()
        self.weights, self.header = WeightsTab(), HeaderTab()
        self.template, self.identity = TemplateTab(), IdentityTab()
        self._make_head()
        self._lay_out()
        self._connect_signals()

    def minimumSizeHint(self) -> QSize:
        """Wide enough for the forecast and the load settings, also in larger text."""
        bar_px = self._fit_scroll.verticalScrollBar().sizeHint().width()
        needed_px = self._fit_page.minimumSizeHint().width() + bar_px
        least = super().minimumSizeHint()
        return least.expandedTo(QSize(max(LEAST_PX, min(needed_px, MOST_PX)), 0))

    @property
    def entry(self) -> ModelEntry | None:
        return self._entry

    def show_model(
        self, entry: ModelEntry, settings: LoadSettings, measured: int | None, state: str
    ) -> None:
        """What the list knows, at once; `show_inspection` follows with the rest."""
        self._entry, self._settings, self._measured = entry, settings, measured
        self._show_head(entry)
        self.form.show_model(entry, settings)
        self.show_state(state)
        self._show_fit()

    def show_memory(self, memory: MemoryFree) -> None:
        """Hold the forecast against the memory that is free now."""
        self._memory = memory
        self._show_fit()

    def show_measured(self, measured: int | None) -> None:
        self._measured = measured
        self._show_fit()

    def show_inspection(self, inspection: Inspection) -> None:
        self._entry = inspection.entry
        self._show_head(inspection.entry)
        for tab in (self.weights, self.header, self.template, self.identity):
            tab.show_inspection(inspection)
        self.show_memory(inspection.memory)
        if self.tabs.currentWidget() is self._identity_scroll:
            self._on_tab(self.tabs.currentIndex())

    def show_state(self, state: str) -> None:
        """`state` of the engine that holds this model, "" when it is not loaded."""
        can_run = self._entry is not None and self._entry.can_run
        loaded = state in _LOADED
        self.load_button.setVisible(not loaded)
        self.load_button.setEnabled(can_run and state not in _LOADING)
        self.load_button.setText("Loading…" if state in _LOADING else "Load")
        self.eject_button.setVisible(loaded)
        self.eject_button.setEnabled(state == "ready")
        self.chat_button.setEnabled(can_run)

    def _make_head(self) -> None:
        self.name = _plain_label("heading")
        self.badge = QLabel(STARTER_BADGE)
        self.badge.setProperty("role", "badge")
        self.summary = _plain_label("secondary")
        self.problem = _plain_label("danger")
        self.load_button = _button("Load", "Load into memory")
        self.eject_button = _button("Eject", "Eject from memory")
        self.chat_button = _button("Chat with it", "Chat with this model")
        self.chat_button.setProperty("role", "primary")
        self.more = IconButton("dots-three", "More actions")
        menu = QMenu(self.more)
        self.convert_action = menu.addAction("Make an MLX folder…")
        self.remove_action = menu.addAction("Remove from list")
        self.remove_action.setToolTip("The file stays where it is")
        self.bin_action = menu.addAction("Move file to bin…")
        self.more.setMenu(menu)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.chat_button, self.load_button, self.eject_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.more)
        head = QVBoxLayout()
        head.setContentsMargins(16, 16, 16, 12)
        head.setSpacing(6)
        head.addWidget(self.name)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignLeft)
        head.addWidget(self.summary)
        head.addWidget(self.problem)
        head.addSpacing(4)
        head.addLayout(buttons)
        self.tabs = QTabWidget(self)  # Qt styles anew whatever moves to another parent
        self.tabs.setAccessibleName("About this model")
        self.tabs.setProperty("role", "beside")
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setMinimumHeight(LEAST_TABS_PX)
        self._identity_scroll = scrolled(self.identity, "Identity")
        self._fit_page = self._fit_tab()
        self._fit_scroll = scrolled(self._fit_page, "Fit")
        self.tabs.addTab(self._fit_scroll, "Fit")
        self.tabs.addTab(self.weights, "Weights")
        self.tabs.addTab(self.header, "Header")
        self.tabs.addTab(self.template, "Template")
        self.tabs.addTab(self._identity_scroll, "Identity")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.tabs, 1)

    def _fit_tab(self) -> QWidget:
        tab = QWidget()
        title = QLabel("How it is loaded")
        title.setProperty("role", "heading")
        column = QVBoxLayout(tab)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(14)
        column.addWidget(self.fit)
        line = QFrame()
        line.setProperty("role", "hairline")
        column.addWidget(line)
        column.addWidget(title)
        column.addWidget(self.form)
        column.addStretch(1)
        return tab

    def _connect_signals(self) -> None:
        self.load_button.clicked.connect(self.load_asked)
        self.eject_button.clicked.connect(self.eject_asked)
        self.chat_button.clicked.connect(self.chat_asked)
        self.remove_action.triggered.connect(self.remove_asked)
        self.bin_action.triggered.connect(self.bin_asked)
        self.convert_action.triggered.connect(self.convert_asked)
        self.form.changed.connect(self._on_settings_changed)
        self.identity.hash_asked.connect(self.hash_asked)
        self.tabs.currentChanged.connect(self._on_tab)

    def _on_settings_changed(self, settings: LoadSettings) -> None:
        self._settings = settings
        self._measured = None  # the page knows whether these settings were measured
        self._show_fit()
        self.settings_changed.emit(settings)

    def _on_tab(self, _index: int) -> None:
        """Hashing starts by itself where someone looks for the hash."""
        wants_hash = self.identity.again.isVisibleTo(self.identity)
        if self.tabs.currentWidget() is self._identity_scroll and wants_hash:
            self.hash_asked.emit()

    def _show_head(self, entry: ModelEntry) -> None:
        self.name.setText(entry.name)
        self.badge.setVisible(entry.is_starter)
        self.summary.setText(_summary(entry))
        self.problem.setText(entry.problem)
        self.problem.setVisible(bool(entry.problem))
        can_convert = entry.format == "gguf" and entry.can_run and mlx_library.is_installed()
        self.convert_action.setVisible(can_convert)
        self._show_tabs(entry)

    def _show_tabs(self, entry: ModelEntry) -> None:
        """A file that cannot be read has a name, a place and a problem, and nothing more."""
        is_readable = entry.is_local and (entry.can_run or entry.n_params > 0)
        if self.tabs.isTabVisible(0):
            self._chosen_tab = self.tabs.currentIndex()
        for tab in range(self.tabs.count()):
            is_identity = self.tabs.widget(tab) is self._identity_scroll
            self.tabs.setTabVisible(tab, is_readable or is_identity)
        if is_readable:
            self.tabs.setCurrentIndex(self._chosen_tab)

    def _show_fit(self) -> None:
        entry = self._entry
        has_forecast = entry is not None and entry.is_local and bool(entry.size_bytes)
        self.fit.setVisible(has_forecast and self._memory is not None)
        if entry is not None and self._memory is not None and has_forecast:
            self.fit.show_forecast(forecast(entry, self._settings, self._memory), self._measured)


def _summary(entry: ModelEntry) -> str:
    words = (
        entry.architecture,
        f"{count_text(entry.n_params)} weights" if entry.n_params else "",
        entry.quantization,
        f"{entry.bits_per_weight:.2f} bits a weight" if entry.bits_per_weight else "",
        size_text(entry.size_bytes) if entry.size_bytes else "",
        f"trained on {entry.n_ctx_train:,} tokens" if entry.n_ctx_train else "",
        f"{len(entry.shards)} parts" if len(entry.shards) > 1 else "",
        "with a projector for images" if entry.projector_path else "",
        _found_words(entry),
    )
    return "\u00a0· ".join(word.replace(" ", "\u00a0") for word in words if word)


def _found_words(entry: ModelEntry) -> str:
    if entry.is_starter:
        return ""
    own = {ADDED: "added by you", FOLDERS: "found in your folders"}
    return own.get(entry.source, f"found in {entry.source}")


def _plain_label(role: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(name)
    button.setToolTip(name)
    return button
