"""Highlighting of fenced code: Pygments tokens to colours of the theme."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from app.widgets.message_view.text_style import CodeColours

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MAX_HIGHLIGHTED_CHARS = 20_000  # lexing runs in the window: keep it to a few ms


def coloured_code(code: str, language: str, colours: CodeColours) -> Iterator[tuple[str, str]]:
    """Pieces of `code` in order, each with its colour, "" for the ordinary text colour."""
    lexer = _lexer(language.lower()[:40]) if len(code) <= MAX_HIGHLIGHTED_CHARS else None
    if lexer is None:
        yield code, ""
        return
    for kind, piece in lexer.get_tokens(code):
        yield piece, _colour(str(kind), colours)


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    # Imported late: the first window is painted without it.
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if not language:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _colour(kind: str, colours: CodeColours) -> str:
    for prefix, colour in (
        ("Token.Keyword", colours.keyword),
        ("Token.Operator.Word", colours.keyword),
        ("Token.Literal.String", colours.string),
        ("Token.Literal.Number", colours.number),
        ("Token.Comment", colours.comment),
        ("Token.Name.Function", colours.name),
        ("Token.Name.Class", colours.name),
        ("Token.Name.Builtin", colours.name),
        ("Token.Name.Tag", colours.name),
        ("Token.Name.Decorator", colours.name),
    ):
        if kind.startswith(prefix):
            return colour
    return ""
