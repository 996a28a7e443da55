"""What of a conversation fits into the context, decided before sending and never silently."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from labs.chat.conversation import ChatOptions, Overflow, Role
from models.engine.engine import Engine
from models.engine.messages import Origin, Part
from models.errors import UserError

# Fewer characters than these make a token in no text people write, so a text above
# n_ctx times this certainly does not fit and is not worth counting.
CHARACTERS_A_TOKEN_AT_MOST = 16
_ADDED_TOKENS_AT_MOST = 8  # the beginning and the end of a text, as some vocabularies mark them
_EXACT_UP_TO_CHARACTERS = 200_000
_SAMPLE_CHARACTERS = 10_000
_LEAST_ROOM_TOKENS = 16


@dataclass(frozen=True)
class Turn:
    """One entry of a prompt. `message_id` is None for the system prompt and for drafts."""

    role: Role
    content: str
    origin: Origin
    message_id: int | None = None


@dataclass(frozen=True)
class Plan:
    """What will be sent. `prompt_tokens` counts it with the template, 0 where it was sure to fit
    and nobody asked; `reserve_tokens` of `n_ctx` are kept for the reply. `is_estimate` tells that
    the model's own tokenizer was not at hand."""

    turns: tuple[Turn, ...]
    prompt_tokens: int
    reserve_tokens: int
    n_ctx: int
    dropped: tuple[int, ...] = ()
    shortened: tuple[int, ...] = ()
    is_estimate: bool = False


Count = Callable[[str], int]


class TokenCounter:
    """Counts the tokens of texts with the engine and remembers them; a text above 200,000
    characters is estimated from samples."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        if text not in self._known:
            self._known[text] = self._count(text)
        return self._known[text]

    def _count(self, text: str) -> int:
        if len(text) <= _EXACT_UP_TO_CHARACTERS:
            return self._ask(text)
        middle = len(text) // 2
        sample = text[:_SAMPLE_CHARACTERS] + text[middle : middle + _SAMPLE_CHARACTERS]
        return math.ceil(self._ask(sample) * len(text) / len(sample))

    def _ask(self, text: str) -> int:
        return self._engine.tokenize((Part(text=text),), count_only=True).count if text else 0


def estimate_tokens(text: str) -> int:
    """A guess without a model: four bytes a token, as in English text."""
    return math.ceil(len(text.encode(errors="replace")) / 4)


def most_tokens(parts: Iterable[Part]) -> int:
    """More than a prompt can have, without a model: a token stands for one byte at least, but for
    the blank that some vocabularies put before a part."""
    sizes = (len(part.token_ids) + len(part.text.encode(errors="replace")) + 1 for part in parts)
    return _ADDED_TOKENS_AT_MOST + sum(sizes)


def reserve_for(options: ChatOptions, n_ctx: int) -> int:
    """Tokens kept free for the reply. At *stop at limit* the reply may run into the end."""
    if options.overflow == "stop_at_limit":
        return min(64, n_ctx // 8)
    wanted = options.max_tokens if options.max_tokens > 0 else 512
    return min(wanted, n_ctx // 4)


def plan(
    turns: Sequence[Turn],
    *,
    n_ctx: int,
    reserve_tokens: int,
    overflow: Overflow,
    count: Count,
    tokens_per_turn: int = 0,
) -> Plan:
    """Choose what of `turns` is sent; the last turn is what the model shall answer.

    *Truncate middle* keeps the system prompt and the first message, *rolling window* the
    system prompt; both keep the latest turns that fit, and cut the middle out of a single
    message that alone is too long. `tokens_per_turn` is what the template adds to each.
    Raises UserError when it does not fit and nothing may be left out.
    """
    room = n_ctx - reserve_tokens

    def size(turn: Turn) -> int:
        return count(turn.content) + tokens_per_turn

    if overflow == "stop_at_limit" or _fits(turns, size, room):
        tokens = sum(map(size, turns))
        if tokens > room:
            raise too_long(tokens, n_ctx, reserve_tokens)
        return Plan(tuple(turns), tokens, reserve_tokens, n_ctx)
    fixed = _fixed_turns(turns, overflow)
    cut = _shorten_to_fit(turns, fixed, room, count, tokens_per_turn)
    kept = _fill_from_the_end(cut, fixed, room, size)
    return Plan(
        tuple(cut[i] for i in kept),
        sum(size(cut[i]) for i in kept),
        reserve_tokens,
        n_ctx,
        dropped=_ids(turns[i] for i in range(len(turns)) if i not in kept),
        shortened=_ids(turns[i] for i in kept if cut[i] != turns[i]),
    )


def _fits(turns: Sequence[Turn], size: Callable[[Turn], int], room: int) -> bool:
    """Looks from the end and no further than needed: counting a long chat takes its time."""
    for turn in reversed(turns):
        room -= size(turn)
        if room < 0:
            return False
    return True


def too_long(prompt_tokens: int, n_ctx: int, reserve_tokens: int) -> UserError:
    """The error for a prompt that does not fit; sizes in tokens."""
    return UserError(
        f"This conversation takes about {prompt_tokens:,} tokens, and the model has room for "
        f"{n_ctx - reserve_tokens:,} (its context is {n_ctx:,}, {reserve_tokens:,} are kept "
        "for the reply).",
        "Shorten your message, start a new chat, give the model a longer context, or choose "
        "another rule for long conversations: Rolling window or Truncate middle.",
    )


def _fixed_turns(turns: Sequence[Turn], overflow: Overflow) -> list[int]:
    """Places of the turns that stay in any case."""
    fixed = [i for i, turn in enumerate(turns) if turn.role == "system"]
    if overflow == "truncate_middle":
        fixed += [i for i, turn in enumerate(turns) if turn.role == "user"][:1]
    return sorted({*fixed, len(turns) - 1})


def _shorten_to_fit(
    turns: Sequence[Turn],
    fixed: Sequence[int],
    room: int,
    count: Count,
    tokens_per_turn: int,
) -> list[Turn]:
    """The turns, with the fixed ones cut so that together they fit; never the system prompt."""
    result = list(turns)
    sizes = {i: count(turns[i].content) + tokens_per_turn for i in fixed}
    if sum(sizes.values()) <= room:
        return result
    cuttable = [i for i in fixed if turns[i].role != "system"]
    free = room - sum(sizes[i] for i in fixed if i not in cuttable)
    for i, share in _shares(cuttable, sizes, free).items():
        if share == sizes[i]:
            continue
        if share - tokens_per_turn < _LEAST_ROOM_TOKENS:
            raise UserError(
                "The system prompt leaves no room for the conversation.",
                "Shorten the system prompt, or give the model a longer context.",
            )
        result[i] = replace(
            turns[i], content=shorten(turns[i].content, share - tokens_per_turn, count)
        )
    return result


def _shares(places: Sequence[int], sizes: Mapping[int, int], free: int) -> dict[int, int]:
    """Divide `free` tokens: small turns keep their size, long ones share what is left."""
    shares: dict[int, int] = {}
    for done, i in enumerate(sorted(places, key=lambda i: sizes[i])):
        shares[i] = min(sizes[i], free // (len(places) - done))
        free -= shares[i]
    return shares


def shorten(text: str, limit_tokens: int, count: Count) -> str:
    """`text` with its middle replaced by a mark that says so, in at most `limit_tokens`."""
    size = count(text)
    if size <= limit_tokens:
        return text
    mark = f"\n[… about {size - limit_tokens:,} tokens left out …]\n"
    half = int(len(text) * max(0, limit_tokens - count(mark)) / size / 2)
    while half > 0:
        cut = text[:half] + mark + text[-half:]
        if count(cut) <= limit_tokens:
            return cut
        half = int(half * 0.9)
    return mark.strip()


def _fill_from_the_end(
    turns: Sequence[Turn], fixed: Sequence[int], room: int, size: Callable[[Turn], int]
) -> list[int]:
    """Places of what is kept: the fixed turns and the latest others without a gap."""
    free = room - sum(size(turns[i]) for i in fixed)
    latest: list[int] = []
    for i in range(len(turns) - 2, -1, -1):
        if i in fixed:
            continue
        free -= size(turns[i])
        if free < 0:
            break
        latest.insert(0, i)
    while latest and turns[latest[0]].role == "assistant":
        latest.pop(0)  # an answer without its question misleads, and templates refuse it
    return sorted({*fixed, *latest})


def _ids(turns: Iterable[Turn]) -> tuple[int, ...]:
    return tuple(turn.message_id for turn in turns if turn.message_id is not None)
