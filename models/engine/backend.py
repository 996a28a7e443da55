"""What a library must offer to run inside the worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from models.engine.messages import (
    CompareWindow,
    ContextInfo,
    Delta,
    Embed,
    Embedded,
    Generate,
    Generated,
    GenerateMany,
    Load,
    ManyDone,
    ModelInfo,
    NextRead,
    OpenContext,
    Progress,
    PromptScores,
    ReadNext,
    ReadWindow,
    RowResult,
    ScorePrompt,
    TimeTokens,
    Tokenize,
    Tokenized,
    TokensTimed,
    VocabularyFacts,
    WindowCompared,
    WindowRead,
)

Emit = Callable[[Progress | Delta], None]


class CancelFlag(Protocol):
    """Set by the reader thread; `on_set` lets native code see it without Python."""

    @property
    def is_set(self) -> bool: ...

    def on_set(self, callback: Callable[[], None] | None) -> None: ...


class Backend(Protocol):
    """Everything runs on the worker's main thread but `tokenize` and `detokenize`, which the
    reader thread may call at any time after `load`."""

    def load(self, request: Load, emit: Emit, cancel: CancelFlag) -> ModelInfo: ...

    def open_context(self, request: OpenContext) -> ContextInfo: ...

    def close_context(self, name: str) -> None: ...

    def generate(self, request: Generate, emit: Emit, cancel: CancelFlag) -> Generated: ...

    def generate_many(
        self, request: GenerateMany, emit: Callable[[RowResult], None], cancel: CancelFlag
    ) -> ManyDone: ...

    def tokenize(self, request: Tokenize) -> Tokenized: ...

    def detokenize(self, token_ids: Sequence[int]) -> str: ...


@runtime_checkable
class ScoresPrompts(Protocol):
    """A backend whose capabilities say `prompt_logits`."""

    def score_prompt(
        self, request: ScorePrompt, emit: Emit, cancel: CancelFlag
    ) -> PromptScores: ...


@runtime_checkable
class Embeds(Protocol):
    """A backend whose capabilities say `embeddings`."""

    def embed(self, request: Embed, cancel: CancelFlag) -> Embedded: ...


@runtime_checkable
class ReadsWindows(Protocol):
    """A backend whose logits can be had whole: libraries that run here, no servers."""

    def read_window(self, request: ReadWindow, cancel: CancelFlag) -> WindowRead: ...

    def compare_window(self, request: CompareWindow, cancel: CancelFlag) -> WindowCompared: ...

    def read_next(self, request: ReadNext, emit: Emit, cancel: CancelFlag) -> NextRead: ...

    def describe_vocabulary(self) -> VocabularyFacts: ...


@runtime_checkable
class TimesTokens(Protocol):
    """A backend that can be given tokens without a text: libraries that run here, no servers."""

    def time_tokens(self, request: TimeTokens, cancel: CancelFlag) -> TokensTimed: ...
