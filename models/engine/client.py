"""The window's side of one worker: load, ask, stop, and say how it stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from models.cancel import CancelToken
from models.engine.answer_wait import Patience
from models.engine.messages import (
    CloseContext,
    CompareWindow,
    Connection,
    ContextInfo,
    Delta,
    DescribeVocabulary,
    Detokenize,
    Embed,
    Embedded,
    Generate,
    Generated,
    GenerateMany,
    Load,
    LoadSettings,
    ManyDone,
    ModelInfo,
    NextRead,
    OpenContext,
    Part,
    Progress,
    PromptScores,
    ReadNext,
    ReadWindow,
    RowResult,
    ScorePrompt,
    Text,
    TimeTokens,
    Tokenize,
    Tokenized,
    TokensTimed,
    VocabularyFacts,
    WindowCompared,
    WindowRead,
)
from models.engine.worker_link import STATE, WorkerLink
from models.errors import Cancelled, EngineDied, UserError
from models.long_work import result_of
from models.network import Attempt


class EngineClient:
    """One worker process with one model. Calls block; states are told to `on_state`."""

    def __init__(
        self,
        model: str,
        settings: LoadSettings,
        on_state: Callable[[STATE, str], None] = lambda state, detail: None,
        clock: Callable[[], float] = time.monotonic,
        patience: Patience | None = None,
        connection: Connection | None = None,
        on_attempt: Callable[[Attempt], None] = lambda attempt: None,
    ) -> None:
        self.model = model
        self.settings = settings
        self.info: ModelInfo | None = None
        self._on_state = on_state
        self._clock = clock
        self._connection = connection
        self._link = WorkerLink(model, on_state, on_attempt, clock, patience)

    # ---- life ----

    @property
    def is_alive(self) -> bool:
        return self._link.is_alive

    @property
    def pid(self) -> int | None:
        return self._link.pid

    def load(self, cancel: CancelToken) -> Generator[Progress, None, ModelInfo]:
        """Start the worker and load. If the first decode kills it, load once more with
        conservative kernels; no request of the user is in flight then."""
        try:
            self.info = yield from self._load_once(self.settings, cancel)
        except EngineDied as died:
            if died.kind not in ("backend_fault", "other") or not self.settings.use_extra_bufts:
                raise
            careful = replace(self.settings, use_extra_bufts=False)
            self._on_state("loading", "with slower, safer kernels after a fault")
            self.info = yield from self._load_once(careful, cancel)
            self.settings = careful
        return self.info

    def _load_once(
        self, settings: LoadSettings, cancel: CancelToken
    ) -> Generator[Progress, None, ModelInfo]:
        self._link.start()
        self._on_state("loading", "")
        info: ModelInfo = yield from self._link.ask(
            Load(self.model, settings, self._connection), cancel
        )
        self._on_state("ready", "")
        return info

    @property
    def open_for(self) -> str:
        """The user's act that let this worker beyond loopback, "" where none did."""
        return self._connection.open_for if self._connection else ""

    def cut_off(self) -> None:
        """End the worker at once, because Assay was sealed; one that is about to start, too."""
        self._link.cut_off()

    def close(self) -> None:
        self._link.close()

    # ---- requests ----

    def open_context(
        self, name: str, n_ctx: int, n_seq: int = 1, settings: LoadSettings | None = None
    ) -> ContextInfo:
        """`settings` give attention, cache types and threads; the model's own if left out."""
        wanted = OpenContext(name, n_ctx, n_seq, settings or self.settings)
        info: ContextInfo = self._answer(wanted)
        return info

    def close_context(self, name: str) -> None:
        self._answer(CloseContext(name))

    def generate(
        self, request: Generate, cancel: CancelToken
    ) -> Generator[Progress | Delta, None, Generated]:
        """See Engine.generate."""
        self._refuse_oracle(request.prompt)
        written: list[str] = []
        started = self._clock()
        try:
            with self._busy():
                for event in (events := _Returning(self._link.ask(request, cancel))):
                    if isinstance(event, Delta):
                        written.append(event.text)
                    yield event
        except Cancelled:  # the worker had to be killed
            return _cut_short("".join(written), self._clock() - started)
        outcome: Generated = events.value
        return outcome

    def generate_many(
        self, request: GenerateMany, cancel: CancelToken
    ) -> Generator[RowResult, None, ManyDone]:
        """Yield rows as they are finished, in any order.

        A worker that had to be killed to make Stop true raises Cancelled; whole rows are kept.
        """
        self._refuse_oracle(part for row in request.rows for part in row.prompt)
        with self._busy():
            done: ManyDone = yield from self._link.ask(request, cancel)
        return done

    def score_prompt(
        self, request: ScorePrompt, cancel: CancelToken
    ) -> Generator[Progress, None, PromptScores]:
        """How likely each token of a prompt was; raises Cancelled when stopped."""
        self._refuse_oracle(request.prompt)
        with self._busy():
            scores: PromptScores = yield from self._link.ask(request, cancel)
        return scores

    def read_next(
        self, request: ReadNext, cancel: CancelToken
    ) -> Generator[Progress, None, NextRead]:
        """What follows a prompt, into the block of the request; raises Cancelled when stopped."""
        self._refuse_oracle(request.prompt)
        with self._busy():
            read: NextRead = yield from self._link.ask(request, cancel)
        return read

    def embed(self, texts: Sequence[Sequence[Part]], cancel: CancelToken) -> Embedded:
        """A vector for each text; raises Cancelled when stopped."""
        request = Embed(tuple(map(tuple, texts)), self.settings)
        with self._busy():
            embedded: Embedded = self._answer(request, cancel)
        return embedded

    def read_window(self, request: ReadWindow, cancel: CancelToken) -> WindowRead:
        """Log-probabilities into the block of the request; raises Cancelled when stopped."""
        with self._busy():
            read: WindowRead = self._answer(request, cancel)
        return read

    def compare_window(self, request: CompareWindow, cancel: CancelToken) -> WindowCompared:
        """How far this model is from what the block holds; raises Cancelled when stopped."""
        with self._busy():
            compared: WindowCompared = self._answer(request, cancel)
        return compared

    def describe_vocabulary(self, cancel: CancelToken | None = None) -> VocabularyFacts:
        facts: VocabularyFacts = self._answer(DescribeVocabulary(), cancel)
        return facts

    def time_tokens(self, request: TimeTokens, cancel: CancelToken) -> TokensTimed:
        """One repetition of a benchmark; raises Cancelled when stopped."""
        with self._busy():
            timed: TokensTimed = self._answer(request, cancel)
        return timed

    def tokenize(
        self, parts: Sequence[Part], count_only: bool = False, cancel: CancelToken | None = None
    ) -> Tokenized:
        answer: Tokenized = self._answer(Tokenize(tuple(parts), count_only), cancel)
        return answer

    def detokenize(self, token_ids: Sequence[int], cancel: CancelToken | None = None) -> str:
        answer: Text = self._answer(Detokenize(tuple(token_ids)), cancel)
        return answer.text

    @contextmanager
    def _busy(self) -> Iterator[None]:
        self._on_state("busy", "")
        try:
            yield
        finally:
            if self.is_alive:
                self._on_state("ready", "")

    def _refuse_oracle(self, parts: Iterable[Part]) -> None:
        if not self.model.startswith("sim:") and any(part.oracle for part in parts):
            raise UserError("The truth of an item may go to simulated models only.")

    def _answer(self, message: Any, cancel: CancelToken | None = None) -> Any:
        """A quick answer is taken even after a cancel; a worker that hangs is ended by it."""
        return result_of(self._link.ask(message, cancel or CancelToken()))


class _Returning:
    """Iterates a generator and keeps what it returned."""

    def __init__(self, generator: Generator[Any, None, Any]) -> None:
        self._generator = generator
        self.value: Any = None

    def __iter__(self) -> Generator[Any, None, None]:
        self.value = yield from self._generator


def _cut_short(text: str, elapsed_s: float) -> Generated:
    """What is known of a reply whose worker was killed to make Stop true."""
    return Generated(
        text=text, stop_reason="cancelled", prompt_tokens=0, cached_tokens=0, reply_tokens=0,
        time_to_first_token_s=None, prompt_s=0.0, generation_s=elapsed_s, seed=-1, killed=True,
    )  # fmt: skip
