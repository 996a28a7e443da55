"""The window in which a server is added or changed, and tried out before it is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.pages.models.servers_parts import say
from app.widgets.parts import button, words
from models.errors import UserError
from models.network import Act, Sealed
from models.remote.server import Server, ServerState

TOKEN_HINT = "Kept in the keyring of this system. Most servers need none."


class ServerDialog(QDialog):
    """`test_asked` and `save_asked` tell that the fields are to be used; `let_out` carries the
    act that the user allows. With `server` it is changed, and its name stays."""

    test_asked = Signal()
    save_asked = Signal()
    let_out = Signal(object)
    edited = Signal()

    def __init__(self, parent: QWidget, server: Server | None, *, is_known: bool) -> None:
        super().__init__(parent)
        self.setObjectName("server-dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Edit a server" if is_known else "Add a server")
        self.is_known = is_known
        self._act: Act | None = None
        self.name = _field("Name", "LM Studio", server.name if server else "")
        self.name.setReadOnly(is_known)
        self.address = _field(
            "Address", "http://127.0.0.1:1234/v1", server.address if server else ""
        )
        self.token = _field("Token", "stays as it is" if is_known else "none")
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.outcome = words(role="secondary")
        self.outcome.hide()
        self.open_button = button("Open for this one act")
        self.open_button.hide()
        self.test = button("Test", name="Test the server")
        self.save = button("Save" if is_known else "Add", role="primary")
        self.save.setDefault(True)
        self.cancel = button("Cancel")
        self._lay_out()
        self._connect_signals()
        self._on_edited()
        (self.address if is_known else self.name).setFocus()

    @property
    def token_text(self) -> str | None:
        """None where a known one stays."""
        text = self.token.text().strip()
        return None if self.is_known and not text else text

    def show_busy(self, sentence: str) -> None:
        self._say(sentence, "secondary")

    def show_found(self, state: ServerState) -> None:
        count = len(state.entries)
        names = ", ".join(entry.name.partition("/")[2] for entry in state.entries[:3])
        more = "" if count <= 3 else f" and {count - 3} more"
        said = f"It answers with {names}{more}." if names else "It answers, and has no model."
        self._say(said, "good")

    def show_error(self, error: UserError) -> None:
        self._say(str(error), "danger", error.act if isinstance(error, Sealed) else None)

    def _say(self, sentence: str, role: str, act: Act | None = None) -> None:
        """The window grows with what is said; an `act` gets the button that lets it out."""
        self._act = act
        say(self.outcome, sentence, role)
        self.open_button.setVisible(act is not None)
        needed = self._column.totalHeightForWidth(self.width())
        self.resize(self.width(), max(self.height(), needed))

    def _let_out(self) -> None:
        if self._act is not None:
            self.let_out.emit(self._act)

    def _on_edited(self) -> None:
        is_whole = bool(self.name.text().strip() and self.address.text().strip())
        self.test.setEnabled(is_whole)
        self.save.setEnabled(is_whole)
        self._say("", "secondary")  # what was found out is not true of other fields
        self.edited.emit()

    def _connect_signals(self) -> None:
        self.name.textChanged.connect(self._on_edited)
        self.address.textChanged.connect(self._on_edited)
        self.token.textChanged.connect(self._on_edited)
        self.test.clicked.connect(self.test_asked)
        self.save.clicked.connect(self.save_asked)
        self.cancel.clicked.connect(self.close)
        self.open_button.clicked.connect(self._let_out)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.addRow("Name", self.name)
        form.addRow("Address", self.address)
        form.addRow("Token", self.token)
        hint = words(TOKEN_HINT, "small")
        hint.setWordWrap(False)  # or a form gives it the height of a column
        form.addRow("", hint)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.test)
        buttons.addWidget(self.open_button)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(form)
        column.addWidget(self.outcome)
        column.addLayout(buttons)
        self.setMinimumWidth(520)


def _field(name: str, placeholder: str, text: str = "") -> QLineEdit:
    made = QLineEdit(text, placeholderText=placeholder)
    made.setAccessibleName(name)
    return made
