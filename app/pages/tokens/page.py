"""What a model reads: a text through tokenizers, and a chat as what is really sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QTabWidget

from app.context import AppContext
from app.pages.page import Artifact, Command, Page
from app.pages.tokens.languages_tab import LanguagesTab
from app.pages.tokens.late_next_token import SAMPLING_NAME, LateNextToken
from app.pages.tokens.merges_tab import MergesTab
from app.pages.tokens.parity_tab import ParityTab
from app.pages.tokens.places import LANGUAGES, MERGES, NEXT, PARITY, SURPRISE, TEMPLATE
from app.pages.tokens.surprise_tab import SurpriseTab
from app.pages.tokens.template_tab import TemplateTab
from app.pages.tokens.text_tab import TextTab
from labs.tokens.report import REPORT_NAME, token_report
from labs.tokens.surprise_sheet import SURPRISE_NAME
from labs.tokens.template_note import NAME as NOTE_NAME


class TokensPage(Page):
    title = "Tokens"
    icon = "puzzle-piece"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.text, self.template = TextTab(context), TemplateTab(context)
        self.merges = MergesTab(context)
        self.languages, self.parity = LanguagesTab(context), ParityTab(context)
        self.surprise, self.next_token = SurpriseTab(context), LateNextToken(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Ways to look at tokens")
        self.tabs.addTab(self.text, "Text")
        self.tabs.addTab(self.template, "Chat template")
        self.tabs.addTab(self.merges, "Merges")
        self.tabs.addTab(self.languages, "Languages")
        self.tabs.addTab(self.parity, "Same tokenizer twice")
        self.tabs.addTab(self.surprise, "Surprise")
        self.tabs.addTab(self.next_token, "Next token")
        self.content.addWidget(self.tabs)
        self.setAcceptDrops(True)
        tabs = (
            self.text,
            self.template,
            self.languages,
            self.parity,
            self.surprise,
            self.next_token,
        )
        for tab in tabs:
            tab.failed.connect(self.show_error)
            tab.went_well.connect(self.clear_error)
        self.merges.table.failed.connect(self.show_error)
        self.tabs.currentChanged.connect(lambda _index: self.activate())

    def commands(self) -> list[Command]:
        return [
            Command("Open a text as tokens…", "", self.text.ask_for_file),
            Command("Add a tokenizer", "", self.text.add_tokenizer),
        ]

    def artifacts(self) -> tuple[Artifact, ...]:
        """What was counted: the text on show, and the languages where they were compared; what
        samplers make of a distribution, and the surprise of a text."""
        return (
            Artifact(REPORT_NAME, self._report),
            Artifact(SAMPLING_NAME, self.next_token.sheet),
            Artifact(SURPRISE_NAME, self.surprise.sheet),
            Artifact(NOTE_NAME, self.template.note),
        )

    def activate(self) -> None:
        if self.tabs.currentWidget() is self.template:
            self.template.render_once()
        elif self.tabs.currentWidget() is self.merges:
            self.merges.follow()
        elif self.tabs.currentWidget() is self.languages:
            self.languages.compare_once()

    def open_target(self, target: str) -> None:
        """ "template" shows the X-ray of a chat, "merges" how a word becomes tokens, "languages"
        what languages cost, "parity" two sources of one tokenizer, "surprise" a text as a model
        sees it, "next" what it would write."""
        tabs = {TEMPLATE: self.template, MERGES: self.merges, LANGUAGES: self.languages,
                PARITY: self.parity,
                SURPRISE: self.surprise, NEXT: self.next_token}  # fmt: skip
        if target in tabs:
            self.tabs.setCurrentWidget(tabs[target])

    def _report(self) -> str:
        views = [column.view for column in self.text.columns if column.view is not None]
        languages = self.languages.languages
        rows, reference = (languages.rows, languages.reference) if languages else ((), "")
        return token_report(self.text.source.text, views, rows, reference)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _text_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := _text_file(event):
            event.acceptProposedAction()
            tab = self.surprise if self.tabs.currentWidget() is self.surprise else self.text
            self.tabs.setCurrentWidget(tab)
            tab.open_file(path)


def _text_file(event: QDragEnterEvent | QDropEvent) -> Path | None:
    """A model that is dropped belongs to the window."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return next((p for p in paths if p.is_file() and p.suffix != ".gguf"), None)
