"""Text within a paragraph: emphasis, code, links. Only web addresses become links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextCursor

from app.widgets.message_view.text_style import TextStyle

if TYPE_CHECKING:
    from markdown_it.token import Token

LINK_HREF = "link:"  # followed by an index into the links of the document
WEB_SCHEMES = ("http://", "https://", "mailto:")


@dataclass(frozen=True)
class InlineText:
    """`links` grows with every address; the document itself never holds one."""

    style: TextStyle
    links: list[str]

    def write(self, cursor: QTextCursor, tokens: list[Token], characters: QTextCharFormat) -> None:
        stack = [characters]
        for token in tokens:
            if token.nesting == 1:
                stack.append(self._opened(stack[-1], token))
            elif token.nesting == -1:
                stack.pop()
            else:
                self._write_text(cursor, token, stack[-1])

    def _write_text(self, cursor: QTextCursor, token: Token, characters: QTextCharFormat) -> None:
        match token.type:
            case "softbreak":
                cursor.insertText(" ", characters)
            case "hardbreak":
                cursor.insertText("\u2028", characters)
            case "code_inline":
                cursor.insertText(token.content, self.style.code_characters(inline=True))
            case "tex_inline":
                text = in_one_block(token.content)
                cursor.insertText(text, self.style.code_characters(inline=False))
            case "image":
                source = str(token.meta["source"])
                cursor.insertText(source, self.style.code_characters(inline=True))
            case _:
                cursor.insertText(token.content, characters)

    def _opened(self, characters: QTextCharFormat, token: Token) -> QTextCharFormat:
        shaped = QTextCharFormat(characters)
        match token.type:
            case "strong_open":
                shaped.setFontWeight(QFont.Weight.DemiBold)
            case "em_open":
                shaped.setFontItalic(True)
            case "s_open":
                shaped.setFontStrikeOut(True)
            case "link_open":
                self._make_link(shaped, str(token.attrs.get("href", "")))
        return shaped

    def _make_link(self, characters: QTextCharFormat, address: str) -> None:
        if not address.lower().startswith(WEB_SCHEMES):
            characters.setToolTip(address)
            return
        self.links.append(address)
        characters.setAnchor(True)
        characters.setAnchorHref(f"{LINK_HREF}{len(self.links) - 1}")
        characters.setForeground(QColor(self.style.accent))
        characters.setFontUnderline(True)


def in_one_block(text: str) -> str:
    """Line ends that stay inside one block."""
    return text.rstrip("\n").replace("\n", "\u2028")
