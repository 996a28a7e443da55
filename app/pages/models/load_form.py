"""The load settings of one model as a form; they are saved with the model."""

from __future__ import annotations

import os
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QPushButton, QSpinBox, QWidget

from app.widgets.still import keep_still
from models.engine.messages import DEFAULT_N_CTX, LoadSettings
from models.fit import effective_n_ctx
from models.library.entry import ModelEntry

_CACHE_TYPES = (
    ("f16", "16 bits (f16)"),
    ("q8_0", "8 bits (q8_0), half the memory"),
    ("q4_0", "4 bits (q4_0), a quarter, less exact"),
    ("f32", "32 bits (f32)"),
)
_FLASH = (("auto", "Where it helps"), ("on", "On"), ("off", "Off, for exact repeats"))
_MAX_CONTEXT = 1 << 20


class LoadForm(QWidget):
    """`changed` carries the new LoadSettings; tooltips give the engine's own option names."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = LoadSettings()
        self.n_ctx = _number("Context", "n_ctx: how many tokens the model can look back on", 512)
        self.gpu_layers = _number("GPU layers", "n_gpu_layers: layers kept on a graphics device")
        self.threads = _number("Threads", "n_threads: processor cores that work at once")
        self.type_k = _choice("Cache of keys", "type_k: how exactly keys are kept", _CACHE_TYPES)
        self.type_v = _choice("Cache of values", "type_v: needs flash attention below 16 bits",
                              _CACHE_TYPES)  # fmt: skip
        self.flash = _choice("Flash attention", "flash_attn: less memory, other rounding", _FLASH)
        self.reset = QPushButton("Back to defaults")
        self.reset.setProperty("role", "link")
        self.reset.setAccessibleName("Load settings back to defaults")
        self._note = QLabel(wordWrap=True)
        self._note.setProperty("role", "small")
        self._lay_out()
        self._connect_signals()

    def show_model(self, entry: ModelEntry, settings: LoadSettings) -> None:
        n_layers = entry.dimensions.n_layers if entry.dimensions else 999
        with QSignalBlocker(self.n_ctx), QSignalBlocker(self.gpu_layers):
            self.n_ctx.setRange(0, _MAX_CONTEXT)
            automatic = effective_n_ctx(LoadSettings(), entry.n_ctx_train or DEFAULT_N_CTX)
            self.n_ctx.setSpecialValueText(f"Automatic ({automatic:,})")
            self.gpu_layers.setRange(-1, 0 if entry.format == "mlx" else n_layers + 1)
            self.gpu_layers.setSpecialValueText("As many as fit")
        with QSignalBlocker(self.threads):
            cores = os.cpu_count() or 1
            self.threads.setRange(0, 2 * cores)
            self.threads.setSpecialValueText(f"Automatic ({max(1, cores - 1)})")
        for field in (self.threads, self.type_k, self.type_v, self.flash):
            self._form.setRowVisible(field, entry.format != "mlx")  # MLX decides itself
        self._n_ctx_train = entry.n_ctx_train
        self.show_settings(settings)

    def show_settings(self, settings: LoadSettings) -> None:
        self._settings = settings
        for box, value in (
            (self.n_ctx, settings.n_ctx),
            (self.gpu_layers, settings.gpu_layers),
            (self.threads, settings.threads),
        ):
            with QSignalBlocker(box):
                box.setValue(value)
        for choice, name in (
            (self.type_k, settings.type_k),
            (self.type_v, settings.type_v),
            (self.flash, settings.flash_attention),
        ):
            with QSignalBlocker(choice):
                choice.setCurrentIndex(max(0, choice.findData(name)))
        self._say()

    def _lay_out(self) -> None:
        self._form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)  # in large text
        fields = (self.n_ctx, self.gpu_layers, self.threads, self.type_k, self.type_v, self.flash)
        for field in fields:
            label = QLabel(field.accessibleName())
            label.setBuddy(field)
            label.setToolTip(field.toolTip())
            form.addRow(label, field)
        form.addRow(self._note)
        form.addRow(self.reset)

    def _connect_signals(self) -> None:
        for box in (self.n_ctx, self.gpu_layers, self.threads):
            box.valueChanged.connect(self._on_edited)
        for choice in (self.type_k, self.type_v, self.flash):
            choice.currentIndexChanged.connect(self._on_edited)
        self.reset.clicked.connect(self._on_reset)

    def _on_edited(self) -> None:
        self._settings = replace(
            self._settings,
            n_ctx=self.n_ctx.value(),
            gpu_layers=self.gpu_layers.value(),
            threads=self.threads.value(),
            type_k=self.type_k.currentData(),
            type_v=self.type_v.currentData(),
            flash_attention=self.flash.currentData(),
        )
        self._say()
        self.changed.emit(self._settings)

    def _on_reset(self) -> None:
        self.show_settings(LoadSettings())
        self.changed.emit(self._settings)

    def _say(self) -> None:
        """What the chosen values mean together, where that is worth a sentence."""
        settings, role = self._settings, "warning"
        if settings.type_v not in ("f16", "f32", "bf16") and settings.flash_attention == "off":
            text = "A small cache of values needs flash attention; the model will refuse to load."
        elif 0 < self._n_ctx_train < settings.n_ctx:
            text = f"The model was trained on {self._n_ctx_train:,} tokens; beyond them it drifts."
        else:
            text, role = "Changes take effect the next time the model is loaded.", "small"
        self._note.setText(text)
        self._note.setProperty("role", role)
        self._note.style().polish(self._note)

    _n_ctx_train = 0


def _number(name: str, tooltip: str, step: int = 1) -> QSpinBox:
    box = QSpinBox()
    keep_still(box)
    box.setAccessibleName(name)
    box.setToolTip(tooltip)
    box.setSingleStep(step)
    box.setGroupSeparatorShown(True)
    # While someone types "8192", the values on the way (8, 81, 819) are nobody's wish.
    box.setKeyboardTracking(False)
    return box


def _choice(name: str, tooltip: str, options: tuple[tuple[str, str], ...]) -> QComboBox:
    box = QComboBox()
    keep_still(box)
    box.setAccessibleName(name)
    box.setToolTip(tooltip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(12)
    for value, words in options:
        box.addItem(words, value)
    return box
