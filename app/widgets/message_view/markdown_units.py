"""Markdown cut into units that can be drawn one by one while the text still grows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_LONGEST_FORMULA_CHARS = 2_000  # text full of opening marks would else be searched end to end
# Beyond this many marks a text is no reply a person reads, and parsing it would hold the window
# up for seconds: it is shown as it was written, in paragraphs.
_MOST_MARKS = 6_000
_MARKS = "[]`*_<!~|$\\"
_TEX_PAIRS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"))


@dataclass(frozen=True)
class Unit:
    """A top-level block, or one item of a top-level list; `line` is where it starts."""

    line: int
    tokens: tuple[Token, ...]


@dataclass(frozen=True)
class Units:
    units: tuple[Unit, ...]
    has_references: bool  # link definitions reach back to earlier units


def parse(text: str) -> Units:
    """Units of a Markdown text in order. HTML is not interpreted: it stays text."""
    environment: dict[str, object] = {}
    marks = sum(map(text.count, _MARKS))
    parser = _parser() if marks <= _MOST_MARKS else _plain_parser()
    tokens = parser.parse(text, environment)
    units: list[Unit] = []
    for block in _top_level_blocks(tokens):
        units.extend(_split_list(block))
    return Units(tuple(units), bool(environment.get("references")))


@cache
def _parser() -> MarkdownIt:
    # Imported late: an empty window is painted without it.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.block.ruler.before(
        "fence", "tex_block", _tex_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    parser.inline.ruler.before("escape", "tex", _tex_inline)
    parser.inline.ruler.at("image", _image_as_written)
    return parser


@cache
def _plain_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("zero", {"html": False})


def _top_level_blocks(tokens: list[Token]) -> list[list[Token]]:
    blocks: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            blocks.append([])
        blocks[-1].append(token)
        depth += token.nesting
    return blocks


def _split_list(block: list[Token]) -> list[Unit]:
    """Items of a list become units of their own, so that a long list streams cheaply."""
    if block[0].type not in ("bullet_list_open", "ordered_list_open"):
        return [Unit(_line(block[0]), tuple(block))]
    starts = [
        i
        for i, token in enumerate(block)
        if token.type == "list_item_open" and token.level == block[0].level + 1
    ]
    opening, closing = block[0], block[-1]
    units = []
    for number, (start, end) in enumerate(pairwise([*starts, len(block) - 1])):
        units.append(
            Unit(
                _line(block[start]),
                (_numbered(opening, number), *block[start:end], closing),
            )
        )
    return units


def _numbered(opening: Token, offset: int) -> Token:
    if opening.type == "bullet_list_open":
        return opening
    start = int(opening.attrs.get("start", 1)) + offset
    return opening.copy(attrs={"start": start})


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _tex_inline(state: StateInline, silent: bool) -> bool:
    """Formulas stay as they were written: no emphasis and no escapes inside."""
    end = _tex_end(state.src, state.pos, state.posMax)
    if end < 0:
        return False
    if not silent:
        token = state.push("tex_inline", "", 0)
        token.content = state.src[state.pos : end]
    state.pos = end
    return True


def _image_as_written(state: StateInline, silent: bool) -> bool:
    """An image token that remembers its source: that is what is shown instead of the image."""
    from markdown_it.rules_inline import image

    start, before = state.pos, len(state.tokens)
    found = image(state, silent)
    if found and len(state.tokens) > before:
        state.tokens[-1].meta["source"] = state.src[start : state.pos]
    return found


def _tex_end(source: str, start: int, limit: int) -> int:
    limit = min(limit, start + _LONGEST_FORMULA_CHARS)
    for opening, closing in _TEX_PAIRS:
        if source.startswith(opening, start):
            found = source.find(closing, start + 2, limit)
            return found + 2 if found >= 0 else -1
    if source[start] != "$":
        return -1
    found = source.find("$", start + 1, limit)
    inner = source[start + 1 : found] if found > 0 else ""
    is_formula = bool(inner) and inner == inner.strip() and "\n\n" not in inner
    followed_by_digit = source[found + 1 : found + 2].isdigit()
    return found + 1 if is_formula and not followed_by_digit else -1


def _tex_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A display formula that opens on a line of its own, up to its end or an empty line."""
    first = _source_line(state, start_line)
    pair = next((p for p in _TEX_PAIRS[:2] if first.startswith(p[0])), None)
    if pair is None or pair[1] in first[2:]:
        return False
    last, closed = _formula_end(state, start_line + 1, end_line, pair[1])
    if not closed and first.strip() != pair[0]:
        return False
    if not silent:
        token = state.push("tex_block", "", 0)
        token.content = state.getLines(start_line, last, state.blkIndent, False)
        token.map = [start_line, last]
        state.line = last
    return True


def _formula_end(state: StateBlock, line: int, end_line: int, closing: str) -> tuple[int, bool]:
    """The line after the formula, and whether its closing mark was found."""
    while line < end_line and not state.isEmpty(line):
        if closing in _source_line(state, line):
            return line + 1, True
        line += 1
    return line, False


def _source_line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
