"""What labs may ask of a loaded model, whatever library runs it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Protocol

from models.cancel import CancelToken
from models.engine.messages import (
    ContextInfo,
    Delta,
    Generate,
    Generated,
    GenerateMany,
    ManyDone,
    ModelInfo,
    Part,
    Progress,
    RowResult,
    Tokenized,
)


class Engine(Protocol):
    """A model with one open context. Calls block; run them in a job."""

    info: ModelInfo
    context: ContextInfo

    def generate(
        self, request: Generate, cancel: CancelToken
    ) -> Generator[Progress | Delta, None, Generated]:
        """Yield progress before each chunk of the prompt, then the text as it grows; return how it
        went.

        A cancelled reply returns with stop_reason "cancelled" and keeps its text.
        Raises EngineDied when the worker ended, UserError when the request cannot be run.
        """
        ...

    def tokenize(self, parts: Sequence[Part], count_only: bool = False) -> Tokenized:
        """Tokens of a prompt with their origins, also while a reply streams."""
        ...

    def detokenize(self, token_ids: Sequence[int]) -> str: ...


class ManyEngine(Engine, Protocol):
    """An engine that also takes many prompts in one request, as experiments need it."""

    def generate_many(
        self, request: GenerateMany, cancel: CancelToken
    ) -> Generator[RowResult, None, ManyDone]:
        """Yield the rows of many prompts as they are finished, in any order."""
        ...
