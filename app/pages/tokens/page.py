"""What a model reads: a text through tokenizers, and a chat as what is really sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.late_tab import TabOnDemand
from app.pages.page import Artifact, Command, Page
from app.pages.tokens.dropped import choice_below, dropped_file
from app.pages.tokens.languages_tab import LanguagesTab
from app.pages.tokens.late_next_token import SAMPLING_NAME, LateNextToken
from app.pages.tokens.merges_tab import MergesTab
from app.pages.tokens.parity_tab import ParityTab
from app.pages.tokens.places import (
    LANGUAGES,
    MERGES,
    NEXT,
    PARITY,
    SURPRISE,
    TEMPLATE,
    TEXT,
    TRAIN,
)
from app.pages.tokens.surprise_tab import SurpriseTab
from app.pages.tokens.template_tab import TemplateTab
from app.pages.tokens.text_tab import TextTab
from app.pages.tokens.train_tab import TrainTab
from app.widgets.page_tabs import PageTabs
from labs.tokens.report import REPORT_NAME, token_report
from labs.tokens.surprise_sheet import SURPRISE_NAME
from labs.tokens.template_note import NAME as NOTE_NAME
from models.tokenizers.source import is_tokenizer_file

Tab = TypeVar("Tab", bound=QWidget)


class TokensPage(Page):
    title = "Tokens"
    icon = "puzzle-piece"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.text, self.next_token = TextTab(context), LateNextToken(context)
        self._template = self._late(TemplateTab)
        self._merges = self._late(MergesTab)
        self._train = self._late(TrainTab)
        self._languages = self._late(LanguagesTab)
        self._parity = self._late(ParityTab)
        self._surprise = self._late(SurpriseTab)
        self.tabs = PageTabs("Ways to look at tokens")
        self.tabs.addTab(self.text, "Text")
        self.tabs.addTab(self._template, "Chat template")
        self.tabs.addTab(self._merges, "Merges")
        self.tabs.addTab(self._train, "Train one")
        self.tabs.addTab(self._languages, "Languages")
        self.tabs.addTab(self._parity, "Same tokenizer twice")
        self.tabs.addTab(self._surprise, "Surprise")
        self.tabs.addTab(self.next_token, "Next token")
        self.content.addWidget(self.tabs)
        self.setAcceptDrops(True)
        for tab in (self.text, self.next_token):
            self._listen(tab)
        self.tabs.currentChanged.connect(lambda _index: self.activate())

    @property
    def template(self) -> TemplateTab:
        return self._template.made()

    @property
    def merges(self) -> MergesTab:
        return self._merges.made()

    @property
    def train(self) -> TrainTab:
        return self._train.made()

    @property
    def languages(self) -> LanguagesTab:
        return self._languages.made()

    @property
    def parity(self) -> ParityTab:
        return self._parity.made()

    @property
    def surprise(self) -> SurpriseTab:
        return self._surprise.made()

    def commands(self) -> list[Command]:
        return [
            Command("Open a text as tokens…", "", self.text.file.ask),
            Command("Add a tokenizer", "", self.text.add_tokenizer),
        ]

    def artifacts(self) -> tuple[Artifact, ...]:
        """What was counted: the text on show, the merges that were learned, and the languages
        where they were compared; what samplers make of a distribution, and the surprise of a
        text."""
        return (
            Artifact(REPORT_NAME, self._report),
            Artifact(SAMPLING_NAME, self.next_token.sheet),
            Artifact(SURPRISE_NAME, lambda: self.surprise.sheet()),
            Artifact(NOTE_NAME, lambda: self.template.note()),
        )

    def activate(self) -> None:
        if self.tabs.currentWidget() is self._template:
            self.template.render_once()
        elif self.tabs.currentWidget() is self._merges:
            self.merges.follow()
        elif self.tabs.currentWidget() is self._train:
            self.train.learn_once()
        elif self.tabs.currentWidget() is self._languages:
            self.languages.compare_once()

    def part(self, target: str) -> QWidget | None:
        """ "text" shows a text through tokenizers, "template" the X-ray of a chat, "merges" how a
        word becomes tokens, "train" a tokenizer of one's own, "languages" what languages cost,
        "parity" two sources of one tokenizer, "surprise" a text as a model sees it, "next" what
        it would write."""
        tabs: dict[str, QWidget] = {
            TEXT: self.text, TEMPLATE: self._template, MERGES: self._merges,
            TRAIN: self._train, LANGUAGES: self._languages, PARITY: self._parity,
            SURPRISE: self._surprise, NEXT: self.next_token,
        }  # fmt: skip
        return tabs.get(target)

    def open_target(self, target: str) -> None:
        if (part := self.part(target)) is not None:
            self.tabs.setCurrentWidget(part)

    def _late(self, make: Callable[[AppContext], Tab]) -> TabOnDemand[Tab]:
        place = TabOnDemand(self.context, make)
        place.when_ready(self._listen)
        return place

    def _listen(self, tab: Any) -> None:
        tab.failed.connect(self.show_error)
        tab.went_well.connect(self.clear_error)

    def _report(self) -> str:
        text, views = self.text.counted
        compared = self._languages.tab
        languages = compared.languages if compared is not None else None
        rows, reference = (languages.rows, languages.reference) if languages else ((), "")
        learned = self._train.tab
        trained = learned.report() if learned is not None else None
        return token_report(text, views, rows, reference, trained)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := dropped_file(event):
            event.acceptProposedAction()
            if self.tabs.currentWidget() is self._surprise:
                self.surprise.file.open(path)
            elif self.tabs.currentWidget() is self._train:
                self.train.file.open(path)
            elif is_tokenizer_file(path):
                self._take_tokenizer(str(path), event.position().toPoint())
            else:
                self.tabs.setCurrentWidget(self.text)
                self.text.file.open(path)

    def _take_tokenizer(self, name: str, place: QPoint) -> None:
        """For the choice that it was dropped on, or beside those of the tab."""
        if choice := choice_below(self, place):
            choice.choose(name)
            return
        if self.tabs.currentWidget() is self.next_token:
            self.tabs.setCurrentWidget(self.text)
        shown = self.tabs.currentWidget()
        tab: Any = shown.tab if isinstance(shown, TabOnDemand) else self.text
        tab.take_tokenizer(name)
