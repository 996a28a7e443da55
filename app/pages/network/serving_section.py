"""The switch that serves models to other programs, with what they need to know."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.jobs import Job
from app.pages.network.serving_work import Serving, renew, serve
from models.cancel import CancelToken
from models.remote.tokens import KeyringTokens, Tokens

TITLE = "Serve models to other programs"
TASK = "Serving models to other programs"
OFF = (
    "Off. Editors, notebooks and scripts on this machine could use the models of Assay as they "
    "use OpenAI's."
)
ON = (
    "Programs on this machine that know the token can use your models. No other machine can reach "
    "the address. It ends when Assay is closed."
)
STARTING, STOPPING = "Starting …", "Stopping …"
ANY_MODEL = "Each program names one of your models, such as “starter”; it is loaded when asked for."
KEPT = "The keyring of this system keeps the token; it stays the same next time."
NOT_KEPT = "This system has no keyring, so the next start makes another token."
HIDDEN = "•" * 24


class ServingSection(QFrame):
    """`failed` carries a UserError. The server is a task: it goes on while other pages are in
    front, can be stopped among the tasks, and ends with the window."""

    failed = Signal(object)

    def __init__(
        self, context: AppContext, tokens: Tokens | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._tokens = tokens or KeyringTokens()
        self._job: Job | None = None
        self._serving: Serving | None = None
        self.setProperty("role", "card")
        self.switch = QCheckBox(TITLE)
        self.switch.setAccessibleName(TITLE)
        self.sentence = QLabel(OFF, wordWrap=True)
        self.sentence.setProperty("role", "secondary")
        self.address, self.token = _mono("Address of the server"), _mono("Token")
        self.requests = QLabel()
        self.requests.setAccessibleName("Requests")
        self._kept = QLabel(wordWrap=True)
        self._kept.setProperty("role", "small")
        self.copy_address = _button("Copy", "Copy the address")
        self.show_token = _button("Show", "Show the token")
        self.show_token.setCheckable(True)
        self.copy_token = _button("Copy", "Copy the token")
        self.new_token = _button("Make a new one", "Make a new token")
        self._details = self._lay_out_details()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        for part in (self.switch, self.sentence, self._details):
            column.addWidget(part)
        self._connect_signals()
        self._show()

    def _lay_out_details(self) -> QWidget:
        details = QWidget()
        grid = QGridLayout(details)
        grid.setContentsMargins(0, 8, 0, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        model = QLabel(ANY_MODEL, wordWrap=True)
        rows: tuple[tuple[str, QWidget, tuple[QPushButton, ...]], ...] = (
            ("Address", self.address, (self.copy_address,)),
            ("Token", self.token, (self.show_token, self.copy_token, self.new_token)),
            ("", self._kept, ()),
            ("Model", model, ()),
            ("Requests", self.requests, ()),
        )
        for number, (name, value, buttons) in enumerate(rows):
            label = QLabel(name)
            label.setProperty("role", "secondary")
            grid.addWidget(label, number, 0)
            grid.addWidget(value, number, 1, 1, 1 if buttons else 2)
            if buttons:
                grid.addLayout(_side_by_side(buttons), number, 2)
        return details

    def _connect_signals(self) -> None:
        self.switch.toggled.connect(self._on_switch)
        self.show_token.toggled.connect(lambda _on: self._show())
        self.copy_address.clicked.connect(lambda: self._copy("address"))
        self.copy_token.clicked.connect(lambda: self._copy("token"))
        self.new_token.clicked.connect(self._renew)

    # ---- the task ----

    def _on_switch(self, wanted: bool) -> None:
        if wanted and self._job is None:
            self._start()
        elif not wanted and self._job is not None:
            self._job.cancel()
        self._show()

    def _start(self) -> None:
        services, tokens = self._context.services, self._tokens
        on_bug = self._context.jobs.bug_found.emit

        def work(cancel: CancelToken) -> Generator[Serving, None, None]:
            return serve(services, tokens, cancel, on_bug)

        self._job = self._context.jobs.start(work, TASK)
        self._job.progress.connect(self._on_serving)
        self._job.failed.connect(self.failed)
        self._job.updated.connect(self._show)
        self._job.ended.connect(self._on_ended)

    def _on_serving(self, serving: Serving) -> None:
        self._serving = serving
        self._show()

    def _on_ended(self) -> None:
        self._job = self._serving = None
        with QSignalBlocker(self.switch):
            self.switch.setChecked(False)
        self._show()

    def _renew(self) -> None:
        """Asking the keyring may take a moment; what is asked from now on needs the new one."""
        serving, tokens = self._serving, self._tokens

        def work(_cancel: CancelToken) -> Generator[str, None, bool]:
            yield "Making a token"
            token, is_kept = renew(tokens)
            if serving:
                serving.access.token = token
            return is_kept

        job = self._context.jobs.start(work)
        job.finished.connect(self._on_renewed)

    def _on_renewed(self, is_kept: bool) -> None:
        self._kept.setText(KEPT if is_kept else NOT_KEPT)
        self._show()
        self._context.notices.info(
            "There is a new token.", "Programs with the old one are refused from now on.",
            key="serving",
        )  # fmt: skip

    # ---- what is seen ----

    def _show(self) -> None:
        serving = self._serving
        is_stopping = self._job is not None and self._job.is_stopping
        self.switch.setEnabled(not is_stopping)
        self.sentence.setText(self._sentence(is_stopping))
        self.switch.setAccessibleDescription(self.sentence.text())
        self._details.setVisible(serving is not None and not is_stopping)
        if serving is None:
            return
        self.address.setText(serving.address)
        shown = self.show_token.isChecked()
        self.token.setText(serving.access.token if shown else HIDDEN)
        self.show_token.setText("Hide" if shown else "Show")
        self._kept.setText(self._kept.text() or (KEPT if serving.is_kept else NOT_KEPT))
        self.requests.setText(
            f"{serving.running} now, {serving.waiting} waiting, {serving.served:,} answered"
        )

    def _sentence(self, is_stopping: bool) -> str:
        if is_stopping:
            return STOPPING
        if self._serving is not None:
            return ON
        return OFF if self._job is None else STARTING

    def _copy(self, what: str) -> None:
        if self._serving is None:
            return
        is_token = what == "token"
        text = self._serving.access.token if is_token else self._serving.address
        QGuiApplication.clipboard().setText(text)
        self._context.notices.info(f"The {what} is on the clipboard.", key="serving")


def _mono(name: str) -> QLabel:
    text = QLabel()
    text.setAccessibleName(name)
    text.setProperty("role", "mono")
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return text


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(name)
    return button


def _side_by_side(buttons: tuple[QPushButton, ...]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return row
