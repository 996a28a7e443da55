"""The switch that seals Assay, and what is outside at the moment."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from app.network_state import NetworkState

SEALED = (
    "Nothing leaves this machine. A download or a server elsewhere needs your yes for that one act."
)
OPENED = "Nothing leaves this machine but what you have let out."
OPEN = (
    "What you ask for may leave this machine without a question: a download, a server that you "
    "added. Nothing else may."
)


class SealCard(QFrame):
    """`sealed` carries what the user chose; `shut` asks to end what is outside."""

    sealed = Signal(bool)
    shut = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.switch = QCheckBox("Sealed")
        self.switch.setAccessibleName("Sealed")
        self.switch.toggled.connect(self.sealed)
        self._sentence = _wrapped("secondary")
        self._outside = _wrapped("warning")
        self.shut_button = QPushButton("Close the door now")
        self.shut_button.setAccessibleName("Close the door now")
        self.shut_button.clicked.connect(self.shut)
        outside = QHBoxLayout()
        outside.addWidget(self._outside, 1)
        outside.addWidget(self.shut_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addWidget(self.switch)
        column.addWidget(self._sentence)
        column.addLayout(outside)
        self.show_state(NetworkState(True))

    def show_state(self, state: NetworkState) -> None:
        with QSignalBlocker(self.switch):
            self.switch.setChecked(state.is_sealed)
        words = OPEN if not state.is_sealed else OPENED if state.outside else SEALED
        self._sentence.setText(words)
        self.switch.setAccessibleDescription(words)
        if not state.outside and self.shut_button.hasFocus():
            self.switch.setFocus()  # or the next key would be for the switch that serves models
        self._outside.setText(f"Outside now: {', '.join(state.outside)}.")
        for part in (self._outside, self.shut_button):
            part.setVisible(bool(state.outside))


def _wrapped(role: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setProperty("role", role)
    return label
