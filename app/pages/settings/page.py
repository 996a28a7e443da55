"""The settings, written out from their declarations."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.page import Page
from app.pages.settings.about import AboutAssay
from app.pages.settings.editors import editor_for, show_value
from app.settings import Settings, declaration_of, shown_settings
from app.widgets.parts import hairline
from models.errors import UserError

COLUMN_WIDTH = 720


class SettingsPage(Page):
    """One card a group, one row a setting; a change holds at once."""

    title = "Settings"
    icon = "gear-six"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._store = context.services.settings
        self._editors: dict[str, QWidget] = {}
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields can be reached
        scroll.setAccessibleName("Settings")
        scroll.setWidgetResizable(True)
        scroll.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QWidget()
        column.setMaximumWidth(COLUMN_WIDTH)
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(24, 24, 24, 32)
        self._column.setSpacing(8)
        scroll.setWidget(column)  # empty, because it dresses what lies in it
        self.content.addWidget(scroll)
        for group, names in shown_settings().items():
            self._add_group(group, names)
        self._add_card("About Assay", [AboutAssay(context.services.paths, self)])
        self._column.addStretch(1)
        self.destroyed.connect(self._store.subscribe(self._on_changed))

    def _add_group(self, group: str, names: list[str]) -> None:
        self._add_card(group, [self._row(name) for name in names])

    def _add_card(self, group: str, parts: list[QWidget]) -> None:
        heading = QLabel(group)
        heading.setProperty("role", "heading")
        self._column.addWidget(heading)
        card = QFrame()
        card.setProperty("role", "card")
        rows = QVBoxLayout(card)
        rows.setContentsMargins(16, 4, 16, 4)
        rows.setSpacing(0)
        for index, part in enumerate(parts):
            if index:
                rows.addWidget(hairline())
            rows.addWidget(part)
        self._column.addWidget(card)
        self._column.addSpacing(16)

    def _row(self, name: str) -> QWidget:
        declaration = declaration_of(name)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(QLabel(declaration.label))
        if declaration.help:
            help_text = QLabel(declaration.help)
            help_text.setWordWrap(True)
            help_text.setProperty("role", "small")
            words.addWidget(help_text)
        editor = editor_for(name, getattr(self._store.current, name), self._change)
        editor.setObjectName(name)
        self._editors[name] = editor
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 12, 0, 12)
        row.setSpacing(24)
        row.addLayout(words, 1)
        row.addWidget(editor, 0, Qt.AlignmentFlag.AlignVCenter)
        return whole

    def _on_changed(self, settings: Settings) -> None:
        for name, editor in self._editors.items():
            show_value(editor, getattr(settings, name))

    def _change(self, name: str, value: object) -> None:
        try:
            self._store.change(**{name: value})
        except UserError as error:
            self.show_error(error)
        else:
            self.clear_error()
