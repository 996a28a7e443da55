"""What a lease gives: the Engine protocol over one context of a model that others use too."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from models.cancel import CancelToken
from models.engine.messages import (
    CompareWindow,
    ContextInfo,
    Delta,
    Embedded,
    Generate,
    Generated,
    GenerateMany,
    ManyDone,
    ModelInfo,
    NextRead,
    Part,
    Progress,
    PromptScores,
    ReadNext,
    ReadWindow,
    RowResult,
    ScorePrompt,
    TimeTokens,
    Tokenized,
    TokensTimed,
    VocabularyFacts,
    WindowCompared,
    WindowRead,
)
from models.engine.pool.resident import ContextWish, Resident
from models.engine.tracing import RequestLog

WAIT_S = 0.1


class PooledEngine:
    """The Engine protocol over one context of a resident model; one request at a time. `cancel`
    is the lease's: it also ends the waiting of what takes no token of its own. The times of each
    request go to `log`, under the name of who leased."""

    def __init__(
        self, resident: Resident, info: ModelInfo, context: ContextInfo, cancel: CancelToken,
        log: RequestLog, who: str = "",
    ) -> None:  # fmt: skip
        self._resident = resident
        self._cancel = cancel
        self._log, self._who = log, who
        self.info = info
        self.context = context

    def generate(
        self, request: Generate, cancel: CancelToken
    ) -> Generator[Progress | Delta, None, Generated]:
        """See Engine.generate. The request's context name is set to this engine's."""
        request = replace(request, context=self.context.context)
        with self._turn(cancel):
            events = self._resident.client.generate(request, cancel)
            return (yield from self._log.follow(events, "reply", self._who, self.info))

    def generate_many(
        self, request: GenerateMany, cancel: CancelToken
    ) -> Generator[RowResult, None, ManyDone]:
        """See Engine.generate_many."""
        request = replace(request, context=self.context.context)
        with self._turn(cancel):
            events = self._resident.client.generate_many(request, cancel)
            return (yield from self._log.follow(events, "rows", self._who, self.info))

    def score_prompt(
        self, request: ScorePrompt, cancel: CancelToken
    ) -> Generator[Progress, None, PromptScores]:
        """See EngineClient.score_prompt."""
        request = replace(request, context=self.context.context)
        with self._turn(cancel):
            events = self._resident.client.score_prompt(request, cancel)
            return (yield from self._log.follow(events, "scores", self._who, self.info))

    def read_next(
        self, request: ReadNext, cancel: CancelToken
    ) -> Generator[Progress, None, NextRead]:
        """See EngineClient.read_next."""
        request = replace(request, context=self.context.context)
        with self._turn(cancel):
            events = self._resident.client.read_next(request, cancel)
            return (yield from self._log.follow(events, "next", self._who, self.info))

    def embed(self, texts: Sequence[Sequence[Part]], cancel: CancelToken) -> Embedded:
        """See EngineClient.embed."""
        with self._turn(cancel):
            client = self._resident.client
            return self._log.time(
                lambda: client.embed(texts, cancel), "vectors", self._who, self.info
            )

    def read_window(self, request: ReadWindow, cancel: CancelToken) -> WindowRead:
        """See EngineClient.read_window."""
        request = replace(request, context=self.context.context)
        with self._turn(cancel):
            client, n_tokens = self._resident.client, len(request.token_ids)
            return self._log.time(
                lambda: client.read_window(request, cancel), "window", self._who, self.info,
                n_tokens,
            )  # fmt: skip

    def compare_window(self, request: CompareWindow, cancel: CancelToken) -> WindowCompared:
        """See EngineClient.compare_window."""
        request = replace(request, context=self.context.context)
        with self._turn(cancel):
            client, n_tokens = self._resident.client, len(request.token_ids)
            return self._log.time(
                lambda: client.compare_window(request, cancel), "window", self._who, self.info,
                n_tokens,
            )  # fmt: skip

    def time_tokens(self, request: TimeTokens, cancel: CancelToken) -> TokensTimed:
        """See EngineClient.time_tokens."""
        request = replace(request, context=self.context.context)
        with self._turn(cancel):
            client = self._resident.client
            return self._log.time(
                lambda: client.time_tokens(request, cancel), "timing", self._who, self.info,
                request.n_read, request.n_written,
            )  # fmt: skip

    def describe_vocabulary(self) -> VocabularyFacts:
        with self._turn(self._cancel):
            return self._resident.client.describe_vocabulary(self._cancel)

    def beside(self, wish: ContextWish) -> PooledEngine:
        """Another context on the same model."""
        context = self._resident.context_for(wish)
        return PooledEngine(self._resident, self.info, context, self._cancel, self._log, self._who)

    def close_context(self) -> None:
        """Give its memory back, where the model stays loaded; this engine is of no use after."""
        self._resident.close_context(self.context.context)

    @contextmanager
    def _turn(self, cancel: CancelToken) -> Iterator[None]:
        """One request at a time; raises Cancelled while waiting for the one before."""
        while not self._resident.busy.acquire(timeout=WAIT_S):
            cancel.raise_if_cancelled()
        try:
            yield
        finally:
            self._resident.busy.release()

    def tokenize(self, parts: Sequence[Part], count_only: bool = False) -> Tokenized:
        return self._resident.client.tokenize(parts, count_only, self._cancel)

    def detokenize(self, token_ids: Sequence[int]) -> str:
        return self._resident.client.detokenize(token_ids, self._cancel)


class Lease:
    """The right to use an engine until released; a context manager."""

    def __init__(self, engine: PooledEngine, give_back: Callable[[], None]) -> None:
        self.engine = engine
        self._give_back: Callable[[], None] | None = give_back

    def release(self) -> None:
        if self._give_back:
            give_back, self._give_back = self._give_back, None
            give_back()

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()
