"""Many prompts on one context: alone, one after the other with shared beginnings, or together."""

from __future__ import annotations

import ctypes
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from models.engine.backend import CancelFlag
from models.engine.label_scores import Logits, log_softmax
from models.engine.lens import Lens
from models.engine.llama_batch import Slot
from models.engine.llama_context import LlamaContext
from models.engine.llama_sampling import build_chain
from models.engine.llama_vocabulary import LlamaVocabulary
from models.engine.messages import Drawn, GenerateMany, ManyDone, RowResult
from models.engine.row_work import RowWork, lead_of, prepare, result
from models.errors import Cancelled


class LlamaRows:
    """A prompt is always read alone, in a sequence of its own; what follows it, its labels and
    its answer, is decoded one token of every row a step. So `batched` differs from `exact` only
    in the number of rows a step has: on x86 by no bit with Q8_0, Q5_1 and Q4_0, with F16 by up
    to 0.02 nats (measured); elsewhere the repeatability check of a run tells."""

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
        running: list[RowWork] = []  # each in the sequence of its place
        finished = 0
        try:
            for work in self._finished(running, cancel):
                emit(result(work, self._lens, self._vocabulary, self._request.top))
                finished += 1
        except Cancelled:
            return ManyDone(finished, cancelled=True)
        finally:
            for work in running:
                self._free(work)
            self._context.unwatch(cancel)
        return ManyDone(finished)

    def _finished(self, running: list[RowWork], cancel: CancelFlag) -> Iterator[RowWork]:
        """A row that is done makes room for the next one at once, so that steps stay full."""
        waiting = self._prepared()
        while waiting or running:
            done = [place for place, work in enumerate(running) if work.is_done]
            if waiting and len(running) < self._most_rows():
                running.append(waiting.popleft())
                self._begin(running[-1], len(running) - 1, cancel)
            elif done:
                for place in reversed(done):
                    yield self._leave(running, place)
            else:
                self._step(running, cancel)

    def _most_rows(self) -> int:
        together = self._request.mode == "batched"
        return min(self._context.n_seq, self._context.n_batch) if together else 1

    def _leave(self, running: list[RowWork], place: int) -> RowWork:
        """The last row moves up: sequences of one step must be neighbours, or it is cut up."""
        work, last = running[place], len(running) - 1
        if place < last:
            self._context.copy(last, place)
            running[place] = running[last]
        running.pop()
        self._free(work)
        return work

    def _free(self, work: RowWork) -> None:
        if work.chain:
            self._library.llama_sampler_free(work.chain)
            work.chain = None

    # ---- preparing ----

    def _prepared(self) -> deque[RowWork]:
        """Sorted by tokens, so that what shares a beginning stands together; `cold` keeps the
        order of the request and shares nothing."""
        n_ctx = self._context.n_ctx_seq
        rows = enumerate(self._request.rows)
        works = [prepare(i, row, self._vocabulary, n_ctx) for i, row in rows]
        if self._request.mode != "cold":
            works.sort(key=lambda work: work.ids)
        return deque(works)

    # ---- a prompt ----

    def _begin(self, work: RowWork, sequence: int, cancel: CancelFlag) -> None:
        """Read the prompt, keep its logits and draw the first token of the answer."""
        started = time.monotonic()
        work.cached_tokens = self._share(work, sequence)
        self._read(work.ids[work.cached_tokens :], sequence, cancel)
        work.prompt_s = time.monotonic() - started
        work.first = self._logits(-1).copy()
        work.tree.begin(log_softmax(work.first) if work.tree.spellings else work.first)
        if work.answer.stop_reason is None:
            work.chain = build_chain(
                self._library, self._vocabulary.pointer, self._request.sampling, work.row.seed,
                "", self._context.n_ctx,
            )  # fmt: skip
            self._draw(work, -1)

    def _share(self, work: RowWork, sequence: int) -> int:
        if self._request.mode == "cold":
            return self._context.cut(0, sequence)
        return self._context.take_prefix(work.ids, sequence)

    def _read(self, tokens: list[int], sequence: int, cancel: CancelFlag) -> None:
        if not self._context.read(tokens, cancel, sequence=sequence):
            raise Cancelled

    # ---- what follows it ----

    def _step(self, running: list[RowWork], cancel: CancelFlag) -> None:
        """One token of every row: of a label first, then of its answer."""
        if cancel.is_set:
            raise Cancelled
        started = time.monotonic()
        slots = [self._slot(work, sequence, cancel) for sequence, work in enumerate(running)]
        if not self._context.decode(slots):
            raise Cancelled
        for at, work in enumerate(running):
            if work.tree.is_done:
                self._draw(work, at)
            else:
                work.tree.take(log_softmax(self._logits(at)))
        share_s = (time.monotonic() - started) / len(running)
        for work in running:
            work.generation_s += share_s
            work.batch_rows = max(work.batch_rows, len(running))

    def _slot(self, work: RowWork, sequence: int, cancel: CancelFlag) -> Slot:
        if not work.tree.is_done:
            *before, token = work.tree.path
            self._go_back(work, before, sequence, cancel)
        else:
            token = work.drawn[-1].token_id
            if len(work.drawn) == 1:
                self._go_back(work, [], sequence, cancel)
        return Slot(token, len(self._context.held[sequence]), sequence, wants_logits=True)

    def _go_back(self, work: RowWork, label: list[int], sequence: int, cancel: CancelFlag) -> None:
        """To the prompt and the beginning of a label; read again where the cache cannot."""
        length = len(work.ids) + len(label)
        if self._context.cut(length, sequence) == length:
            return
        self._read(work.ids, sequence, cancel)
        for token in label:  # one by one, as the first time
            self._read([token], sequence, cancel)

    def _draw(self, work: RowWork, at: int) -> None:
        lead = lead_of(self._logits(at))
        token = int(self._library.llama_sampler_sample(work.chain, self._context.pointer, at))
        work.drawn.append(Drawn(token, lead))
        if self._vocabulary.ends_reply(token):
            work.answer.end("end")
        else:
            work.answer.take(self._vocabulary.shown(token))

    def _logits(self, at: int) -> Logits:
        """The engine's own memory, true until it decodes again."""
        pointer = self._library.llama_get_logits_ith(self._context.pointer, at)
        return np.ctypeslib.as_array(
            ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float)), (self._vocabulary.n_tokens,)
        )
