"""Whether anything may leave this machine, what needs that, and everything that asked for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.context import AppContext
from app.network_state import NetworkState
from app.network_watch import NetworkWatch
from app.pages.network.connections import Connections
from app.pages.network.needs import Needs
from app.pages.network.places import SERVING
from app.pages.network.seal_card import SealCard
from app.pages.network.serving_section import ServingSection
from app.pages.page import Page
from models.errors import UserError

COLUMN_WIDTH = 960


class NetworkPage(Page):
    """Switches and what they mean come first, the ledger last; it is followed all the time."""

    title = "Network"
    icon = "globe"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._gate = context.services.gate
        self._watch = NetworkWatch(context.services, self)
        self.seal, self.connections = SealCard(), Connections()
        self.serving = ServingSection(context)
        self._lay_out()
        self._watch.changed.connect(self._show)
        self.seal.sealed.connect(self._set_sealed)
        self.seal.shut.connect(self._gate.shut)
        self.connections.failed.connect(self.show_error)
        self.serving.failed.connect(self.show_error)
        self._watch.tell()

    def _lay_out(self) -> None:
        self._scroll = scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what lies in it can be reached
        scroll.setAccessibleName("Network")
        scroll.setWidgetResizable(True)
        scroll.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QWidget()
        column.setMaximumWidth(COLUMN_WIDTH)
        sections = QVBoxLayout(column)
        sections.setContentsMargins(24, 24, 24, 32)
        sections.setSpacing(20)
        scroll.setWidget(column)  # empty, because it dresses what lies in it
        self.content.addWidget(scroll)
        for section in (self.seal, Needs(), self.serving, self.connections):
            sections.addWidget(section)
        sections.addStretch(1)

    def open_target(self, target: str) -> None:
        if target == SERVING:
            self.serving.switch.setFocus()
            self._scroll.ensureWidgetVisible(self.serving)

    def _show(self, state: NetworkState) -> None:
        self.seal.show_state(state)
        self.connections.show_attempts(self._gate.ledger.attempts)

    def _set_sealed(self, sealed: bool) -> None:
        try:
            self.context.services.settings.change(sealed=sealed)
        except UserError as error:
            self.show_error(error)
        else:
            self.clear_error()
