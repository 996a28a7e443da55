"""What is told of a window of tokens: log-probabilities into a block, or numbers against one.

All in float32 with the maximum subtracted; numpy adds up pairwise, so that the error of a sum over
a vocabulary stays near 1e-7 of its size.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.engine.backend import CancelFlag
from models.engine.messages import (
    Block,
    CompareWindow,
    NextRead,
    ReadNext,
    ReadWindow,
    WindowCompared,
    WindowRead,
)
from models.engine.prompt_tokens import Vocabulary, require_token
from models.engine.token_scores import alternatives
from models.engine.window_moved import Moved
from models.errors import Cancelled, UserError
from models.hardware.memory_peak import peak_bytes

Rows = NDArray[np.float32]
ROWS_AT_ONCE = 8  # a few rows stay in the processor's cache between the passes


def refuse_misfit(
    request: ReadWindow | CompareWindow, vocabulary: Vocabulary, n_vocab: int, n_ctx: int
) -> None:
    """Raise UserError for ids that are no tokens or too many, ValueError for a block that does
    not fit: native code would end the process."""
    ids, block = request.token_ids, request.block
    if len(ids) > n_ctx:
        raise UserError(
            f"A window has {len(ids):,} tokens, but the context holds {n_ctx:,}.",
            "Choose smaller windows.",
        )
    for token_id in ids:
        require_token(token_id, vocabulary)
    rows = len(ids) - 1 - request.first
    if request.first < 0 or rows < 1 or (block.rows, block.columns) != (rows, n_vocab):
        raise ValueError(f"block of {block.rows} × {block.columns} for {rows} × {n_vocab}")


def read_window(request: ReadWindow, logits: Iterator[Rows], cancel: CancelFlag) -> WindowRead:
    """`logits`: the rows of the window in order, in as many pieces as they come."""
    told = _Told(request.token_ids[request.first + 1 :])
    target = _mapped(request.block, "r+")

    def take(at: int, rows: Rows) -> None:
        out = target[at : at + len(rows)]
        _log_softmax(rows, out, np.empty_like(rows))
        told.add(at, rows, out)

    read_s, work_s = _each(logits, take, cancel)
    return WindowRead(tuple(told.nll), tuple(told.top_ids), read_s, work_s, peak_bytes())


def read_next(request: ReadNext, n_prompt: int, logits: Rows, vocabulary: Vocabulary) -> NextRead:
    """`logits`: float32 [1, n_vocab], what follows a prompt of `n_prompt` tokens."""
    block = request.block
    if (block.rows, block.columns) != logits.shape:
        raise ValueError(f"block of {block.rows} × {block.columns} for {logits.shape}")
    target = _mapped(block, "r+")
    _log_softmax(logits, target, np.empty_like(logits))
    row = target[0]
    if np.isnan(row[0]):
        return NextRead(n_prompt, ())
    best = np.argsort(-row, kind="stable")[: request.top]
    values = row[best].tolist()
    return NextRead(n_prompt, alternatives(vocabulary, best.tolist(), values))


def compare_window(
    request: CompareWindow, logits: Iterator[Rows], cancel: CancelFlag
) -> WindowCompared:
    told = _Told(request.token_ids[request.first + 1 :])
    source, kld, moved = _mapped(request.block, "r"), list[float](), Moved()

    def take(at: int, rows: Rows) -> None:
        own, scratch = np.empty_like(rows), np.empty_like(rows)
        _log_softmax(rows, own, scratch)
        told.add(at, rows, own)
        values = divergence(source[at : at + len(rows)], own, scratch)
        kld.extend(values.tolist())
        moved.add(at, rows, values)

    read_s, work_s = _each(logits, take, cancel)
    return WindowCompared(tuple(told.nll), tuple(told.top_ids), tuple(kld), read_s, work_s,
                          moved.rows(source), peak_bytes())  # fmt: skip


def divergence(base: Rows, own: Rows, scratch: Rows) -> Rows:
    """KL(base ‖ own) in nats of each row of log-probabilities; `own` is overwritten."""
    with np.errstate(invalid="ignore"):
        np.exp(base, out=scratch)
        np.subtract(base, own, out=own)
        np.multiply(scratch, own, out=own)
        sums: Rows = own.sum(axis=1)
        if not np.isfinite(sums).all():  # 0 · ∞ where both rule a token out counts as 0
            own[scratch == 0] = 0
            sums = own.sum(axis=1)
    return sums


@dataclass
class _Told:
    following: Sequence[int]
    nll: list[float] = field(default_factory=list)
    top_ids: list[int] = field(default_factory=list)

    def add(self, at: int, logits: Rows, logprobs: Rows) -> None:
        ids = np.asarray(self.following[at : at + len(logits)])
        values = logprobs[np.arange(len(ids)), ids]
        self.nll += (-values).tolist()
        best = logits.argmax(axis=1)
        self.top_ids += np.where(np.isnan(values), -1, best).tolist()


def _log_softmax(logits: Rows, out: Rows, scratch: Rows) -> None:
    """A row with a NaN becomes all NaN."""
    with np.errstate(invalid="ignore"):
        np.subtract(logits, logits.max(axis=1, keepdims=True), out=out)
        np.exp(out, out=scratch)
        np.subtract(out, np.log(scratch.sum(axis=1, keepdims=True)), out=out)


def _each(
    logits: Iterator[Rows], take: Callable[[int, Rows], None], cancel: CancelFlag
) -> tuple[float, float]:
    """Seconds of the model, and of the numbers."""
    at, work_s, started = 0, 0.0, time.monotonic()
    for piece in logits:
        began = time.monotonic()
        for start in range(0, len(piece), ROWS_AT_ONCE):
            if cancel.is_set:
                raise Cancelled
            rows = piece[start : start + ROWS_AT_ONCE]
            take(at, rows)
            at += len(rows)
        work_s += time.monotonic() - began
    return time.monotonic() - started - work_s, work_s


def _mapped(block: Block, mode: str) -> Rows:
    shape = (block.rows, block.columns)
    return np.memmap(block.path, np.float32, mode, shape=shape)  # type: ignore[call-overload]
