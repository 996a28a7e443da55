"""Merges that are learned from a text."""

from __future__ import annotations

import json

import pytest

from labs.tokens.parallel import parallel_text
from labs.tokens.report import token_report, trained_entry
from labs.tokens.training import MOST_BYTES, Trained, train
from labs.tokens.words_in_pieces import words_of
from models.cancel import CancelToken
from models.engine.mlx_vocabulary import byte_letters
from models.errors import Cancelled, UserError
from tests.long_work import watch

TEXTS = {each.code: "\n".join(each.articles) for each in parallel_text()}


def learn(text: str, n_merges: int = 50, **held_out: str) -> Trained:
    return watch(train(text, n_merges, held_out, CancelToken()))[1]


def test_a_small_text_gives_the_merges_that_one_finds_by_hand() -> None:
    """“low low low lower”: l+o 4, o+w 4, blank+l 3 at first. l is older than o, so l+o; then
    lo+w 4, against blank+lo 3; then blank+low 3."""
    found = learn("low low low lower")
    told = [(m.left, m.right, m.count, m.n_tokens) for m in found.merges]
    assert told == [(b"l", b"o", 4, 13), (b"lo", b"w", 4, 9), (b" ", b"low", 3, 6)]
    assert list(found.cut("a lower slow", 2)) == [
        b"a",
        b" ",
        b"low",
        b"e",
        b"r",
        b" ",
        b"s",
        b"low",
    ]


@pytest.mark.parametrize("code", ["en", "de", "zh", "th"])
def test_the_library_learns_the_same_merges_in_the_same_order(code: str) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    other = Tokenizer(models.BPE())
    other.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    other.train_from_iterator([TEXTS[code]], trainers.BpeTrainer(
        vocab_size=2000, min_frequency=2, show_progress=False, initial_alphabet=alphabet,
    ))  # fmt: skip
    letters = byte_letters()
    merges = [tuple(bytes(letters[letter] for letter in piece) for piece in pair)
              for pair in json.loads(other.to_str())["model"]["merges"]]  # fmt: skip
    assert [(m.left, m.right) for m in learn(TEXTS[code], 2000).merges] == merges


def test_a_text_is_cut_by_tracing_as_it_was_counted_while_learning() -> None:
    found = learn(TEXTS["en"], 300, German=TEXTS["de"])
    for k in (0, 1, 50, 300):
        assert sum(1 for _ in found.cut(TEXTS["en"], k)) == found.n_tokens[k]
        assert sum(1 for _ in found.cut(TEXTS["de"], k)) == found.held_out["German"][k]
    assert b"".join(found.cut(TEXTS["de"], 300)).decode() == TEXTS["de"]


def test_merges_of_one_language_save_less_in_another() -> None:
    found = learn(TEXTS["en"], 50, German=TEXTS["de"])
    own = found.n_bytes / found.n_tokens[50]
    assert own > found.of_bytes["German"] / found.held_out["German"][50] > 1


@pytest.mark.parametrize(
    ("text", "n_merges"), [("a" * 4096, 8), ("ab" * 100, 7), ("😀😀", 3), ("\ud800" * 3, 1)]
)
def test_odd_texts_are_learned_from(text: str, n_merges: int) -> None:
    assert len(learn(text, 2000).merges) == n_merges


def test_words_longer_than_256_bytes_are_cut_and_that_is_known() -> None:
    assert learn("ab" * 200, 1).has_cut_words and not learn("ab" * 100, 1).has_cut_words


def test_no_text_teaches_nothing() -> None:
    with pytest.raises(UserError, match="There is no text"):
        learn("")


@pytest.mark.parametrize("text", ["a", "abcdef", "a b c"])
def test_nothing_can_be_learned_where_nothing_stands_twice(text: str) -> None:
    with pytest.raises(UserError, match="nothing to learn"):
        learn(text)


def test_of_a_long_text_only_the_beginning_is_learned_from_and_that_is_told() -> None:
    found = learn("ab " * (MOST_BYTES // 2), 1)
    assert found.is_cut and found.n_bytes == MOST_BYTES


def test_words_are_the_whole_text() -> None:
    assert words_of("It's 12, ok\n\n x") == [b"It", b"'s", b" 12", b",", b" ok", b"\n\n", b" x"]


def test_stopping_is_heard_between_merges() -> None:
    cancel = CancelToken()
    work = train(TEXTS["en"], 50, {}, cancel)
    next(work)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(work)


def test_the_report_holds_every_merge_and_says_what_it_was_learned_from() -> None:
    entry = trained_entry("English", learn("low low low lower", 2, German="Lob"), 2)
    report = json.loads(token_report("", (), (), "", entry))
    learned = report["trained"]
    assert learned["learned_from"] == "English" and learned["n_bytes"] == 17
    assert learned["is_only_the_beginning"] is learned["has_cut_words"] is False
    assert learned["merges"][1] == {"left": "lo", "right": "w", "count": 4, "n_tokens": 9}
    assert learned["held_out"] == {"German": {"n_bytes": 3, "n_tokens": [3, 3, 3]}}
