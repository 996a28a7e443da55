"""The window's side of one worker: load, ask, stop, and say how it stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Literal, NoReturn

from models.cancel import CancelToken
from models.engine.answer_wait import PARTIAL, AnswerWait, Patience
from models.engine.messages import (
    Cancel,
    CloseContext,
    CompareWindow,
    Connection,
    ContextInfo,
    Delta,
    DescribeVocabulary,
    Detokenize,
    Embed,
    Embedded,
    Failed,
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
from models.engine.process import Child, Ended
from models.errors import Cancelled, EngineDied, UserError
from models.long_work import result_of
from models.network import Attempt

WORKER = "models.engine.worker"
STATE = Literal["starting", "loading", "ready", "busy", "stopped", "crashed"]


class EngineError(RuntimeError):
    """A fault of our own inside the worker; carries its traceback to the crash report."""


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
        self._patience = patience or Patience()
        self._connection = connection
        self._on_attempt = on_attempt
        self._child: Child | None = None
        self._lost: Child | None = None
        self._is_cut = False

    # ---- life ----

    @property
    def is_alive(self) -> bool:
        return self._child is not None and not self._child.has_ended

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

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
        self.close()
        self._on_state("starting", "")
        child = self._child = Child(WORKER, on_attempt=self._tell)
        if self._is_cut:  # while there was no process yet that could be ended
            self.cut_off()
            raise cut_off_error()
        try:
            child.wait_for_hello()
        except EngineDied:
            if child.killed_for == "sealed":
                raise cut_off_error() from None
            raise
        self._on_state("loading", "")
        info: ModelInfo = yield from self._ask(Load(self.model, settings, self._connection), cancel)
        self._on_state("ready", "")
        return info

    def _tell(self, attempt: Attempt) -> None:
        name = PurePath(self.model).name or self.model
        self._on_attempt(replace(attempt, process=f"Worker of {name}"))

    @property
    def open_for(self) -> str:
        """The user's act that let this worker beyond loopback, "" where none did."""
        return self._connection.open_for if self._connection else ""

    def cut_off(self) -> None:
        """End the worker at once, because Assay was sealed; one that is about to start, too."""
        self._is_cut = True
        if self._child:
            self._child.kill("sealed")
        self.close()

    def close(self) -> None:
        child, self._child = self._child, None
        if child:
            child.close()
            self._on_state("stopped", "")

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
                for event in (events := _Returning(self._ask(request, cancel))):
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
            done: ManyDone = yield from self._ask(request, cancel)
        return done

    def score_prompt(
        self, request: ScorePrompt, cancel: CancelToken
    ) -> Generator[Progress, None, PromptScores]:
        """How likely each token of a prompt was; raises Cancelled when stopped."""
        self._refuse_oracle(request.prompt)
        with self._busy():
            scores: PromptScores = yield from self._ask(request, cancel)
        return scores

    def read_next(
        self, request: ReadNext, cancel: CancelToken
    ) -> Generator[Progress, None, NextRead]:
        """What follows a prompt, into the block of the request; raises Cancelled when stopped."""
        self._refuse_oracle(request.prompt)
        with self._busy():
            read: NextRead = yield from self._ask(request, cancel)
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
        return result_of(self._ask(message, cancel or CancelToken()))

    # ---- waiting ----

    def _ask(self, message: Any, cancel: CancelToken) -> Generator[Any, None, Any]:
        """Yield events of a request until its result; climb the cancel ladder when asked."""
        child = self._require_child()
        request_id, answers = child.send(message)
        wait = AnswerWait(child, request_id, answers, cancel, self._clock, self._patience)
        try:
            while True:
                event = wait.next()
                if isinstance(event, PARTIAL):
                    yield event
                elif isinstance(event, Ended):
                    self._raise_end(child, is_cancelled=wait.is_cancelled)
                elif isinstance(event, Failed):
                    _raise_failed(event)
                else:
                    return event
        finally:
            if not wait.finished and not child.has_ended:  # the caller lost interest half-way
                child.notify(Cancel(request_id))
            child.forget(request_id)

    def _raise_end(self, child: Child, *, is_cancelled: bool) -> NoReturn:
        """Several requests may wait for one worker: each learns why it ended, one tells of it."""
        if child.killed_for == "stop" or (child.killed_for and is_cancelled):
            self._on_state("stopped", "ended to make Stop true")
            raise Cancelled if is_cancelled else _ended_for_another()
        if child.killed_for == "sealed":
            raise cut_off_error()
        error = child.exit(silent=child.killed_for == "silence").error()
        if self._lost is not child:
            self._lost = child
            self._on_state("crashed", error.message)
        raise error

    def _require_child(self) -> Child:
        if self._is_cut:
            raise cut_off_error()
        if self._child is None:
            raise EngineDied("other", "The engine is not running.", "Send again to start it.")
        if self._child.has_ended:  # while nobody asked it for anything
            self._raise_end(self._child, is_cancelled=False)
        return self._child


class _Returning:
    """Iterates a generator and keeps what it returned."""

    def __init__(self, generator: Generator[Any, None, Any]) -> None:
        self._generator = generator
        self.value: Any = None

    def __iter__(self) -> Generator[Any, None, None]:
        self.value = yield from self._generator


def _raise_failed(failed: Failed) -> None:
    if failed.kind == "cancelled":
        raise Cancelled
    if failed.kind == "user":
        raise UserError(failed.message, failed.hint)
    raise EngineError(f"{failed.message}\n{failed.log}")


def cut_off_error() -> UserError:
    return UserError(
        "The connection was cut: Assay has been sealed.",
        "Open the door again, or use a model on this machine.",
    )


def _ended_for_another() -> EngineDied:
    return EngineDied(
        "other", "The engine was ended to stop another task.", "Send again to start it afresh."
    )


def _cut_short(text: str, elapsed_s: float) -> Generated:
    """What is known of a reply whose worker was killed to make Stop true."""
    return Generated(
        text=text, stop_reason="cancelled", prompt_tokens=0, cached_tokens=0, reply_tokens=0,
        time_to_first_token_s=None, prompt_s=0.0, generation_s=elapsed_s, seed=-1, killed=True,
    )  # fmt: skip
