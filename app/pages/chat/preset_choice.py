"""Ties the presets on disk to the options panel."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.notices import Notice, Notices
from app.pages.chat.attempt import Attempt
from app.pages.chat.options_panel import OptionsPanel
from labs.chat.conversation import ChatOptions
from labs.chat.presets import Preset, PresetFile, Presets, matching


class PresetChoice(QObject):
    chosen = Signal(object)  # ChatOptions
    failed = Signal(object)

    def __init__(
        self, presets: Presets, panel: OptionsPanel, notices: Notices, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._presets = presets
        self._panel = panel
        self._notices = notices
        self._attempt = Attempt(self.failed.emit)
        self._files: tuple[PresetFile, ...] = ()
        self._told: set[str] = set()
        panel.preset_chosen.connect(self._choose)
        panel.preset_save_requested.connect(self._save)
        panel.preset_delete_requested.connect(self._delete)
        panel.value_shown.connect(self._show_matching)
        panel.changed.connect(self._mark_changes)

    def refresh(self, options: ChatOptions) -> None:
        """Read the files anew and show which of them `options` are, if any."""
        listed = self._presets.load()
        self._files = listed.files
        names = [file.preset.name for file in listed.files]
        own = frozenset(file.preset.name for file in listed.files if not file.shipped)
        self._panel.set_presets(names, own, self._name_of(options))
        for problem in listed.problems:
            if problem not in self._told:
                self._told.add(problem)
                self._notices.info(problem, key="chat")

    def _named(self, name: str) -> PresetFile | None:
        return next((file for file in self._files if file.preset.name == name), None)

    def _name_of(self, options: ChatOptions) -> str:
        """Of two presets that say the same, the one that was chosen."""
        chosen = self._named(self._panel.preset)
        file = matching((chosen,) if chosen else (), options) or matching(self._files, options)
        return file.preset.name if file else ""

    def _show_matching(self, options: ChatOptions) -> None:
        self._panel.show_preset(self._name_of(options))

    def _mark_changes(self, options: ChatOptions) -> None:
        file = self._named(self._panel.preset)
        if file is not None:
            changed = matching((file,), options) is None
            self._panel.show_preset(file.preset.name, with_changes=changed)

    def _choose(self, name: str) -> None:
        file = self._named(name)
        if file is not None:
            options = file.preset.applied_to(self._panel.value())
            self.chosen.emit(options)
            self._mark_changes(options)

    def _save(self, name: str) -> None:
        preset = Preset(name, options=self._panel.value())
        if self._attempt(lambda: self._presets.save(preset)) is not None:
            self.refresh(preset.options)
            self._notices.info(f"Saved as the preset “{name}”.", key="chat")

    def _delete(self, name: str) -> None:
        file = self._named(name)
        if file is None or file.shipped:
            return
        self._attempt(lambda: self._presets.delete(file))
        self.refresh(self._panel.value())
        if self._named(name) is not None:
            return
        self._notices.show(
            Notice(
                f"The preset “{name}” is deleted.",
                key=f"preset-{name}",
                action="Undo",
                run=lambda: self._put_back(file.preset),
            )
        )

    def _put_back(self, preset: Preset) -> None:
        self._attempt(lambda: self._presets.save(preset))
        self.refresh(self._panel.value())
        self._panel.show_preset(preset.name)
        self._mark_changes(self._panel.value())
