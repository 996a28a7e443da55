"""Many prompts on one MLX context: alone, or one after the other with shared beginnings."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from models.engine.backend import CancelFlag
from models.engine.label_scores import Logits, log_softmax
from models.engine.lens import Lens
from models.engine.messages import Drawn, GenerateMany, ManyDone, RowResult
from models.engine.mlx_context import ROW_CHUNK, Mark, MlxContext
from models.engine.mlx_library import MlxLibrary
from models.engine.mlx_sampling import MlxSampler
from models.engine.mlx_vocabulary import MlxVocabulary
from models.engine.row_work import RowWork, lead_of, prepare, result
from models.errors import Cancelled


class MlxRows:
    """One row at a time in every mode: answers that MLX writes together round otherwise than
    alone, so `batched` is read as `exact`, and `batch_rows` says 1."""

    def __init__(
        self,
        library: MlxLibrary,
        vocabulary: MlxVocabulary,
        context: MlxContext,
        request: GenerateMany,
    ) -> None:
        self._library = library
        self._vocabulary = vocabulary
        self._context = context
        self._request = request
        self._lens = Lens(vocabulary.n_tokens)

    def run(self, emit: Callable[[RowResult], None], cancel: CancelFlag) -> ManyDone:
        """Emit each row as it is finished; a cancel ends between tokens and keeps whole rows."""
        finished = 0
        try:
            for work in self._prepared():
                self._read(work, cancel)
                mark = self._context.mark()
                self._score(work, mark, cancel)
                self._answer(work, mark, cancel)
                emit(result(work, self._lens, self._vocabulary, self._request.top))
                finished += 1
        except Cancelled:
            return ManyDone(finished, cancelled=True)
        except BaseException:
            self._context.forget()
            raise
        return ManyDone(finished)

    def _prepared(self) -> list[RowWork]:
        """Sorted by tokens, so that what shares a beginning stands together; `cold` keeps the
        order of the request and shares nothing."""
        rows = enumerate(self._request.rows)
        works = [prepare(i, row, self._vocabulary, self._context.n_ctx) for i, row in rows]
        return works if self._request.mode == "cold" else sorted(works, key=lambda work: work.ids)

    def _read(self, work: RowWork, cancel: CancelFlag) -> None:
        """Read the prompt and keep its logits."""
        started, context = time.monotonic(), self._context
        cold = self._request.mode == "cold"
        work.cached_tokens = context.keep_prefix(work.ids, reuse=False) if cold else (
            context.keep_chunks(work.ids)
        )  # fmt: skip
        rest = work.ids[work.cached_tokens : -1]
        if not context.read(rest, cancel, chunk=ROW_CHUNK):
            raise Cancelled
        work.first = self._after(work.ids[-1], cancel)
        work.prompt_s = time.monotonic() - started

    def _score(self, work: RowWork, mark: Mark, cancel: CancelFlag) -> None:
        assert work.first is not None
        started, tree = time.monotonic(), work.tree
        if tree.spellings:
            tree.begin(log_softmax(work.first))
        while not tree.is_done:
            self._context.go_back(mark)
            for token in tree.path:
                logits = self._after(token, cancel)
            tree.take(log_softmax(logits))
        work.generation_s += time.monotonic() - started

    def _answer(self, work: RowWork, mark: Mark, cancel: CancelFlag) -> None:
        assert work.first is not None
        if work.answer.stop_reason is not None:
            return
        started, logits = time.monotonic(), work.first
        self._context.go_back(mark)
        sampler = MlxSampler(self._library, self._request.sampling, work.row.seed)
        while True:
            token = int(sampler.draw(self._library.mx.array(logits)).item())
            work.drawn.append(Drawn(token, lead_of(logits)))
            if self._vocabulary.ends_reply(token):
                work.answer.end("end")
            else:
                work.answer.take(self._vocabulary.shown(token))
            if work.answer.stop_reason is not None:
                break
            logits = self._after(token, cancel)
        work.generation_s += time.monotonic() - started

    def _after(self, token: int, cancel: CancelFlag) -> Logits:
        if cancel.is_set:
            raise Cancelled
        logits: Any = self._context.read_one(token)
        values: Logits = np.array(logits)
        return values
