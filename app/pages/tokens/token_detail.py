"""One token of a text: what the models gave it, and what they would rather have read."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.tokens.probability_bars import BarRow, ProbabilityBars
from app.widgets.fonts import mono_font
from app.widgets.parts import words
from app.widgets.token_popup import percent, repr_token
from app.widgets.tokens import Tokens
from labs.tokens.surprise import TOP, Surprise, entropy_bits, surprise_bits
from models.engine.messages import TokenData

HOW = "Click a token to see what the model expected in its place."
NOT_READ = "This token has not been read."
FIRST = "Nothing stands before the first token, so there is no prediction."
BROKEN = "The model's numbers before this token were no numbers (NaN). It is left out of averages."
BOTH = "The likeliest of the first model above, of the second below; – is not among its ten."


@dataclass(frozen=True)
class Place:
    """A token of a reading."""

    surprise: Surprise
    index: int

    @property
    def token(self) -> TokenData | None:
        """None where nothing is known of it."""
        if self.index >= len(self.surprise.tokens):
            return None
        token = self.surprise.tokens[self.index]
        return None if token.logprob is None else token

    @property
    def text(self) -> str:
        cut = self.surprise.cut[self.index]
        return repr_token(cut.text) if cut.text else f"bytes {cut.raw.hex(' ')}"


class TokenDetail(QWidget):
    """Of one model, or of two that have the same token there."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.facts = words("", "heading"), words(HOW, "secondary")
        self.bars = ProbabilityBars(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.title, self.facts, self.bars):
            column.addWidget(widget)
        self.show_nothing()

    def setTokens(self, tokens: Tokens) -> None:
        self.title.setFont(mono_font(tokens, 14))

    def show_nothing(self, sentence: str = HOW) -> None:
        self.title.hide()
        self.bars.hide()
        self.facts.setText(sentence)

    def show_place(self, place: Place, *, with_model: bool = False) -> None:
        lead = f"{place.surprise.model}\n" if with_model else ""
        token = place.token
        if token is None:
            self._show(place.text, lead + _why(place), ())
        else:
            rows = [
                BarRow(repr_token(each.text), math.exp(each.logprob),
                       marked=each.token_id == token.token_id)
                for each in token.top
            ]  # fmt: skip
            self._show(place.text, f"{lead}{_facts(token)}\nIt expected:", rows)

    def show_both(self, first: Place, second: Place) -> None:
        """Of the same token; their vocabularies must be the same too."""
        mine, other = first.token, second.token
        if mine is None or other is None:
            self.show_place(first if mine is None else second, with_model=True)
            return
        told = [f"{each.surprise.model}\n{_facts(token)}"
                for each, token in ((first, mine), (second, other))]  # fmt: skip
        self._show(first.text, "\n".join([*told, BOTH]), _rows_of_both(mine, other))

    def _show(self, title: str, facts: str, rows: list[BarRow] | tuple[()]) -> None:
        self.title.setText(title)
        self.title.show()
        self.facts.setText(facts)
        self.bars.show_rows(rows)
        self.bars.setVisible(bool(rows))


def _why(place: Place) -> str:
    if place.index >= len(place.surprise.tokens):
        return NOT_READ
    return BROKEN if place.surprise.is_broken(place.index) else FIRST


def _facts(token: TokenData) -> str:
    probability = percent(math.exp(token.logprob or 0.0))
    surprise, entropy = surprise_bits(token) or 0.0, entropy_bits(token) or 0.0
    return (
        f"Probability {probability}, rank {token.rank or 0:,}\n"
        f"Surprise {surprise:.2f} bits, entropy {entropy:.2f} bits"
    )


def _rows_of_both(first: TokenData, second: TokenData) -> list[BarRow]:
    shares = [{each.token_id: math.exp(each.logprob) for each in token.top}
              for token in (first, second)]  # fmt: skip
    texts = {each.token_id: each.text for token in (first, second) for each in token.top}
    order = sorted(texts, key=lambda i: -max(share.get(i, 0.0) for share in shares))
    return [
        BarRow(repr_token(texts[i]), shares[0].get(i, 0.0), shares[1].get(i, 0.0),
               marked=i == first.token_id)
        for i in order[:TOP]
    ]  # fmt: skip
