"""How surprised a model is at a text, by definition, in windows, and against another model."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from labs.tokens.surprise import MOST_TOKENS, PIECE_TOKENS, Surprise, Window, read, windows
from labs.tokens.surprise_difference import Difference, context, difference
from models.cancel import CancelToken
from models.engine.messages import LoadSettings, Part, ScorePrompt, TokenData
from models.engine.pool import Pool
from models.errors import Cancelled, UserError
from models.library.entry import ModelEntry
from models.library.library import Library
from models.long_work import result_of
from models.tokenizers.cut import Cut
from models.tokenizers.source import source_of
from models.tokenizers.tokenizers import Tokenizers
from tests.engine.tiny_kinds import llama, llama_stretched

TEXT = "The hare was once boasting of her speed. "
SETTINGS = LoadSettings()


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelEntry]:
    """Two tiny models whose tokens differ; one puts a token before each text, the other none."""
    folder = tmp_path_factory.mktemp("models")
    library = Library(folder / "index")
    paths = (llama(folder / "letters.gguf"), llama_stretched(folder / "pieces.gguf"))
    return {path.stem: library.refresh(library.add(path)[0]) for path in paths}


@pytest.fixture(scope="module")
def pool(entries: dict[str, ModelEntry]) -> Iterator[Pool]:
    """Both models are loaded: what a module keeps must be there before its tests begin."""
    opened = Pool(fits=lambda *_: True)
    for entry in entries.values():
        result_of(opened.lease(entry.model, SETTINGS)).release()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def tokenizers(entries: dict[str, ModelEntry]) -> Iterator[Tokenizers]:
    made = Tokenizers()
    for entry in entries.values():
        result_of(made.facts(source_of(entry), CancelToken()))
    yield made
    made.close()


@pytest.fixture
def reader(pool: Pool, tokenizers: Tokenizers, entries: dict[str, ModelEntry]):
    def start(name: str, text: str, cancel: CancelToken | None = None):
        return read(pool, tokenizers, entries[name], SETTINGS, text, cancel or CancelToken())

    return start


def made(*tokens: tuple[str, float | None], entropy: float = 0.0) -> Surprise:
    """A reading of tokens with their probabilities."""
    raw = [text.encode() for text, _ in tokens]
    ends = array("i", [sum(map(len, raw[: n + 1])) for n in range(len(raw))])
    starts = array("i", [0, *ends[:-1]])
    ids = array("i", range(len(raw)))
    cut = Cut(ids, starts, ends, bytes(len(raw)), dict(enumerate(raw)),
              dict.fromkeys(ids, "n"), "exact", 0, 0)  # fmt: skip
    told = tuple(
        TokenData(n, text, None if p is None else math.log(p), entropy)
        for n, (text, p) in enumerate(tokens)
    )
    return Surprise("made", cut, len(raw), told)


def test_totals_leave_out_what_has_no_prediction_and_count_what_broke() -> None:
    totals = made(("ab", None), ("cd", 0.5), ("e", None), ("f", 0.125)).totals
    assert (totals.n, totals.n_bytes, totals.n_broken) == (2, 3, 1)
    assert totals.bits_per_token == pytest.approx(2)
    assert totals.bits_per_byte == pytest.approx(4 / 3)
    assert totals.perplexity == pytest.approx(4)


def test_a_text_without_predictions_has_no_average() -> None:
    totals = made(("ab", None)).totals
    assert (totals.n, totals.bits_per_token, totals.bits_per_byte, totals.perplexity) == (
        0, None, None, None,
    )  # fmt: skip


def test_windows_go_on_from_half_a_window_before() -> None:
    assert list(windows(10, 4)) == [
        Window(0, 0, 4), Window(2, 4, 6), Window(4, 6, 8), Window(6, 8, 10),
    ]  # fmt: skip
    assert list(windows(3, 4)) == [Window(0, 0, 3)]
    assert list(windows(5, 4)) == [Window(0, 0, 4), Window(2, 4, 5)]


@pytest.mark.parametrize("name", ["letters", "pieces"])
def test_each_token_is_told_once_and_the_first_only_where_something_stands_before(
    reader, name: str
) -> None:
    found = result_of(reader(name, TEXT * 8))
    assert found.is_whole and len(found.tokens) == len(found.cut) > PIECE_TOKENS
    assert [t.token_id for t in found.tokens] == list(found.cut.ids)
    assert (found.bits(0) is None) == (name == "letters")
    assert all(t.rank and t.top and t.entropy is not None for t in found.tokens[1:])
    assert found.totals.n == len(found.cut) - (name == "letters")


def test_a_text_longer_than_the_window_is_read_with_half_a_window_before(
    reader, pool: Pool, entries: dict[str, ModelEntry]
) -> None:
    found = result_of(reader("pieces", TEXT * 20))
    assert found.is_whole and "in windows of 512 tokens" in found.notes[0]
    window = list(windows(len(found.cut), 511))[1]
    ids = (1, *found.cut.ids[window.start : window.told + 1])
    lease = result_of(pool.lease(entries["pieces"].model, SETTINGS))
    with lease:
        request = ScorePrompt("", (Part(token_ids=ids),))
        alone = result_of(lease.engine.score_prompt(request, CancelToken())).tokens[-1]
    assert found.tokens[window.told].logprob == pytest.approx(alone.logprob, abs=1e-3)


@pytest.mark.parametrize("name", ["letters", "pieces"])
def test_of_a_very_long_text_the_beginning_is_read_and_that_is_said(reader, name: str) -> None:
    with closing(reader(name, f"{TEXT}é " * 4000)) as steps:
        found = next(step for step in steps if isinstance(step, Surprise) and step.tokens)
    assert len(found.cut) > found.n_wanted == MOST_TOKENS
    assert found.notes[0].startswith(f"The first 16,384 of {len(found.cut):,} tokens are read")
    assert [t.token_id for t in found.tokens] == list(found.cut.ids[: len(found.tokens)])


def test_what_was_read_before_a_stop_stays_and_its_context_is_closed(reader, pool: Pool) -> None:
    cancel, seen = CancelToken(), []
    with pytest.raises(Cancelled):
        for step in reader("letters", TEXT * 40, cancel):
            if isinstance(step, Surprise) and step.tokens:
                seen.append(step)
                cancel.cancel()
    assert len(seen[-1].tokens) == PIECE_TOKENS + 1 and not seen[-1].is_whole
    assert [status.n_contexts for status in pool.status()] == [1, 1]  # the one of the chat alone


def test_a_reading_that_is_given_up_leaves_the_one_begun_after_it_alone(reader) -> None:
    first, second = reader("letters", TEXT * 20), reader("letters", TEXT * 8)
    for steps in (first, second):
        next(step for step in steps if isinstance(step, Surprise))
    first.close()
    assert result_of(second).is_whole


def test_a_model_that_tells_nothing_of_prompts_is_refused() -> None:
    entry = ModelEntry("sim:echo", "sim:echo", Path(), "sim", 0, "")
    with closing(Pool()) as pool, closing(Tokenizers()) as tokenizers:
        work = read(pool, tokenizers, entry, SETTINGS, "Hello", CancelToken())
        with pytest.raises(UserError, match="gives no probabilities of a prompt"):
            result_of(work)
        with pytest.raises(UserError, match="There is no text"):
            result_of(read(pool, tokenizers, entry, SETTINGS, "", CancelToken()))


# ---- two models ----------------------------------------------------------------------------


def bits(found: Difference) -> list[float | None]:
    return [span.difference for span in found.spans]


def test_same_tokens_are_compared_one_by_one() -> None:
    first = made(("a", None), ("b", 0.5), ("c", 0.25))
    second = made(("a", None), ("b", 0.125), ("c", 0.5))
    found = difference(first, second)
    assert found.has_same_tokens and bits(found) == [None, pytest.approx(2), pytest.approx(-1)]
    assert (found.first_bits_per_byte, found.second_bits_per_byte) == (1.5, pytest.approx(2))
    assert [span.start for span in found.largest()] == [1, 2]


def test_other_tokens_are_compared_over_the_smallest_common_stretches() -> None:
    first = made(("ab", 0.5), ("c", 0.5), ("def", 0.5))
    second = made(("a", 0.5), ("bc", 0.5), ("d", 0.5), ("e", 0.5), ("f", 0.5))
    found = difference(first, second)
    assert [(s.start, s.end) for s in found.spans] == [(0, 3), (3, 6)]
    assert bits(found) == [pytest.approx(0), pytest.approx(2)] and not found.has_same_tokens


def test_a_stretch_that_one_could_not_predict_is_left_out() -> None:
    found = difference(made(("ab", None), ("c", 0.5)), made(("a", 0.5), ("b", 0.5), ("c", 0.5)))
    assert bits(found) == [None, 0] and found.n_bytes == 1


def test_a_reading_that_goes_on_is_compared_as_far_as_it_is() -> None:
    whole = made(("a", 0.5), ("b", 0.5), ("c", 0.5))
    assert len(difference(whole, replace(whole, tokens=whole.tokens[:2])).spans) == 2


def test_the_context_of_a_stretch_is_cut_at_whole_letters() -> None:
    first = made(("ü" * 40, 0.5), ("x", 0.5), ("y", 0.5))
    found = difference(first, first)
    assert context(b"\xc3\xbc" * 40 + b"xy", found.spans[1]) == ("ü" * 24, "x", "y")


def test_two_real_tokenizers_meet_at_common_bytes(reader) -> None:
    letters, pieces = (result_of(reader(name, TEXT)) for name in ("letters", "pieces"))
    found = difference(letters, pieces)
    assert sum(span.end - span.start for span in found.spans) == len(TEXT)
    assert 0 < found.n_shared < len(found.spans) < len(letters.tokens)
    total = sum(span.first_bits or 0 for span in found.spans if span.difference is not None)
    assert found.first_bits_per_byte == pytest.approx(total / found.n_bytes)
