"""Draws Markdown tokens into a text document with a cursor; no HTML is ever parsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextLength,
    QTextList,
    QTextListFormat,
    QTextTable,
)

from app.widgets.message_view import code_card
from app.widgets.message_view.inline_text import InlineText, in_one_block
from app.widgets.message_view.table_shape import pad, table_format, underline
from app.widgets.message_view.text_style import TextStyle

if TYPE_CHECKING:
    from markdown_it.token import Token

QUOTE_INDENT_PX = 14


@dataclass
class DocumentBuilder:
    """Writes at `cursor`, which stands at the start of an empty block."""

    cursor: QTextCursor
    style: TextStyle
    links: list[str]
    code_cell: QTextCursor | None = None  # where an open fence could grow
    _fresh: bool = True  # the block under the cursor is still unused
    _quotes: int = 0
    _lists: list[QTextListFormat] = field(default_factory=list)
    _item: QTextListFormat | None = None  # the next paragraph carries this item's marker
    _heading: str = ""

    def write(self, tokens: tuple[Token, ...]) -> None:
        table: list[Token] | None = None
        for token in tokens:
            if token.type == "table_open":
                table = []
            if table is None:
                self._write_block(token)
                continue
            table.append(token)
            if token.type == "table_close":
                self._write_table(table)
                table = None

    def close_unit(self) -> None:
        """Leave the cursor at the start of an empty block of its own."""
        if not self._fresh:
            self.cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
            self._fresh = True

    # ---- blocks ----------------------------------------------------------------------------

    def _write_block(self, token: Token) -> None:
        match token.type:
            case "paragraph_open":
                self._start_block(bottom=6 if self._lists else 10)
            case "heading_open":
                self._start_block(top=10, bottom=6, heading=token.tag)
            case "inline":
                self._write_inline(token.children or [])
            case "fence" | "code_block":
                self._write_code(token.content, token.info.strip().split(" ")[0])
            case "tex_block" | "html_block":
                self._start_block()
                text = in_one_block(token.content)
                self.cursor.insertText(text, self.style.code_characters(inline=False))
            case "hr":
                self._write_rule()
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "bullet_list_open" | "ordered_list_open":
                self._lists.append(self._list_format(token))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._item = self._lists[-1]
            case "list_item_close":
                self._end_item()

    def _start_block(self, top: float = 0, bottom: float = 10, heading: str = "") -> None:
        block = QTextBlockFormat()
        block.setTopMargin(top)
        block.setBottomMargin(bottom)
        block.setLineHeight(142.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if self._quotes:
            block.setProperty(QTextFormat.Property.BlockQuoteLevel, self._quotes)
            block.setLeftMargin(self._quotes * QUOTE_INDENT_PX)
        if self._lists:
            block.setIndent(len(self._lists))
        if heading:
            block.setHeadingLevel(int(heading[1]))
            block.setLineHeight(120.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        self._heading = heading
        characters = self._characters()
        if self._fresh:
            self.cursor.setBlockFormat(block)
            self.cursor.setBlockCharFormat(characters)
        else:
            self.cursor.insertBlock(block, characters)
        self._fresh = False
        self._take_item()

    def _take_item(self) -> None:
        if self._item is None:
            return
        created: QTextList = self.cursor.createList(self._item)
        created.setFormat(self._item)
        following = QTextListFormat(self._item)
        following.setStart(self._item.start() + 1)
        self._lists[-1] = following
        block = self.cursor.blockFormat()
        block.setIndent(0)  # the list indents, and a second indent would add to it
        self.cursor.setBlockFormat(block)
        self._item = None

    def _end_item(self) -> None:
        if self._item is not None:
            self._start_block(bottom=6)

    def _list_format(self, token: Token) -> QTextListFormat:
        shape = QTextListFormat()
        shape.setIndent(len(self._lists) + 1)
        if token.type == "ordered_list_open":
            shape.setStyle(QTextListFormat.Style.ListDecimal)
            shape.setStart(int(token.attrs.get("start", 1)))
            return shape
        nested = bool(self._lists)
        circle, disc = QTextListFormat.Style.ListCircle, QTextListFormat.Style.ListDisc
        shape.setStyle(circle if nested else disc)
        return shape

    def _write_rule(self) -> None:
        self._start_block()
        block = self.cursor.blockFormat()
        block.setProperty(
            QTextFormat.Property.BlockTrailingHorizontalRulerWidth,
            QTextLength(QTextLength.Type.PercentageLength, 100),
        )
        block.setBackground(QColor(self.style.hairline))
        self.cursor.setBlockFormat(block)

    def _write_code(self, code: str, language: str) -> None:
        code_card.fill_head(self._insert_table(1, 2, card="head"), language, self.style)
        body = self._insert_table(1, 1, card="body")
        self.code_cell = code_card.fill_body(body, code.rstrip("\n"), language, self.style)

    # ---- tables ----------------------------------------------------------------------------

    def _write_table(self, tokens: list[Token]) -> None:
        rows: list[list[Token]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open", "inline"):
                rows[-1].append(token)
        columns = max(len(row) // 2 for row in rows)
        table = self._insert_table(len(rows), columns)
        for row_number, row in enumerate(rows):
            for column, (opening, inline) in enumerate(zip(row[::2], row[1::2], strict=True)):
                self._fill_cell(table, row_number, column, opening, inline)

    def _fill_cell(
        self, table: QTextTable, row: int, column: int, opening: Token, inline: Token
    ) -> None:
        outer, self.cursor = self.cursor, table.cellAt(row, column).firstCursorPosition()
        block = QTextBlockFormat()
        alignment = str(opening.attrs.get("style", ""))
        if "right" in alignment:
            block.setAlignment(Qt.AlignmentFlag.AlignRight)
        elif "center" in alignment:
            block.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.cursor.setBlockFormat(block)
        pad(table, row, column, top=5, bottom=5, side=10)
        underline(table, row, column, self.style.hairline)
        self._write_inline(inline.children or [], bold=opening.type == "th_open")
        self.cursor = outer

    def _insert_table(self, rows: int, columns: int, card: str = "") -> QTextTable:
        if not self._fresh:
            self.cursor.insertBlock(QTextBlockFormat(), self._characters())
        left_px = len(self._lists) * self.style.indent_px + self._quotes * QUOTE_INDENT_PX
        shape = table_format(left_px, card)
        table = self.cursor.insertTable(rows, columns, shape)
        self.cursor = table.lastCursorPosition()
        self.cursor.movePosition(QTextCursor.MoveOperation.NextBlock)
        self._fresh = True
        return table

    # ---- text ------------------------------------------------------------------------------

    def _write_inline(self, children: list[Token], bold: bool = False) -> None:
        characters = self._characters()
        if bold:
            characters.setFontWeight(QFont.Weight.DemiBold)
        InlineText(self.style, self.links).write(self.cursor, children, characters)

    def _characters(self) -> QTextCharFormat:
        return self.style.characters(self._heading, quoted=self._quotes > 0)
