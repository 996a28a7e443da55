"""How text in a message looks: fonts and colours taken from the theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QTextCharFormat

from app.widgets.fonts import mono_font, text_font
from app.widgets.tokens import Tokens

HEADING_SCALE = {"h1": 1.4, "h2": 1.22, "h3": 1.1}


@dataclass(frozen=True)
class CodeColours:
    """Foregrounds of highlighted code; each keeps 4.5 : 1 against the code background."""

    keyword: str
    string: str
    comment: str
    number: str
    name: str


LIGHT_CODE = CodeColours("#6f42c1", "#0b6b3a", "#5f6672", "#8a4b00", "#1f4fbf")
DARK_CODE = CodeColours("#c9a6ff", "#8fd6a5", "#9aa3b2", "#f0b072", "#8db8ff")


@dataclass(frozen=True)
class TextStyle:
    """Fonts and colours of one theme at one text size."""

    text_font: QFont
    code_font: QFont
    text: str
    secondary: str
    accent: str
    hairline: str
    code_background: str
    code: CodeColours

    @property
    def text_px(self) -> int:
        return self.text_font.pixelSize()

    @property
    def indent_px(self) -> int:
        return round(self.text_px * 1.9)

    def characters(self, heading: str = "", *, quoted: bool = False) -> QTextCharFormat:
        """Of running text, or of a heading ("h1" to "h6")."""
        characters = QTextCharFormat()
        font = QFont(self.text_font)
        if heading:
            font.setPixelSize(round(self.text_px * HEADING_SCALE.get(heading, 1.0)))
            font.setWeight(QFont.Weight.DemiBold)
        characters.setFont(font)
        characters.setForeground(QColor(self.secondary if quoted else self.text))
        return characters

    def code_characters(self, *, inline: bool) -> QTextCharFormat:
        characters = QTextCharFormat()
        characters.setFont(self.code_font)
        characters.setForeground(QColor(self.text))
        if inline:
            characters.setBackground(QColor(self.code_background))
        return characters

    def quiet_characters(self) -> QTextCharFormat:
        characters = QTextCharFormat()
        font = QFont(self.text_font)
        font.setPixelSize(self.text_px - 1)
        characters.setFont(font)
        characters.setForeground(QColor(self.secondary))
        return characters


def style_from_tokens(tokens: Tokens) -> TextStyle:
    return TextStyle(
        text_font=text_font(tokens),
        code_font=mono_font(tokens),
        text=tokens.text,
        secondary=tokens.text_secondary,
        accent=tokens.accent_text,
        hairline=tokens.hairline,
        code_background=tokens.sunken,
        code=DARK_CODE if tokens.dark else LIGHT_CODE,
    )
