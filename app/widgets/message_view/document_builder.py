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
    QTextFrameFormat,
    QTextLength,
    QTextList,
    QTextListFormat,
    QTextTable,
    QTextTableFormat,
)

from app.widgets.message_view.code_colours import coloured_code
from app.widgets.message_view.text_style import TextStyle

if TYPE_CHECKING:
    from markdown_it.token import Token

COPY_HREF = "copy:"  # the anchor in the head of a code block
LINK_HREF = "link:"  # followed by an index into the links of the document
WEB_SCHEMES = ("http://", "https://", "mailto:")
CARD_PROPERTY = QTextFormat.Property.UserProperty  # tables painted as rounded cards
HEAD_TOP_PX, BODY_TOP_PX = 7, 2
QUOTE_INDENT_PX = 14
HEADING_SCALE = {"h1": 1.4, "h2": 1.22, "h3": 1.1}


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
                self.cursor.insertText(_soft(token.content), self._code_format(inline=False))
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
        characters = self._base_format()
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
        """Two tables on one card: a head line (language, Copy) and one cell with the code."""
        self._fill_code_head(self._insert_table(1, 2, card="head"), language)
        table = self._insert_table(1, 1, card="body")
        _pad(table, 0, 0, top=BODY_TOP_PX, bottom=10, side=12)
        body = table.cellAt(0, 0).firstCursorPosition()
        self._write_coloured(body, code.rstrip("\n"), language)
        self.code_cell = body

    def _fill_code_head(self, table: QTextTable, language: str) -> None:
        quiet = self._quiet_format()
        left = table.cellAt(0, 0).firstCursorPosition()
        _pad(table, 0, 0, top=HEAD_TOP_PX, bottom=4, side=12)
        left.insertText(language or "text", quiet)
        right = table.cellAt(0, 1).firstCursorPosition()
        _pad(table, 0, 1, top=HEAD_TOP_PX, bottom=4, side=12)
        right_block = QTextBlockFormat()
        right_block.setAlignment(Qt.AlignmentFlag.AlignRight)
        right.setBlockFormat(right_block)
        link = QTextCharFormat(quiet)
        link.setAnchor(True)
        link.setAnchorHref(COPY_HREF)
        link.setForeground(QColor(self.style.accent))
        right.insertText("Copy", link)

    def _write_coloured(self, body: QTextCursor, code: str, language: str) -> None:
        block = QTextBlockFormat()
        block.setLineHeight(130.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        plain = self._code_format(inline=False)
        body.setBlockFormat(block)
        for piece, colour in coloured_code(code, language, self.style.code):
            characters = plain
            if colour:
                characters = QTextCharFormat(plain)
                characters.setForeground(QColor(colour))
            body.insertText(piece, characters)

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
        self._underline_cell(table, row, column)
        self._write_inline(inline.children or [], bold=opening.type == "th_open")
        self.cursor = outer

    def _underline_cell(self, table: QTextTable, row: int, column: int) -> None:
        _pad(table, row, column, top=5, bottom=5, side=10)
        cell = table.cellAt(row, column)
        shape = cell.format().toTableCellFormat()
        shape.setBottomBorder(1)
        shape.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        shape.setBottomBorderBrush(QColor(self.style.hairline))
        cell.setFormat(shape)

    def _insert_table(self, rows: int, columns: int, card: str = "") -> QTextTable:
        if not self._fresh:
            self.cursor.insertBlock(QTextBlockFormat(), self._base_format())
        shape = QTextTableFormat()
        shape.setBorder(0)
        shape.setBorderCollapse(not card)
        shape.setCellPadding(0)
        shape.setCellSpacing(0)
        shape.setTopMargin(0 if card == "body" else 2)
        shape.setBottomMargin(0 if card == "head" else 12)
        shape.setLeftMargin(
            len(self._lists) * self.style.indent_px + self._quotes * QUOTE_INDENT_PX
        )
        if card:
            shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
            shape.setProperty(CARD_PROPERTY, card)
        table = self.cursor.insertTable(rows, columns, shape)
        self.cursor = table.lastCursorPosition()
        self.cursor.movePosition(QTextCursor.MoveOperation.NextBlock)
        self._fresh = True
        return table

    # ---- text ------------------------------------------------------------------------------

    def _write_inline(self, children: list[Token], bold: bool = False) -> None:
        stack = [self._base_format()]
        if bold:
            stack[0].setFontWeight(QFont.Weight.DemiBold)
        for token in children:
            if token.nesting == 1:
                stack.append(self._opened(stack[-1], token))
            elif token.nesting == -1:
                stack.pop()
            else:
                self._write_text(token, stack[-1])

    def _write_text(self, token: Token, characters: QTextCharFormat) -> None:
        match token.type:
            case "softbreak":
                self.cursor.insertText(" ", characters)
            case "hardbreak":
                self.cursor.insertText("\u2028", characters)
            case "code_inline":
                self.cursor.insertText(token.content, self._code_format(inline=True))
            case "tex_inline":
                self.cursor.insertText(_soft(token.content), self._code_format(inline=False))
            case "image":
                self.cursor.insertText(str(token.meta["source"]), self._code_format(inline=True))
            case _:
                self.cursor.insertText(token.content, characters)

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
        """Only web addresses become links; the document itself never holds the address."""
        if not address.lower().startswith(WEB_SCHEMES):
            characters.setToolTip(address)
            return
        self.links.append(address)
        characters.setAnchor(True)
        characters.setAnchorHref(f"{LINK_HREF}{len(self.links) - 1}")
        characters.setForeground(QColor(self.style.accent))
        characters.setFontUnderline(True)

    def _base_format(self) -> QTextCharFormat:
        characters = QTextCharFormat()
        font = QFont(self.style.text_font)
        if self._heading:
            scale = HEADING_SCALE.get(self._heading, 1.0)
            font.setPixelSize(round(self.style.text_px * scale))
            font.setWeight(QFont.Weight.DemiBold)
        characters.setFont(font)
        quoted = self._quotes > 0
        characters.setForeground(QColor(self.style.secondary if quoted else self.style.text))
        return characters

    def _code_format(self, inline: bool) -> QTextCharFormat:
        characters = QTextCharFormat()
        characters.setFont(self.style.code_font)
        characters.setForeground(QColor(self.style.text))
        if inline:
            characters.setBackground(QColor(self.style.code_background))
        return characters

    def _quiet_format(self) -> QTextCharFormat:
        characters = QTextCharFormat()
        font = QFont(self.style.text_font)
        font.setPixelSize(self.style.text_px - 1)
        characters.setFont(font)
        characters.setForeground(QColor(self.style.secondary))
        return characters


def _pad(table: QTextTable, row: int, column: int, *, top: int, bottom: int, side: int) -> None:
    cell = table.cellAt(row, column)
    shape = cell.format().toTableCellFormat()
    shape.setTopPadding(top)
    shape.setBottomPadding(bottom)
    shape.setLeftPadding(side)
    shape.setRightPadding(side)
    cell.setFormat(shape)


def _soft(text: str) -> str:
    """Line ends that stay inside one block."""
    return text.rstrip("\n").replace("\n", "\u2028")
