"""What a repository offers: a row a choice with its size and forecast, and the button to get it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.pages.models.fit_panel import FitDot
from app.pages.models.get_models_work import Found
from app.widgets.fit_mark import fit_word
from app.widgets.tokens import Tokens
from models.amounts import size_text
from models.download.choices import SIZE_SENTENCES, Choice, shown_first
from models.download.offer import Offer
from models.fit import Forecast

RowState = Literal["offered", "downloading", "here"]
_ROLES = {"fits": "good", "slow": "warning", "wont_fit": "danger"}


class ChoiceRow(QFrame):
    """One choice: plain name, real type, size, whether it fits, Download."""

    download_asked = Signal(object)

    def __init__(self, choice: Choice, forecast: Forecast, *, is_recommended: bool) -> None:
        super().__init__()
        self.choice = choice
        self.setProperty("role", "card")
        self.setAccessibleName(choice.name)
        self.button = QPushButton("Download")
        self.button.setAccessibleName(f"Download {choice.name}")
        if is_recommended:
            self.button.setProperty("role", "primary")
        self.button.clicked.connect(lambda: self.download_asked.emit(choice))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(16)
        row.addLayout(self._words(is_recommended), 1)
        self._size = _label(size_text(choice.size_bytes), "mono")
        self._size.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._size)
        row.addLayout(_fit(forecast))
        row.addWidget(self.button)
        self.show_state("here" if choice.present_bytes >= choice.size_bytes else "offered")

    def setTokens(self, tokens: Tokens) -> None:
        """Columns stand below each other, whatever the buttons say."""
        self._size.setMinimumWidth(tokens.px(72))
        self.button.setMinimumWidth(tokens.px(116))

    def show_state(self, state: RowState) -> None:
        self.state = state
        is_partly_here = 0 < self.choice.present_bytes < self.choice.size_bytes
        words = {
            "offered": "Go on" if is_partly_here else "Download",
            "downloading": "Downloading…",
            "here": "Here already",
        }
        self.button.setText(words[state])
        self.button.setEnabled(state == "offered" and not self.choice.missing_parts)

    def _words(self, is_recommended: bool) -> QVBoxLayout:
        choice = self.choice
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(_label(choice.size_name or choice.name, "heading"))
        if choice.size_name:
            head.addWidget(_label(choice.quantization, "mono"))
        if is_recommended:
            head.addWidget(_label("Recommended", "badge"))
        head.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(head)
        about = _label(_about(choice), "small")
        about.setWordWrap(True)
        column.addWidget(about)
        return column


class OfferPanel(QWidget):
    """Three rows at first, all of them on demand; `download_asked` carries offer and choice."""

    download_asked = Signal(object, object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, ChoiceRow] = {}
        self._found: Found | None = None
        self._back = QPushButton("‹ Short list")
        self._back.setProperty("role", "quiet")
        self._back.setAccessibleName("Back to the short list")
        self._back.clicked.connect(self.left)
        self._title = _label("", "heading")
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._about = _label("", "secondary")
        self._about.setWordWrap(True)
        self.forecast = _label("", "small")
        self.forecast.setWordWrap(True)
        self.more = QPushButton("All choices")
        self.more.setAccessibleName("All choices")
        self.more.setProperty("role", "link")
        self.more.clicked.connect(self._show_all)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._about)
        column.addLayout(self._rows)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.forecast)

    def show_found(self, found: Found) -> None:
        self._found = found
        listing = found.offer.listing
        self._title.setText(listing.repo)
        licence = f"Licence: {listing.licence}." if listing.licence else "No licence is named."
        gated = " Its owner asks who downloads it." if listing.is_gated else ""
        self._about.setText(f"{licence}{gated}")
        self.forecast.setText(_forecast_words(found))
        shown = shown_first(found.offer.choices, found.offer.default)
        extra = (found.recommended,) if found.recommended and found.recommended not in shown else ()
        self._fill((*shown, *extra))
        self.more.setText(f"All {len(found.offer.choices)} choices")
        self.more.setAccessibleName(self.more.text())
        self.more.setVisible(len(self.rows) < len(found.offer.choices))

    def show_state(self, choice_id: str, state: RowState) -> None:
        if row := self.rows.get(choice_id):
            row.show_state(state)

    @property
    def offer(self) -> Offer | None:
        """The one that is shown, or was last."""
        return self._found.offer if self._found else None

    def _ask_download(self, choice: Choice) -> None:
        self.download_asked.emit(self.offer, choice)

    def _show_all(self) -> None:
        assert self._found is not None
        running = [name for name, row in self.rows.items() if row.state == "downloading"]
        self._fill(self._found.offer.choices)
        for name in running:
            self.show_state(name, "downloading")
        next(iter(self.rows.values())).button.setFocus()
        self.more.hide()

    def _fill(self, choices: tuple[Choice, ...]) -> None:
        for row in self.rows.values():
            row.hide()
            row.deleteLater()
        assert self._found is not None
        self.rows = {}
        for choice in sorted(choices, key=lambda each: each.size_bytes):
            row = ChoiceRow(
                choice,
                self._found.forecasts[choice.id],
                is_recommended=choice == self._found.recommended,
            )
            row.download_asked.connect(self._ask_download)
            self.rows[choice.id] = row
            self._rows.addWidget(row)


def _fit(forecast: Forecast) -> QHBoxLayout:
    dot, word = FitDot(), _label(fit_word(forecast.verdict), _ROLES[forecast.verdict])
    dot.show_verdict(forecast.verdict)
    word.setToolTip(f"{forecast.reason} {size_text(forecast.total_bytes)} together.")
    word.setMinimumWidth(word.fontMetrics().horizontalAdvance("May be slow"))
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(dot)
    row.addWidget(word)
    return row


def _about(choice: Choice) -> str:
    """The name of the file, and what comes with it."""
    parts = []
    if choice.missing_parts:
        parts.append(f"{choice.missing_parts} of its parts are missing at the hub")
    if len(choice.weights) > 1:
        parts.append(f"{len(choice.weights)} parts")
    if choice.n_projectors:
        parts.append("with a projector for images")
    if choice.format == "mlx":
        parts.append(f"MLX folder of {len(choice.files)} files")
    if choice.size_name:
        parts.append(SIZE_SENTENCES[choice.size_name])
    return " · ".join((choice.name, *parts))


def _forecast_words(found: Found) -> str:
    usual = found.forecasts[found.offer.default.id]
    if usual.is_rough:
        return (
            "Rough forecasts, from the sizes of the files alone: what the model needs beside its "
            "weights is known once it is here."
        )
    return (
        f"Forecasts for a chat of {usual.n_ctx:,} tokens, from the header at the hub, against "
        f"{size_text(usual.free_bytes)} free now in {usual.device}."
    )


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label
