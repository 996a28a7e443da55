"""Get models: look a repository of the hub up, see what would fit, download with one act."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.jobs import Job
from app.pages.models import get_models_work as work
from app.pages.models.get_models_cards import CuratedCards
from app.pages.models.get_models_downloads import Downloads
from app.pages.models.get_models_offer import OfferPanel, RowState
from app.pages.models.get_models_parts import AskBar, TokenBox
from app.widgets.parts import in_the_middle, scrolled
from app.widgets.task_row import TaskRow
from models.download.choices import Choice
from models.download.hub import Hub, download_reason, look_reason
from models.download.hub_process import LockedError
from models.download.offer import Offer
from models.download.repository import Repository, parse_repository
from models.errors import UserError
from models.network import Sealed

COLUMN_PX = 960


class GetModelsTab(QWidget):
    """`failed` carries a UserError and what to do again once the door is open; `arrived` and
    `shown` the path of a model, when it has come and when the user wants to see it."""

    failed = Signal(object, object)
    went_well = Signal()
    arrived = Signal(object)
    shown = Signal(object)

    def __init__(self, context: AppContext, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._hub = context, hub
        self._looking: Job | None = None
        self._has_begun = False
        self.paste = QLineEdit(placeholderText="Name or address of a repository")
        self.paste.setAccessibleName("Repository")
        self.paste.setClearButtonEnabled(True)
        self.look_button = QPushButton("See files")
        self.look_button.setProperty("role", "primary")
        self.look_button.setAccessibleName("See the files of the repository")
        self.token_button = QPushButton("Access token…")
        self.token_button.setProperty("role", "quiet")
        self.token_button.setAccessibleName("Access token")
        self.token_button.setCheckable(True)
        self.way = QLabel(wordWrap=True)
        self.way.setProperty("role", "small")
        self.ask, self.token = AskBar(), TokenBox()
        self.waiting = TaskRow("Looking the repository up")
        self.cards, self.panel = CuratedCards(), OfferPanel()
        self.downloads = Downloads(context, hub)
        self._lay_out()
        self._connect_signals()
        self._show_only(self.cards)

    # ---- what the page asks ----------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_way()
        if not self._has_begun:
            self._has_begun = True
            job = self._context.jobs.start(lambda _token: work.begin())
            job.finished.connect(self._on_begun)
            job.failed.connect(lambda error: self.failed.emit(error, None))

    def look(self) -> None:
        """Look up what is in the box; while sealed, only after a yes."""
        try:
            repository = parse_repository(self.paste.text(), self._hub.endpoint)
        except UserError as error:
            self.failed.emit(error, None)
            return
        self._with_open_door(look_reason(repository), partial(self._look, repository))

    def look_up(self, repository: str) -> None:
        self.paste.setText(repository)
        self.paste.setFocus()  # the button that was pressed is hidden meanwhile
        self.look()

    # ---- looking ---------------------------------------------------------------------------

    def _look(self, repository: Repository) -> None:
        """What was said yes to, whatever is in the box by now."""
        if self._looking is not None:
            self._looking.cancel()
        job = self._context.jobs.start(
            lambda token: work.look(self._hub, repository, token),
            f"Looking up {repository.repo}",
        )
        self._looking = job
        self.waiting.show_progress(None, "", None, stopping=False)
        self._show_only(self.waiting)
        job.updated.connect(self._on_look_updated)
        job.finished.connect(partial(self._on_found, job))
        job.failed.connect(partial(self._on_look_failed, job, partial(self._look, repository)))
        job.cancelled.connect(partial(self._on_look_stopped, job))

    def _on_look_updated(self) -> None:
        job = self._looking
        if job is not None and job.is_running:
            detail = job.status.detail
            self.waiting.show_progress(None, detail, None, stopping=job.is_stopping)

    def _on_found(self, job: Job, found: work.Found) -> None:
        if job is self._looking:  # else another was looked up meanwhile
            self._looking = None
            self.went_well.emit()
            self.show_found(found)

    def show_found(self, found: work.Found) -> None:
        """The choices of a repository in the place of the short list."""
        self.panel.show_found(found)
        for choice_id in self.downloads.running_in(found.offer.listing.repo):
            self.panel.show_state(choice_id, "downloading")
        self._context.theme.hand_to(self.panel)
        self._show_only(self.panel)

    def _on_look_failed(self, job: Job, again: Callable[[], None], error: UserError) -> None:
        if job is self._looking:
            self._on_look_stopped(job)
            self._fail(error, again)

    def _on_look_stopped(self, job: Job) -> None:
        if job is self._looking:
            self._looking = None
            self._show_only(self.cards)

    # ---- downloading -----------------------------------------------------------------------

    def _ask_download(self, offer: Offer, choice: Choice) -> None:
        self.paste.setFocus()  # not on the button of another download
        start = partial(self.downloads.start, offer, choice)
        self._with_open_door(download_reason(choice), start)

    def _on_download_changed(self, repo: str, choice_id: str, state: RowState) -> None:
        if self.panel.offer is not None and self.panel.offer.listing.repo == repo:
            self.panel.show_state(choice_id, state)

    def _on_download_failed(self, error: UserError, again: Callable[[], None]) -> None:
        """Its row says what happened; the bar above only what a click can change."""
        if isinstance(error, Sealed):
            self.failed.emit(error, again)
        elif isinstance(error, LockedError):
            self._open_token()

    def _on_arrived(self, path: Path) -> None:
        self.went_well.emit()
        self.arrived.emit(path)

    # ---- inside ----------------------------------------------------------------------------

    def _with_open_door(self, reason: str, go: Callable[[], None]) -> None:
        """Go, where nothing stands in the way; else ask first."""
        act = self._hub.act(reason)
        if act is None:
            self.ask.hide()
            go()
            return

        def yes() -> None:
            self.paste.setFocus()
            self._context.services.gate.allow_once(act)
            go()

        self.ask.ask(act, yes)

    def _fail(self, error: UserError, again: Callable[[], None]) -> None:
        if isinstance(error, LockedError):
            self._open_token()
        self.failed.emit(error, again)

    def _open_token(self) -> None:
        self.token_button.setChecked(True)
        self.token.field.setFocus()

    def _save_token(self, token: str) -> None:
        """In a job: the keyring may ask for its password, for as long as that takes."""
        self.token.setEnabled(False)
        job = self._context.jobs.start(lambda _token: work.save_token(self._hub, token))
        job.finished.connect(lambda _result: self._on_token_saved(token))
        job.failed.connect(lambda error: self.failed.emit(error, None))
        job.ended.connect(lambda: self.token.setEnabled(True))

    def _on_token_saved(self, token: str) -> None:
        self.went_well.emit()
        self.token.done()
        self.token_button.setChecked(False)
        words = "The access token is in the keyring." if token else "The access token is forgotten."
        self._context.notices.info(words)

    def _on_begun(self, begun: work.Begun) -> None:
        self.cards.show_models(begun.curated, begun.memory)
        self._context.theme.hand_to(self.cards)

    def _show_only(self, shown: QWidget) -> None:
        for widget in (self.cards, self.waiting, self.panel):
            widget.setVisible(widget is shown)

    def _show_way(self) -> None:
        """A proxy is a second pair of eyes, so it is told."""
        try:
            proxies = self._hub.proxies()
        except UserError as error:
            self.way.setText(str(error))
        else:
            address = urlsplit(proxies.get("https") or proxies.get("http") or "")
            self.way.setText(f"Goes through the proxy {address.hostname}:{address.port or 80}.")
            self.way.setVisible(bool(address.hostname))

    def _lay_out(self) -> None:
        intro = QLabel(
            "Paste the name or address of a repository of the Hugging Face hub. Files go to the "
            f"cache that other programs share ({_short(self._hub.cache)}), and nothing is fetched "
            "before you choose.",
            wordWrap=True,
        )
        intro.setProperty("role", "secondary")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.paste, 1)
        line.addWidget(self.look_button)
        line.addWidget(self.token_button)
        inside = QWidget()
        inside.setProperty("role", "page")
        inside.setMaximumWidth(COLUMN_PX)
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(12)
        column.addWidget(intro)
        column.addLayout(line)
        for part in (
            self.way, self.token, self.ask, self.downloads, self.waiting, self.panel, self.cards
        ):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(in_the_middle(inside), "Get models"))

    def _connect_signals(self) -> None:
        self.look_button.clicked.connect(self.look)
        self.paste.returnPressed.connect(self.look)
        self.cards.chosen.connect(self.look_up)
        self.panel.download_asked.connect(self._ask_download)
        self.downloads.changed.connect(self._on_download_changed)
        self.downloads.arrived.connect(self._on_arrived)
        self.downloads.shown.connect(self.shown)
        self.downloads.again_asked.connect(self._ask_download)
        self.downloads.failed.connect(self._on_download_failed)
        self.panel.left.connect(self._leave)
        self.waiting.stop_requested.connect(self._stop_looking)
        self.ask.no_button.clicked.connect(self.paste.setFocus)
        self.token_button.toggled.connect(self.token.setVisible)
        self.token.saved.connect(self._save_token)

    def _leave(self) -> None:
        self.paste.setFocus()
        self._show_only(self.cards)

    def _stop_looking(self) -> None:
        self.paste.setFocus()
        if self._looking is not None:
            self._looking.cancel()


def _short(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
