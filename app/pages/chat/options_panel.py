"""What a chat asks of the model, on the right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.pages.chat.output_form import OutputForm
from app.pages.chat.sampling_form import SamplingForm
from app.widgets.icons import IconButton
from app.widgets.still import keep_still
from labs.chat.conversation import OVERFLOW_WORDS, ChatOptions, Overflow, Thinking

OVERFLOW_HELP: dict[Overflow, str] = {
    "stop_at_limit": "Refuses a message that does not fit and says so.",
    "truncate_middle": "Keeps the beginning and the latest turns.",
    "rolling_window": "Keeps the latest turns that fit.",
}
THINKING = (("auto", "Auto"), ("on", "On"), ("off", "Off"))
SETTLE_MS = 300
SHRINK = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon


class OptionsPanel(QScrollArea):
    """Emits `changed` a moment after the user changed something."""

    changed = Signal(object)  # ChatOptions
    check_requested = Signal(str, str)
    preset_chosen = Signal(str)
    preset_save_requested = Signal(str)
    preset_delete_requested = Signal(str)
    value_shown = Signal(object)  # ChatOptions of another chat or preset

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chat-options")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Options of this chat")
        self._base = ChatOptions()
        self._setting = False
        self._preset = QComboBox()
        self._preset.setEditable(True)
        self._preset.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._preset.setSizeAdjustPolicy(SHRINK)
        self._preset.setAccessibleName("Preset")
        self._preset.view().setAccessibleName("Presets")
        self._preset_heading = _heading("Preset")
        self._save = QPushButton("Save")
        self._save.setAccessibleName("Save as preset")
        self._delete = IconButton("trash", "Delete this preset")
        self._own_presets: frozenset[str] = frozenset()
        self._system = QPlainTextEdit()
        self._system.setAccessibleName("System prompt")
        self._system.setPlaceholderText("Instructions that stand before every conversation")
        self._system.setTabChangesFocus(True)
        self._system.setFixedHeight(96)
        self._thinking = _choice(THINKING, "Thinking")
        self._overflow = _choice(OVERFLOW_WORDS.items(), "Overflow")
        for index, help_text in enumerate(OVERFLOW_HELP.values()):
            self._overflow.setItemData(index, help_text, Qt.ItemDataRole.ToolTipRole)
        self._max_tokens = QSpinBox()
        self._max_tokens.setRange(-1, 1_000_000)
        self._max_tokens.setSpecialValueText("Until it ends")
        self._max_tokens.setAccessibleName("Longest reply in tokens")
        self._stop = QLineEdit()
        self._stop.setPlaceholderText("Words that end the reply, comma between")
        self._stop.setAccessibleName("Stop words")
        keep_still(self._preset, self._thinking, self._overflow, self._max_tokens)
        self._sampling = SamplingForm()
        self._output = OutputForm()
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._lay_out()
        self._connect_signals()

    def value(self) -> ChatOptions:
        grammar, json_schema = self._output.value()
        return replace(
            self._base,
            system_prompt=self._system.toPlainText(),
            sampling=self._sampling.value(),
            max_tokens=self._max_tokens.value(),
            overflow=cast(Overflow, self._overflow.currentData()),
            thinking=cast(Thinking, self._thinking.currentData()),
            grammar=grammar,
            json_schema=json_schema,
            stop=tuple(word.strip() for word in self._stop.text().split(",") if word.strip()),
        )

    def set_value(self, options: ChatOptions) -> None:
        if options == self.value():
            return
        self._setting = True
        self._base = options
        self._system.setPlainText(options.system_prompt)
        self._sampling.set_value(options.sampling)
        self._max_tokens.setValue(options.max_tokens)
        self._overflow.setCurrentIndex(self._overflow.findData(options.overflow))
        self._thinking.setCurrentIndex(self._thinking.findData(options.thinking))
        self._output.set_value(options.grammar, options.json_schema)
        self._stop.setText(", ".join(options.stop))
        self._setting = False
        self.value_shown.emit(options)

    @property
    def preset(self) -> str:
        """The name in the field, whether there is a preset of it or not."""
        return self._preset.currentText().strip()

    def set_presets(self, names: list[str], own: frozenset[str], current: str = "") -> None:
        """Only `own` ones can be deleted."""
        self._own_presets = own
        self._preset.blockSignals(True)
        self._preset.clear()
        self._preset.addItems(names)
        self._preset.blockSignals(False)
        self.show_preset(current)

    def show_preset(self, name: str, *, with_changes: bool = False) -> None:
        self._preset.setCurrentIndex(self._preset.findText(name))
        self._preset.setEditText(name)
        self._on_preset_named()
        self._preset_heading.setText("Preset, with changes" if with_changes else "Preset")

    def show_verdict(self, sentence: str, good: bool) -> None:
        self._output.show_verdict(sentence, good)
        # It has its place only after the layout has heard of it.
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self._output.verdict))

    def settle(self) -> None:
        """Hand out a change that is still waiting, for instance before a message is sent."""
        if self._timer.isActive():
            self._timer.stop()
            self.changed.emit(self.value())

    @property
    def needed_px(self) -> int:
        """The width at which nothing is cut off, with the scroll bar."""
        inside, bar = self.widget(), self.verticalScrollBar()
        return (inside.minimumSizeHint().width() if inside else 0) + bar.sizeHint().width()

    def focus_first(self) -> None:
        self._preset.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.verticalScrollBar().setValue(0)

    # ---- inside ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("chat-options-inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(6)
        preset = QHBoxLayout()
        preset.addWidget(self._preset, 1)
        preset.addWidget(self._save)
        preset.addWidget(self._delete)
        column.addWidget(self._preset_heading)
        column.addLayout(preset)
        sections = (
            ("System prompt", self._system),
            ("Thinking", self._thinking),
            ("When the chat outgrows the context", self._overflow),
            ("Longest reply", self._max_tokens),
            ("Sampling", self._sampling),
            ("Output", self._output),
            ("Stop words", self._stop),
        )
        for words, widget in sections:
            column.addSpacing(8)
            column.addWidget(_heading(words))
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(inside)

    def _connect_signals(self) -> None:
        self._system.textChanged.connect(self._on_changed)
        self._thinking.currentIndexChanged.connect(self._on_changed)
        self._overflow.currentIndexChanged.connect(self._on_changed)
        self._max_tokens.valueChanged.connect(self._on_changed)
        self._stop.textChanged.connect(self._on_changed)
        self._sampling.changed.connect(self._on_changed)
        self._output.changed.connect(self._on_changed)
        self._output.check_requested.connect(self.check_requested)
        self._timer.timeout.connect(lambda: self.changed.emit(self.value()))
        self._preset.activated.connect(
            lambda index: self.preset_chosen.emit(self._preset.itemText(index))
        )
        self._preset.currentTextChanged.connect(self._on_preset_named)
        field = self._preset.lineEdit()
        assert field is not None
        field.setPlaceholderText("Choose, or name a new one")
        field.returnPressed.connect(self._on_preset_entered)
        self._save.clicked.connect(lambda: self.preset_save_requested.emit(self.preset))
        self._delete.clicked.connect(lambda: self.preset_delete_requested.emit(self.preset))

    def _on_preset_named(self) -> None:
        self._delete.setVisible(self.preset in self._own_presets)

    def _on_preset_entered(self) -> None:
        """Enter saves under a new name; under a known one the preset has just been chosen."""
        if self._preset.findText(self.preset) < 0:
            self.preset_save_requested.emit(self.preset)

    def _on_changed(self) -> None:
        if not self._setting:
            self._timer.start()


def _heading(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "small")
    return label


def _choice(items: Iterable[tuple[str, str]], name: str) -> QComboBox:
    box = QComboBox()
    for key, words in items:
        box.addItem(words, key)
    box.setAccessibleName(name)
    box.view().setAccessibleName(name)
    return box
