"""Where the parts of a card stand: one pass, and the height is known before it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QLabel

from app.widgets.message_view.card_parts import CardParts
from app.widgets.message_view.shown import ShownMessage
from app.widgets.tokens import Tokens

BUBBLE_SHARE = 0.86
PAD_PX = 12


@dataclass(frozen=True)
class CardLayout:
    """`bubble` and `progress` are painted by the card; empty where there is none."""

    height_px: int = 0
    bubble: QRectF = field(default_factory=QRectF)
    progress: QRectF = field(default_factory=QRectF)


def lay_out(message: ShownMessage, parts: CardParts, width: int, tokens: Tokens) -> CardLayout:
    """Place every part for a card of `width` pixels."""
    if message.role == "user":
        return _lay_out_user(message, parts, width, tokens)
    return _lay_out_reply(message, parts, width, tokens)


def _lay_out_user(
    message: ShownMessage, parts: CardParts, width: int, tokens: Tokens
) -> CardLayout:
    words, is_edited = parts.words, parts.edit is not None
    inner = width - 2 * PAD_PX if is_edited else _bubble_text_width(parts, width, tokens)
    left = width - inner - PAD_PX
    top = _place_line(words.mark, 4, left - PAD_PX, inner + 2 * PAD_PX)
    y = _place_line(words.files, top + 9, left, inner)
    y = _place_text(message, parts, y, left, inner)
    if not is_edited:
        y -= 5  # the line height leaves room below the last line
    bubble = QRectF(left - PAD_PX, top, inner + 2 * PAD_PX, y + 9 - top)
    row = parts.actions.fit(width)
    parts.actions.setVisible(not is_edited)
    parts.actions.setGeometry(width - row.width(), y + 10, row.width(), row.height())
    return CardLayout(y + row.height() + 10, bubble)


def _bubble_text_width(parts: CardParts, width: int, tokens: Tokens) -> int:
    most = round(width * BUBBLE_SHARE) - 2 * PAD_PX
    inner = max(parts.body.text_width(most), tokens.px(40))
    files = parts.words.files
    if _is_shown(files):  # in one line where there is room; the hint of a label would be narrower
        one_line = files.fontMetrics().horizontalAdvance(files.text()) + 2
        inner = max(inner, min(most, one_line))
    return inner


def _lay_out_reply(
    message: ShownMessage, parts: CardParts, width: int, tokens: Tokens
) -> CardLayout:
    words, is_streaming = parts.words, message.state == "streaming"
    y = _place_line(words.name, 2, 0, width) + 2
    y = _place_line(words.mark, y, 0, width)
    if parts.thinking is not None:
        y = parts.thinking.place(y, width)
    y = _place_text(message, parts, y, 0, width)
    y = _place_line(words.error, y, 0, width)
    y = _place_line(words.status, y, 0, width)
    progress = QRectF()
    if message.busy_share is not None and is_streaming:
        progress = QRectF(0, y + 2, tokens.px(220), 4)
        y += 12
    y = _place_line(words.summary, y, 0, width)
    if parts.details is not None:
        height = parts.details.height_for(width)
        parts.details.setGeometry(0, y, width, height)
        y += height + 6
    row = parts.actions.fit(width)
    parts.actions.setVisible(not is_streaming)
    parts.actions.setGeometry(-5, y + 2, min(row.width() + 5, width), row.height())
    return CardLayout(y + 2 + row.height() + 14, progress=progress)


def _place_line(label: QLabel, y: int, x: int, width: int) -> int:
    """Where the next part begins."""
    if not _is_shown(label):
        return y
    height = max(label.heightForWidth(width), label.fontMetrics().height() + 2)
    label.setGeometry(x, y, width, height)
    return y + height + 4


def _place_text(message: ShownMessage, parts: CardParts, y: int, x: int, width: int) -> int:
    body, edit, strip = parts.body, parts.edit, parts.strip
    body.setVisible(edit is None and strip is None)
    if edit is not None:
        height = edit.height_for(width)
        edit.setGeometry(x, y, width, height)
        return y + height
    if strip is not None:
        height = strip.heightForWidth(width)
        strip.setGeometry(x, y, width, height)
        return y + height + 6
    if not message.text:
        body.hide()
        return y
    height = body.text_height(width)
    body.setGeometry(x, y, width, height)
    return y + height


def _is_shown(label: QLabel) -> bool:
    card = label.parentWidget()
    assert card is not None
    return label.isVisibleTo(card)
