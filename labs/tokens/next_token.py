"""What a model would write next: the whole distribution after a prompt."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from labs.quantization.block import WindowBlock
from labs.tokens.sampling import Distribution
from labs.tokens.surprise import refuse_without_numbers
from models.cancel import CancelToken
from models.engine.chat_parts import ChatTurn
from models.engine.chat_template import Template
from models.engine.messages import (
    LoadSettings,
    ModelInfo,
    Part,
    Progress,
    ReadNext,
)
from models.engine.pool import ContextWish, Lease, Pool, Waiting
from models.engine.sandbox import Sandbox
from models.errors import UserError
from models.library.entry import ModelEntry

HOLDER = "the next token"
USUAL_CONTEXT = 2048
TOLD = 500  # of the likeliest tokens, with their texts
EXAMPLE_TEXT = "The cat sat on the"
EXAMPLE_SHARES = {"mat": 0.35, "floor": 0.28, "table": 0.15, "roof": 0.08, "couch": 0.06}
Steps = Progress | Waiting


@dataclass(frozen=True)
class Prompt:
    """`as_chat`: the text is a message that the model's own template is written around. `written`
    are the tokens chosen since."""

    text: str
    as_chat: bool = False
    written: tuple[int, ...] = ()


@dataclass(frozen=True)
class NextToken:
    """`texts` by token number, of the likeliest. `sent` is the prompt as text, template and all,
    without what was written since."""

    model: str
    prompt: Prompt
    sent: str
    n_prompt_tokens: int
    distribution: Distribution
    texts: dict[int, str]
    notes: tuple[str, ...] = ()


def example() -> NextToken:
    """Five words that may follow, as a textbook has them: no model is asked."""
    shares = np.array(tuple(EXAMPLE_SHARES.values()))
    values = np.log(shares / shares.sum()).astype(np.float32)
    return NextToken(
        "a textbook example", Prompt(EXAMPLE_TEXT), EXAMPLE_TEXT, 0, Distribution.of(values),
        {place: f" {word}" for place, word in enumerate(EXAMPLE_SHARES)},
        ("A textbook example, without a model. Its five words share what others would have had.",),
    )  # fmt: skip


class Asker:
    """Asks one model; it is leased for each question and given back, its context stays with it so
    that a prompt which only grew is not read again."""

    def __init__(self, pool: Pool, sandbox: Sandbox, entry: ModelEntry, settings: LoadSettings):
        self._pool, self._sandbox = pool, sandbox
        self._entry, self._settings = entry, settings

    def read(self, prompt: Prompt, cancel: CancelToken) -> Generator[Steps, None, NextToken]:
        """Raises UserError where there is no prompt, it is too long, or the model does not give
        all its probabilities; EngineDied; and Cancelled."""
        lease = yield from self._lease(cancel)
        with lease:
            engine = lease.engine
            parts, notes = self._parts(engine.info, prompt)
            with WindowBlock(1, engine.info.n_vocab) as block:
                request = ReadNext("", self._whole(parts, prompt), block, TOLD)
                told = yield from engine.read_next(request, cancel)
                values = np.fromfile(block.path, np.float32)
        if not told.top:
            raise UserError(
                "What the model gave were no numbers (NaN).",
                "Its file may be damaged; compare its size with its source.",
            )
        return NextToken(
            self._entry.name, prompt, "".join(part.text for part in parts), told.prompt_tokens,
            Distribution.of(values), {each.token_id: each.text for each in told.top}, notes,
        )  # fmt: skip

    def spell(
        self, token_ids: Iterable[int], cancel: CancelToken
    ) -> Generator[Steps, None, dict[int, str]]:
        """The texts of tokens, each alone."""
        wanted = tuple(token_ids)
        if not wanted:
            return {}
        lease = yield from self._lease(cancel)
        with lease:
            return {token_id: lease.engine.detokenize((token_id,)) for token_id in wanted}

    def _lease(self, cancel: CancelToken) -> Generator[Steps, None, Lease]:
        entry, settings = self._entry, self._settings
        wish = ContextWish("next token", context_of(settings, entry.n_ctx_train), 1, settings)
        lease = yield from self._pool.lease(
            entry.model, settings, context=wish, holder=HOLDER, cancel=cancel
        )
        with _given_back_on_error(lease):
            refuse_without_numbers(lease.engine, entry.name)
            if not entry.is_local:
                raise UserError(
                    f"{entry.name} does not give all its probabilities.",
                    "Choose a GGUF file or an MLX folder on this machine.",
                )
        return lease

    def _parts(self, info: ModelInfo, prompt: Prompt) -> tuple[Sequence[Part], tuple[str, ...]]:
        if not prompt.text:
            raise UserError("There is no prompt.", "Write the beginning of a text.")
        if not prompt.as_chat:
            return (Part(prompt.text),), ()
        template = Template(info, self._sandbox, "auto", datetime.now())
        parts = template.render((ChatTurn("user", prompt.text, "user"),))
        return parts, template.notes

    def _whole(self, parts: Sequence[Part], prompt: Prompt) -> tuple[Part, ...]:
        written = Part(token_ids=prompt.written, origin="assistant")
        return (*parts, written) if prompt.written else tuple(parts)


def context_of(settings: LoadSettings, n_ctx_train: int) -> int:
    """Tokens that fit into a prompt: a second context beside that of the chat is a small one,
    unless the user gave the model another."""
    return settings.n_ctx or min(USUAL_CONTEXT, n_ctx_train or USUAL_CONTEXT)


@contextmanager
def _given_back_on_error(lease: Lease) -> Iterator[None]:
    try:
        yield
    except BaseException:
        lease.release()
        raise
