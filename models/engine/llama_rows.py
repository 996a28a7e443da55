"""Many prompts on one context: alone, one after the other with shared beginnings, or together."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.engine.backend import CancelFlag
from models.engine.label_scores import Logits, Spelling, combine, log_softmax, spellings_of
from models.engine.lens import Lens
from models.engine.llama_batch import LlamaBatch, Slot
from models.engine.llama_context import LlamaContext
from models.engine.llama_sampling import build_chain
from models.engine.llama_vocabulary import LlamaVocabulary
from models.engine.messages import Alternative, GenerateMany, ManyDone, Row, RowResult
from models.engine.prompt_tokens import tokenize_parts
from models.engine.row_answer import RowAnswer
from models.engine.token_trie import nodes, size
from models.errors import Cancelled, UserError

# A single token goes through other kernels than several, which round differently (logits moved
# by up to 1.0, measured); from two tokens on a shared beginning changed no bit. Four for safety.
LEAST_READ_TOKENS = 4


@dataclass
class _Work:
    """One row on its way."""

    index: int
    row: Row
    ids: list[int]
    spellings: list[Spelling]
    answer: RowAnswer
    chain: Any
    answer_token: int = -1  # drawn, not yet decoded
    first: Logits | None = None  # after the prompt
    logprobs: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class _Group:
    """Rows read together, and what that took."""

    rows: list[_Work]
    cached_tokens: int
    prompt_s: float


class LlamaRows:
    def __init__(
        self,
        library: Any,
        vocabulary: LlamaVocabulary,
        context: LlamaContext,
        request: GenerateMany,
    ) -> None:
        self._library = library
        self._vocabulary = vocabulary
        self._context = context
        self._request = request
        self._lens = Lens(vocabulary.n_tokens)

    def run(self, emit: Callable[[RowResult], None], cancel: CancelFlag) -> ManyDone:
        """Emit each row as it is finished; a cancel ends between tokens and keeps whole rows."""
        self._context.watch(cancel)
        finished = 0
        try:
            for group in self._groups():
                for result in self._run_group(group, cancel):
                    emit(result)
                    finished += 1
        except Cancelled:
            return ManyDone(finished, cancelled=True)
        finally:
            self._context.unwatch(cancel)
        return ManyDone(finished)

    # ---- preparing ----

    def _groups(self) -> Iterator[list[_Work]]:
        """Sorted by tokens, so that what shares a beginning stands together; `cold` keeps the
        order of the request and shares nothing. Sliding windows are never batched: they cannot
        go back to the end of a prompt."""
        works = [self._prepare(i, row) for i, row in enumerate(self._request.rows)]
        if self._request.mode != "cold":
            works.sort(key=lambda work: work.ids)
        if self._request.mode != "batched" or self._context.has_sliding_window:
            yield from ([work] for work in works)
            return
        group: list[_Work] = []
        for work in works:
            if group and not self._fits([*group, work]):
                yield group
                group = []
            group.append(work)
        if group:
            yield group

    def _prepare(self, index: int, row: Row) -> _Work:
        ids = [t.token_id for t in tokenize_parts(row.prompt, self._vocabulary)]
        encode = self._vocabulary.encode
        spellings = spellings_of(row.labels, lambda text: encode(text, False, False))
        answer = RowAnswer(row.until, row.max_tokens, row.begun)
        work = _Work(index, row, ids, spellings, answer, None)
        if not ids:
            raise UserError(f"Row {index + 1} has an empty prompt.")
        if _need(work) > self._context.n_ctx:
            raise UserError(
                f"Row {index + 1} needs {_need(work):,} tokens, but the context holds "
                f"{self._context.n_ctx:,}.",
                "Shorten it, or load the model with a larger context.",
            )
        return work

    def _fits(self, works: Sequence[_Work]) -> bool:
        tokens = size([work.ids for work in works]) + sum(_growth(work) for work in works)
        return len(works) <= self._context.n_seq and tokens <= self._context.n_ctx

    # ---- a group ----

    def _run_group(self, works: list[_Work], cancel: CancelFlag) -> Iterator[RowResult]:
        started = time.monotonic()
        cached = self._read_prompts(works, cancel)
        group = _Group(works, cached, time.monotonic() - started)
        answered = time.monotonic()
        try:
            self._score(works, cancel)
            self._answer(works, cancel)
        finally:
            if len(works) == 1:
                self._context.drop_extras()
            for work in works:
                if work.chain:
                    self._library.llama_sampler_free(work.chain)
                    work.chain = None
        generation_s = time.monotonic() - answered
        for work in works:
            yield self._result(work, group, generation_s)

    def _read_prompts(self, works: list[_Work], cancel: CancelFlag) -> int:
        """Returns how many tokens of the prompt were there already."""
        context, alone = self._context, len(works) == 1
        reuse = alone and self._request.mode == "exact"
        cached = context.keep_prefix(works[0].ids, reuse, LEAST_READ_TOKENS)
        if alone:
            if not context.read(works[0].ids[cached:], cancel, lambda done: None):
                raise Cancelled
            self._begin(works[0], -1)
            return cached
        context.cut(0)
        slots = [
            (Slot(n.token_id, n.position, n.rows, bool(n.ends)), n.ends)
            for n in nodes([work.ids for work in works])
        ]
        for at, ends in self._decode(slots, cancel):
            for row in ends:
                self._begin(works[row], at)
        return 0

    def _begin(self, work: _Work, at: int) -> None:
        """Keep the logits after the prompt and draw the first token of the answer."""
        work.first = self._logits(at)
        if work.answer.stop_reason is None:
            work.chain = build_chain(
                self._library, self._vocabulary.pointer, self._request.sampling, work.row.seed,
                "", self._context.n_ctx,
            )  # fmt: skip
            work.answer_token = self._draw(work, at)

    def _answer(self, works: list[_Work], cancel: CancelFlag) -> None:
        """One token of every unfinished row a step."""
        while active := [(i, w) for i, w in enumerate(works) if w.answer.stop_reason is None]:
            slots = [
                (Slot(w.answer_token, len(w.ids) + w.answer.n_tokens - 1, (i,), True), i)
                for i, w in active
            ]
            for at, i in self._decode(slots, cancel):
                works[i].answer_token = self._draw(works[i], at)

    def _draw(self, work: _Work, at: int) -> int:
        token = int(self._library.llama_sampler_sample(work.chain, self._context.pointer, at))
        if self._vocabulary.ends_reply(token):
            work.answer.end("end")
        else:
            work.answer.take(self._vocabulary.shown(token))
        return token

    # ---- labels ----

    def _score(self, works: list[_Work], cancel: CancelFlag) -> None:
        """Spellings of one token are read off; longer ones are spelled out after the prompt."""
        for work in works:
            assert work.first is not None
            if work.spellings:
                logprobs = log_softmax(work.first)
                work.logprobs = [float(logprobs[s.token_ids[0]]) for s in work.spellings]
        for place in range(max((len(work.spellings) for work in works), default=0)):
            self._spell_out(works, place, cancel)

    def _spell_out(self, works: list[_Work], place: int, cancel: CancelFlag) -> None:
        slots = []
        for i, work in enumerate(works):
            ids = work.spellings[place].token_ids if place < len(work.spellings) else ()
            slots += [
                (Slot(token, len(work.ids) + n, (i,), True), (i, ids[n + 1]))
                for n, token in enumerate(ids[:-1])
            ]
        for at, (i, following) in self._decode(slots, cancel):
            works[i].logprobs[place] += float(log_softmax(self._logits(at))[following])
        if slots:
            self._forget_spelled(works, cancel)

    def _forget_spelled(self, works: list[_Work], cancel: CancelFlag) -> None:
        if len(works) > 1:
            for i, work in enumerate(works):
                self._context.forget_after(i, len(work.ids))
        elif not self._context.drop_extras() and not self._context.read(
            works[0].ids, cancel, lambda done: None
        ):
            raise Cancelled

    # ---- decoding ----

    def _decode(self, slots: Sequence[tuple[Slot, Any]], cancel: CancelFlag) -> Iterator[Any]:
        """Decode in chunks; yield (place of the logits, tag) of the slots that asked for them."""
        for start in range(0, len(slots), self._context.n_batch):
            if cancel.is_set:
                raise Cancelled
            chunk = slots[start : start + self._context.n_batch]
            batch = LlamaBatch(self._library, [slot for slot, _ in chunk], self._context.n_seq)
            if not self._context.decode_batch(batch):
                raise Cancelled
            yield from ((at, tag) for at, (slot, tag) in enumerate(chunk) if slot.wants_logits)

    def _logits(self, at: int) -> Logits:
        pointer = self._library.llama_get_logits_ith(self._context.pointer, at)
        return np.ctypeslib.as_array(
            ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float)), (self._vocabulary.n_tokens,)
        ).copy()

    # ---- results ----

    def _result(self, work: _Work, group: _Group, generation_s: float) -> RowResult:
        assert work.first is not None
        top = self._lens.step(work.first, int(work.first.argmax()), self._request.top)
        answer = work.answer
        return RowResult(
            index=work.index,
            text=answer.text,
            stop_reason=answer.stop_reason or "length",
            prompt_tokens=len(work.ids),
            cached_tokens=group.cached_tokens,
            reply_tokens=answer.n_tokens,
            prompt_s=group.prompt_s,
            generation_s=generation_s,
            labels=combine(work.row.labels, work.spellings, work.logprobs),
            top=tuple(
                Alternative(i, self._vocabulary.piece(i).decode("utf-8", "replace"), p)
                for i, p in zip(top.top_ids, top.top_logprobs, strict=True)
            ),
            batch_rows=len(group.rows),
        )


def _growth(work: _Work) -> int:
    """Tokens a row may add to the cache after its prompt."""
    spelled = max((len(s.token_ids) for s in work.spellings), default=0)
    return max(work.row.max_tokens, spelled)


def _need(work: _Work) -> int:
    return len(work.ids) + _growth(work)
