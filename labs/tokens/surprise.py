"""How surprised a model is at each token of a text: −log₂ p(t_i | t_<i) in bits.

Long texts are read in windows. The first begins with the text; each further one begins half a
window before the token that it goes on from, so that no token is read without that much before it.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import uuid4

from models.cancel import CancelToken
from models.engine.messages import (
    DEFAULT_N_CTX,
    LoadSettings,
    Part,
    Progress,
    PromptScores,
    ScorePrompt,
    TokenData,
)
from models.engine.pool import ContextWish, Pool, PooledEngine, Waiting
from models.errors import UserError
from models.library.entry import ModelEntry
from models.tokenizers.cut import Cut
from models.tokenizers.source import source_of
from models.tokenizers.tokenizers import Tokenizers

HOLDER = "the surprise of a text"
BITS_PER_NAT = 1 / math.log(2)
WINDOW_TOKENS = 2048  # the logits of a longer one tell little more, and reading it costs more
PIECE_TOKENS = 256  # told at once; a multiple of the windows of logits in the backends
MOST_TOKENS = 16_384
TOP = 10
_LEAST_LEAD = 8  # room for what a model puts in front of a text by itself


@dataclass(frozen=True)
class Totals:
    """Over the `n` tokens that have a prediction, which spell `n_bytes` bytes. `bits_per_byte` is
    Σ −ln p ÷ (bytes · ln 2): the one that compares models with different tokenizers. None where
    nothing was predicted. `n_broken` tokens came after logits that were no numbers."""

    n: int
    n_bytes: int
    n_broken: int
    bits_per_token: float | None
    bits_per_byte: float | None
    perplexity: float | None
    entropy_bits: float | None


@dataclass(frozen=True)
class Surprise:
    """A text as one model read it. `tokens` are those of `cut` from its first on, as many as have
    been read so far of `n_wanted`. `notes` are sentences on what was left out and how it was
    read."""

    model: str
    cut: Cut
    n_wanted: int
    tokens: tuple[TokenData, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return len(self.tokens) == self.n_wanted

    def bits(self, index: int) -> float | None:
        """Surprise at a token; None where it has no prediction or has not been read."""
        return surprise_bits(self.tokens[index]) if index < len(self.tokens) else None

    def is_broken(self, index: int) -> bool:
        """Whether the logits before a token were no numbers. Before the first token of a text
        nothing may stand, and that is no fault."""
        return 0 < index < len(self.tokens) and self.tokens[index].logprob is None

    @cached_property
    def totals(self) -> Totals:
        told = [(i, bits) for i in range(len(self.tokens)) if (bits := self.bits(i)) is not None]
        total = math.fsum(bits for _, bits in told)
        n_bytes = sum(self.cut.ends[i] - self.cut.starts[i] for i, _ in told)
        entropy = math.fsum(entropy_bits(self.tokens[i]) or 0.0 for i, _ in told)
        mean = total / len(told) if told else None
        return Totals(
            len(told), n_bytes, sum(map(self.is_broken, range(len(self.tokens)))), mean,
            total / n_bytes if n_bytes else None, None if mean is None else _power(mean),
            entropy / len(told) if told else None,
        )  # fmt: skip


def surprise_bits(token: TokenData) -> float | None:
    return None if token.logprob is None else max(0.0, -token.logprob * BITS_PER_NAT)


def entropy_bits(token: TokenData) -> float | None:
    return None if token.entropy is None else token.entropy * BITS_PER_NAT


def _power(bits: float) -> float:
    return 2.0**bits if bits < 1000 else math.inf


# ---- reading -------------------------------------------------------------------------------


def read(
    pool: Pool, tokenizers: Tokenizers, entry: ModelEntry, settings: LoadSettings, text: str,
    cancel: CancelToken,
) -> Generator[str | Progress | Waiting | Surprise, None, Surprise]:  # fmt: skip
    """Yield what has been read so far after each piece; the model is given back at the end.

    Raises UserError where there is no text, the model tells no probabilities of a prompt, or its
    tokenizer is not at hand; EngineDied; and Cancelled.
    """
    if not text:
        raise UserError("There is no text.", "Write one, or open a file.")
    cut = None if entry.is_served else (yield from _cut(tokenizers, entry, text, cancel))
    n_ctx = _window(entry, settings, len(cut) if cut else 0)
    # A name of its own: a reading that is given up closes its context when the next has begun.
    wish = ContextWish(f"surprise {uuid4().hex}", n_ctx, 1, settings)
    lease = yield from pool.lease(entry.model, settings, context=wish, holder=HOLDER, cancel=cancel)
    with lease:
        engine = lease.engine
        try:
            refuse_without_numbers(engine, entry.name)
            if cut is None:
                cut = yield from _cut(tokenizers, entry, text, cancel)
            beginning = _beginning(text, cut)
            its_cut = cut
            if beginning != text:
                its_cut = yield from _cut(tokenizers, entry, beginning, cancel)
            lead = _lead(engine, its_cut, beginning)
            return (yield from _read(engine, entry.name, cut, lead, cancel))
        finally:
            engine.close_context()


def refuse_without_numbers(engine: PooledEngine, name: str) -> None:
    """Raises UserError, with the reason that the backend gives."""
    can = engine.info.capabilities
    if not can.prompt_logits:
        why = can.reasons.get("prompt_logits", f"{name} gives no probabilities of a prompt.")
        raise UserError(why, "Choose a GGUF file or an MLX folder on this machine.")


def _cut(
    tokenizers: Tokenizers, entry: ModelEntry, text: str, cancel: CancelToken
) -> Generator[str, None, Cut]:
    return (yield from tokenizers.cut(source_of(entry), text, False, cancel))


def _window(entry: ModelEntry, settings: LoadSettings, n_tokens: int) -> int:
    """Tokens of the context: no more than the text needs or than are worth it."""
    room = settings.n_ctx or min(DEFAULT_N_CTX, entry.n_ctx_train or DEFAULT_N_CTX)
    needed = n_tokens + _LEAST_LEAD if n_tokens else WINDOW_TOKENS
    return max(4 * _LEAST_LEAD, min(room, WINDOW_TOKENS, needed))


def _read(
    engine: PooledEngine, name: str, cut: Cut, lead: tuple[int, ...], cancel: CancelToken
) -> Generator[Progress | Surprise, None, Surprise]:
    n_wanted = min(len(cut), MOST_TOKENS)
    n_ctx = engine.context.n_ctx
    growing = _Growing(name, cut, n_wanted, _notes(cut, n_wanted, n_ctx, len(lead)))
    yield growing.so_far
    for window in windows(n_wanted, n_ctx - len(lead)):
        ids = (*lead, *cut.ids[window.start : window.end])
        told = window.told - window.start + len(lead) if window.start else 0
        while told < len(ids):
            end = min(len(ids), told + PIECE_TOKENS + (told == 0))
            request = ScorePrompt("", (Part(token_ids=ids[:end]),), TOP, first=told)
            steps = engine.score_prompt(request, cancel)
            scores = yield from _counted(steps, window.start - len(lead), n_wanted)
            growing.add(scores.tokens[len(lead) :] if told == 0 else scores.tokens)
            told = end
            yield growing.so_far
    return growing.so_far


def _counted(
    steps: Generator[Progress, None, PromptScores], shift: int, total: int
) -> Generator[Progress, None, PromptScores]:
    """Progress in tokens of the text instead of the window."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            scores: PromptScores = end.value
            return scores
        yield Progress("prompt", max(0, step.done + shift), total)


@dataclass
class _Growing:
    model: str
    cut: Cut
    n_wanted: int
    notes: tuple[str, ...]
    tokens: list[TokenData] = field(default_factory=list)

    def add(self, tokens: Sequence[TokenData]) -> None:
        self.tokens += tokens

    @property
    def so_far(self) -> Surprise:
        return Surprise(self.model, self.cut, self.n_wanted, tuple(self.tokens), self.notes)


@dataclass(frozen=True)
class Window:
    """Tokens `start` to `end` of the text are read, those from `told` on are told."""

    start: int
    told: int
    end: int


def windows(n_tokens: int, room: int) -> Iterator[Window]:
    """Windows of at most `room` tokens over a text of `n_tokens`."""
    start = told = 0
    while told < n_tokens:
        end = min(n_tokens, start + room)
        yield Window(start, told, end)
        told, start = end, end - room // 2


def _beginning(text: str, cut: Cut) -> str:
    """As much as is read: all tokens of a megabyte from the engine would stop the whole process."""
    if len(cut) <= MOST_TOKENS:
        return text
    return text.encode()[: cut.ends[MOST_TOKENS - 1]].decode("utf-8", "ignore")


def _lead(engine: PooledEngine, cut: Cut, text: str) -> tuple[int, ...]:
    """What the model puts in front of a text by itself, such as a token for its beginning. Raises
    UserError where the loaded model cuts the text otherwise than its file."""
    ids = [token.token_id for token in engine.tokenize((Part(text),)).tokens]
    n_lead = next((n for n in range(3) if ids[n : n + len(cut)] == list(cut.ids)), None)
    if n_lead is None:
        raise UserError(
            "The loaded model cuts this text into other tokens than its file says.",
            "Its tokenizer may be damaged; take another copy of the model.",
        )
    return tuple(ids[:n_lead])


def _notes(cut: Cut, n_wanted: int, n_ctx: int, n_lead: int) -> tuple[str, ...]:
    notes = []
    if n_wanted < len(cut):
        notes.append(
            f"The first {n_wanted:,} of {len(cut):,} tokens are read; a longer text would take "
            "minutes."
        )
    if n_wanted > n_ctx - n_lead:
        notes.append(
            f"Read in windows of {n_ctx:,} tokens: beyond the first, each token was read after at "
            f"least {(n_ctx - n_lead) // 2:,} before it, but not after the whole text."
        )
    if not n_lead:
        notes.append("Nothing stands before the first token, so it has no prediction.")
    return tuple(notes)
