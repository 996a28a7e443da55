"""Two models over the same tokens, in lock-step: one writes its log-probabilities into a block of
memory that the parent owns, the others read it and return a few numbers a token."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """A file that all map into memory: float32 [rows, columns], in the machine's byte order."""

    path: str
    rows: int
    columns: int


@dataclass(frozen=True)
class ReadWindow:
    """Read `token_ids` in an empty cache and write what follows each of the positions `first` to
    n − 2 into the block, as natural log-probabilities: row i tells of token `first` + i + 1.

    The last token is read too, so that all is as llama-perplexity does it, but nothing is told of
    what follows it: rows = n − 1 − first. Needs a backend that `ReadsWindows`.
    """

    context: str
    token_ids: tuple[int, ...]
    first: int
    block: Block
    type: str = "logits"


@dataclass(frozen=True)
class CompareWindow:
    """As ReadWindow, but the block holds what another model said of the same tokens."""

    context: str
    token_ids: tuple[int, ...]
    first: int
    block: Block
    type: str = "compare"


@dataclass(frozen=True)
class WindowRead:
    """One number a row. `nll` is −ln p of the token that follows, NaN where the logits hold one;
    `top_ids` the likeliest token, −1 where there is none. `read_s` is the model's time, `work_s`
    that of the numbers. `peak_bytes`: the most memory that the process has held until then."""

    nll: tuple[float, ...]
    top_ids: tuple[int, ...]
    read_s: float
    work_s: float
    peak_bytes: int = 0
    type: str = "window_read"


@dataclass(frozen=True)
class MovedRow:
    """What both models found likeliest at a row that differs much, best first, with natural
    log-probabilities."""

    row: int
    base_ids: tuple[int, ...]
    base_logprobs: tuple[float, ...]
    own_ids: tuple[int, ...]
    own_logprobs: tuple[float, ...]


@dataclass(frozen=True)
class WindowCompared:
    """As WindowRead, and `kld` = Σ p·(ln p − ln q) over the whole vocabulary in nats: p from the
    block, q from this model. Infinite where q rules out what p does not. `moved`: the few rows
    that differ most, the first most of all."""

    nll: tuple[float, ...]
    top_ids: tuple[int, ...]
    kld: tuple[float, ...]
    read_s: float
    work_s: float
    moved: tuple[MovedRow, ...] = ()
    peak_bytes: int = 0
    type: str = "window_compared"


@dataclass(frozen=True)
class DescribeVocabulary:
    type: str = "describe_vocabulary"


@dataclass(frozen=True)
class VocabularyFacts:
    """`sha256` of every token with its number, padding left out: equal where the ids of a text
    mean the same. `adds_bos`, `adds_eos`: put around a text that is tokenized alone."""

    n_tokens: int
    sha256: str
    bos_id: int
    adds_bos: bool
    adds_eos: bool
    type: str = "vocabulary_facts"
