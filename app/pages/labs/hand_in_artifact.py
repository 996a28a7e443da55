"""A file that was handed in with a lab: what it is for, when it was kept, and its text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from app.pages.labs.fold import Fold
from app.runs.run_list import date_text
from app.widgets.parts import words
from app.widgets.tokens import Tokens
from labs.hand_ins.lab_hand_in import HandedArtifact

MOST_LETTERS = 200_000  # shown; the whole file lies in the archive
HEIGHT_PX = 240


class HandedFile(QFrame):
    def __init__(self, artifact: HandedArtifact) -> None:
        super().__init__()
        self._artifact = artifact
        self._tokens = Tokens()
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        column.addWidget(words(artifact.file, "mono"))
        if artifact.about:
            column.addWidget(words(artifact.about, "secondary"))
        if artifact.kept_at:
            column.addWidget(words(f"Kept {date_text(artifact.kept_at)}", "small"))
        if artifact.problem:
            column.addWidget(words(f"It {artifact.problem}.", "warning"))
        self.fold = Fold(f"Show {artifact.file}", self._text)
        self.fold.setVisible(artifact.text is not None)
        column.addWidget(self.fold)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def _text(self) -> Sequence[QWidget]:
        whole = self._artifact.text or ""
        field = QPlainTextEdit(whole[:MOST_LETTERS])
        field.setReadOnly(True)
        field.setProperty("role", "mono")
        field.setAccessibleName(self._artifact.file)
        field.setFixedHeight(self._tokens.px(HEIGHT_PX))
        if len(whole) <= MOST_LETTERS:
            return [field]
        rest = f"The first {MOST_LETTERS:,} of {len(whole):,} letters; the rest is in the archive."
        return [field, words(rest, "small")]
