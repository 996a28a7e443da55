"""Ties the presets on disk to the options panel."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.pages.chat.options_panel import OptionsPanel
from labs.chat.conversation import ChatOptions
from labs.chat.presets import Preset, Presets, matching
from models.errors import UserError


class PresetChoice(QObject):
    chosen = Signal(object)  # ChatOptions
    failed = Signal(object)
    said = Signal(str)

    def __init__(self, presets: Presets, panel: OptionsPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._presets = presets
        self._panel = panel
        self._told: set[str] = set()
        panel.preset_chosen.connect(self._choose)
        panel.preset_save_requested.connect(self._save)

    def refresh(self, options: ChatOptions) -> None:
        """Read the files anew and show which of them `options` are, if any."""
        listed = self._presets.load()
        current = matching(listed.files, options)
        names = [file.preset.name for file in listed.files]
        self._panel.set_presets(names, current.preset.name if current else "")
        for problem in listed.problems:
            if problem not in self._told:
                self._told.add(problem)
                self.said.emit(problem)

    def _choose(self, name: str) -> None:
        for file in self._presets.load().files:
            if file.preset.name == name:
                self.chosen.emit(file.preset.applied_to(self._panel.value()))
                return

    def _save(self, name: str) -> None:
        options = self._panel.value()
        try:
            self._presets.save(Preset(name, options=options))
        except UserError as error:
            self.failed.emit(error)
            return
        self.refresh(options)
        self.said.emit(f"Saved as the preset “{name}”.")
