"""The whole distribution after a prompt, raw and through the template."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from labs.tokens.next_token import Asker, Prompt, context_of
from models.cancel import CancelToken
from models.engine.messages import LoadSettings
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.library import Library
from models.long_work import result_of


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    opened = Pool(fits=lambda *_: True)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def asker(
    pool: Pool, sandbox: Sandbox, starter: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asker]:
    library = Library(tmp_path_factory.mktemp("home") / "index")
    entry = library.refresh(library.add(starter)[0])
    made = Asker(pool, sandbox, entry, LoadSettings(n_ctx=512))
    ask(made, "Hello")  # what a module keeps must be there before its tests begin
    yield made


def ask(asker: Asker, text: str, *, as_chat: bool = False, written: tuple[int, ...] = ()):
    return result_of(asker.read(Prompt(text, as_chat, written), CancelToken()))


@pytest.mark.parametrize(
    ("given", "trained", "room"), [(0, 0, 2048), (0, 512, 512), (0, 8192, 2048), (8192, 512, 8192)]
)
def test_a_prompt_has_the_room_that_the_model_is_loaded_with(
    given: int, trained: int, room: int
) -> None:
    assert context_of(LoadSettings(n_ctx=given), trained) == room


@pytest.mark.model
def test_the_distribution_holds_all_tokens_and_goes_on_from_what_was_written(asker: Asker) -> None:
    found = ask(asker, "The capital of France is")
    assert found.distribution.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert (np.diff(found.distribution.logprobs) <= 0).all() and len(found.texts) == 500
    best = int(found.distribution.ids[0])
    assert found.texts[best] == " Paris"
    after = ask(asker, "The capital of France is", written=(best,))
    assert after.n_prompt_tokens == found.n_prompt_tokens + 1
    assert after.texts[int(after.distribution.ids[0])] != " Paris"


@pytest.mark.model
def test_a_chat_message_goes_through_the_template(asker: Asker) -> None:
    found = ask(asker, "Say yes.<|im_end|>", as_chat=True)
    assert found.sent.startswith("<|im_start|>") and found.sent.endswith("assistant\n")
    assert found.n_prompt_tokens > 20  # the message's own <|im_end|> stays text


@pytest.mark.model
def test_rare_tokens_can_be_spelled_and_the_model_is_given_back(asker: Asker, pool: Pool) -> None:
    ids = ask(asker, "Hello").distribution.ids[[600, 700]].tolist()
    texts = result_of(asker.spell(ids, CancelToken()))
    assert list(texts) == ids and all(isinstance(text, str) for text in texts.values())
    assert result_of(asker.spell((), CancelToken())) == {}
    assert not any(status.holder for status in pool.status())


@pytest.mark.model
def test_a_prompt_that_is_missing_or_too_long_is_a_sentence(asker: Asker) -> None:
    with pytest.raises(UserError, match="There is no prompt"):
        ask(asker, "")
    with pytest.raises(UserError, match="but the context holds 512"):
        ask(asker, "word " * 600)


def test_a_simulated_model_is_refused() -> None:
    entry = ModelEntry("sim:echo", "sim:echo", Path(), "sim", 0, "")
    with closing(Pool()) as pool, pytest.raises(UserError, match="gives no probabilities"):
        ask(Asker(pool, Sandbox(), entry, LoadSettings()), "Hello")
