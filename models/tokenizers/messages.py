"""What is asked of the process that reads a tokenizer, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass

from models.engine.messages import Part
from models.tokenizers.cut import CutDone

__all__ = [
    "CutDone", "CutParts", "CutText", "CutTexts", "CutsDone", "Facts", "ListTokens",
    "OpenTokenizer", "TokenList", "Trace", "TraceStep", "TraceWord",
]  # fmt: skip


@dataclass(frozen=True)
class OpenTokenizer:
    """The first request; `kind` and `path` as in `models.tokenizers.source.Source`."""

    kind: str
    path: str
    type: str = "open_tokenizer"


@dataclass(frozen=True)
class Facts:
    """What a tokenizer says of itself. `notes` are sentences on what is odd about it."""

    family: str
    n_tokens: int
    bos_text: str
    eos_text: str
    chat_template: str
    notes: tuple[str, ...] = ()
    type: str = "facts"


@dataclass(frozen=True)
class CutText:
    """`beside` is a file for long columns of the answer, "" for none."""

    text: str
    parse_special: bool = False
    beside: str = ""
    type: str = "cut_text"


@dataclass(frozen=True)
class CutTexts:
    """Many texts in one question. `framed`: with what a prompt begins and ends with. With a `kind`
    and a `path` another file is opened for this one question."""

    texts: tuple[str, ...]
    parse_special: bool = False
    framed: bool = False
    kind: str = ""
    path: str = ""
    type: str = "cut_texts"


@dataclass(frozen=True)
class CutsDone:
    """One cut a text; where there is none, `problems` has a sentence instead of ""."""

    cuts: tuple[CutDone, ...]
    problems: tuple[str, ...]
    type: str = "cuts_done"


@dataclass(frozen=True)
class ListTokens:
    """The whole vocabulary."""

    type: str = "list_tokens"


@dataclass(frozen=True)
class TokenList:
    """Every token, packed as a cut of no text: `piece_ids`, bytes and kinds."""

    tokens: CutDone
    type: str = "token_list"


@dataclass(frozen=True)
class CutParts:
    """A whole prompt: only parts that may become control tokens do."""

    parts: tuple[Part, ...]
    type: str = "cut_parts"


@dataclass(frozen=True)
class TraceWord:
    word: str
    type: str = "trace_word"


@dataclass(frozen=True)
class TraceStep:
    """Pieces as hex digits: a merge may join parts of a letter. `place` is the joined piece."""

    rank: int
    place: int
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Trace:
    """`begin` are the single bytes. `whole`: the word is a token and was taken without merging;
    the steps are then how its merges would have gone."""

    begin: tuple[str, ...]
    steps: tuple[TraceStep, ...]
    whole: bool = False
    type: str = "trace"
