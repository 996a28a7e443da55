"""Many prompts in one request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from models.engine.messages.prompt import Part, Sampling, Thinking
from models.engine.messages.reply import Alternative, StopReason

RowMode = Literal["cold", "exact", "batched"]


@dataclass(frozen=True)
class Label:
    """A class of answers and the spellings that count for it, such as "Yes" and " yes"."""

    name: str
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One prompt of many. Its labels are scored after the prompt; with `max_tokens` > 0 it is
    answered, until one of the regular expressions `until` is found in the answer. `begun` is what
    the prompt's end has written of the answer, a thinking tag; it counts as part of it."""

    prompt: tuple[Part, ...]
    labels: tuple[Label, ...] = ()
    max_tokens: int = 0
    until: tuple[str, ...] = ()
    begun: str = ""
    seed: int = 0


@dataclass(frozen=True)
class GenerateMany:
    """Many prompts in one request; each finished row comes as a RowResult, in any order.

    `cold`: each alone in an empty cache. `exact`: one at a time, common beginnings read once;
    equal to cold to the bit where flash attention is off. `batched`: besides, answers are
    written together in a context of several sequences, which may move their logits a little.
    """

    context: str
    rows: tuple[Row, ...]
    mode: RowMode = "exact"
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.0))
    top: int = 8  # alternatives of the first token that are told
    thinking: Thinking = "off"  # for servers that write the template themselves
    type: str = "generate_many"


@dataclass(frozen=True)
class LabelScore:
    """`logprob`: natural log of the probability of all spellings of a label together, directly
    after the prompt; `best` that of its likeliest spelling, which a reply bound to the labels
    would write. The sum over labels is the room left for the label."""

    name: str
    logprob: float
    best: float


@dataclass(frozen=True)
class Drawn:
    """One token of an answer; `lead` is how far the likeliest token stood above the second, in
    nats, before samplers."""

    token_id: int
    lead: float


@dataclass(frozen=True)
class RowResult:
    """`drawn` holds every token of the answer, its end included. `generation_s` is the row's
    share of the steps it took part in, and `batch_rows` the most rows such a step had."""

    index: int
    text: str = ""
    stop_reason: StopReason = "end"
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    prompt_s: float = 0.0
    generation_s: float = 0.0
    labels: tuple[LabelScore, ...] = ()
    top: tuple[Alternative, ...] = ()
    drawn: tuple[Drawn, ...] = ()
    batch_rows: int = 1
    type: str = "row_result"


@dataclass(frozen=True)
class ManyDone:
    """The end of many rows: how many were finished, and whether a stop cut the rest off."""

    finished_rows: int
    cancelled: bool = False
    type: str = "many_done"
