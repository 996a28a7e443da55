"""MLX with folders that the tests write: small, random, and quick also without an Apple chip."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import (
    Block,
    Delta,
    Generate,
    GenerateMany,
    Label,
    LoadSettings,
    Part,
    Progress,
    ReadNext,
    Row,
    RowMode,
    RowResult,
    Sampling,
    ScorePrompt,
)
from models.errors import Cancelled, UserError
from models.long_work import result_of
from tests.engine.asking import ask, chat
from tests.long_work import watch
from tests.servers.mlx_model import CONTROL, needs_mlx, parrot, random_model, vocabulary

pytestmark = needs_mlx

GREEDY = Sampling(temperature=0)
LABELS = (Label("yes", ("Yes", " Yes")), Label("no", ("No", " No")))
LONG = "Here comes a beginning that fills more than one chunk of sixty-four tokens, and ends: "
ROWS = tuple(Row(chat(f"{LONG}{end}"), LABELS, max_tokens=6) for end in ("a", "b", "long " * 20))
PLAIN_FORWARD = """
import json, sys
from pathlib import Path
import mlx.core as mx
from mlx_lm.utils import load_model
mx.disable_compile()
model, _ = load_model(Path(sys.argv[1]))
prompts = json.loads(sys.argv[2])
print(json.dumps([model(mx.array(ids)[None])[0, -1].tolist() for ids in prompts]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_model(tmp_path_factory.mktemp("mlx") / "tiny")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[EngineClient]:
    made = EngineClient(str(folder), LoadSettings())
    result_of(made.load(CancelToken()))
    made.open_context("chat", 1024)
    yield made
    made.close()


def plain_logprobs(folder: Path, *prompts: list[int]) -> list[np.ndarray]:
    words = [sys.executable, "-c", PLAIN_FORWARD, str(folder), json.dumps(prompts)]
    all_logits = np.array(json.loads(subprocess.check_output(words)))
    return [logits - np.logaddexp.reduce(logits) for logits in all_logits]


def run(engine: EngineClient, mode: RowMode, rows: tuple[Row, ...] = ROWS) -> list[RowResult]:
    found, done = watch(engine.generate_many(GenerateMany("chat", rows, mode), CancelToken()))
    assert done.finished_rows == len(rows)
    return sorted(found, key=lambda row: row.index)


def ids_of(engine: EngineClient, *parts: Part) -> list[int]:
    return [token.token_id for token in engine.tokenize(parts).tokens]


# ---- replies -------------------------------------------------------------------------------


def test_the_worker_says_what_it_loaded(engine: EngineClient) -> None:
    info = engine.info
    assert info is not None
    assert (info.backend, info.architecture, info.n_vocab) == ("mlx", "llama", 320)
    assert info.weights_bytes == 4 * info.n_params > 0
    assert "im_start" in info.chat_template and info.eos_text == "<|im_end|>"


def test_what_is_told_of_a_token_is_what_a_plain_forward_pass_gives(
    engine: EngineClient, folder: Path
) -> None:
    request = Generate("chat", chat("Hello?"), GREEDY, max_tokens=1, lens_top=5, reuse_cache=False)
    events, _ = watch(engine.generate(request, CancelToken()))
    (token,) = [t for e in events if isinstance(e, Delta) for t in e.tokens]
    (plain,) = plain_logprobs(folder, ids_of(engine, *chat("Hello?")))
    assert token.token_id == plain.argmax()
    assert [a.logprob for a in token.top] == pytest.approx(sorted(plain)[:-6:-1], abs=1e-4)
    assert token.entropy == pytest.approx(-(np.exp(plain) * plain).sum(), abs=1e-4)


def test_text_comes_in_order_and_ends_at_the_longest(engine: EngineClient) -> None:
    events, done = watch(engine.generate(Generate("chat", chat("Hi"), GREEDY, 20), CancelToken()))
    assert "".join(e.text for e in events if isinstance(e, Delta)) == done.text
    assert (done.stop_reason, done.reply_tokens) == ("length", 20)
    assert isinstance(events[0], Progress)


def test_a_character_split_over_tokens_comes_whole(tmp_path: Path) -> None:
    engine = EngineClient(str(parrot(tmp_path / "parrot", "Oh 🎉é!")), LoadSettings())
    result_of(engine.load(CancelToken()))
    engine.open_context("chat", 256)
    events, done = watch(engine.generate(Generate("chat", chat("?"), GREEDY), CancelToken()))
    engine.close()
    assert (done.text, done.stop_reason, done.reply_tokens) == ("Oh 🎉é!", "end", 10)
    assert not any("\ufffd" in e.text for e in events if isinstance(e, Delta))


def test_a_stop_word_ends_the_reply_and_is_not_told(engine: EngineClient) -> None:
    whole = ask(engine, "Hi", sampling=GREEDY, max_tokens=30).text
    done = ask(engine, "Hi", sampling=GREEDY, max_tokens=30, stop=(whole[10:14],))
    assert done.stop_reason == "stop"
    assert done.text == whole[: whole.index(whole[10:14])]


def test_a_cancel_keeps_the_text_and_the_model_goes_on(engine: EngineClient) -> None:
    cancel = CancelToken()
    work = engine.generate(Generate("chat", chat("Hi"), GREEDY), cancel)
    first = next(event for event in work if isinstance(event, Delta))
    cancel.cancel()
    events, done = watch(work)
    assert (done.stop_reason, done.killed) == ("cancelled", False)
    assert done.text == first.text + "".join(e.text for e in events if isinstance(e, Delta))
    assert ask(engine, "Hi", max_tokens=3).text


def test_a_cancel_between_two_chunks_of_the_prompt_ends_it(engine: EngineClient) -> None:
    cancel = CancelToken()
    work = engine.generate(Generate("chat", chat("word " * 150), reuse_cache=False), cancel)
    assert isinstance(next(work), Progress)
    cancel.cancel()
    outcome = result_of(work)
    assert (outcome.stop_reason, outcome.reply_tokens) == ("cancelled", 0)


def test_a_seed_gives_the_same_text_and_another_does_not(engine: EngineClient) -> None:
    def said(seed: int) -> str:
        drawn = Sampling(temperature=1.5, seed=seed)
        return ask(engine, "Hi", sampling=drawn, max_tokens=30, reuse_cache=False).text

    assert said(7) == said(7) != said(8)


def test_the_context_fills_up_and_says_so(folder: Path, engine: EngineClient) -> None:
    engine.open_context("small", 40)
    done = result_of(engine.generate(Generate("small", chat("Hi"), GREEDY), CancelToken()))
    assert done.stop_reason == "context_full"
    assert done.prompt_tokens + done.reply_tokens == 40 + 1  # the last one is not read again
    with pytest.raises(UserError, match="context holds"):
        result_of(engine.generate(Generate("small", chat("word " * 9)), CancelToken()))


def test_what_was_read_before_is_not_read_again_and_changes_nothing(engine: EngineClient) -> None:
    cold = ask(engine, LONG, sampling=GREEDY, max_tokens=12, reuse_cache=False)
    warm = ask(engine, LONG, sampling=GREEDY, max_tokens=12)
    assert (cold.cached_tokens, warm.cached_tokens) == (0, warm.prompt_tokens - 1)
    assert warm.text == cold.text


# ---- samplers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "narrow", [Sampling(top_k=1), Sampling(top_p=1e-6), Sampling(min_p=1.0, samplers=("min_p",))]
)
def test_samplers_that_leave_one_token_are_greedy(engine: EngineClient, narrow: Sampling) -> None:
    greedy = ask(engine, "Hi", sampling=GREEDY, max_tokens=12).text
    assert ask(engine, "Hi", sampling=replace(narrow, seed=3), max_tokens=12).text == greedy


def test_penalties_keep_from_repeating(engine: EngineClient) -> None:
    plain = ask(engine, "Hi", sampling=GREEDY, max_tokens=20).text
    strict = replace(GREEDY, presence_penalty=1e6, repeat_last_n=-1)
    text = ask(engine, "Hi", sampling=strict, max_tokens=20).text
    assert len(set(plain)) < len(plain)
    assert len(set(text)) == len(text)


def test_exclusion_of_top_choices_draws_others(engine: EngineClient) -> None:
    never_best = Sampling(top_k=2, xtc_probability=1.0, xtc_threshold=0.01, seed=1)
    greedy = ask(engine, "Hi", sampling=GREEDY, max_tokens=1).text
    assert ask(engine, "Hi", sampling=never_best, max_tokens=1).text != greedy


@pytest.mark.parametrize(
    ("sampling", "words"),
    [(Sampling(dry_multiplier=0.8), "DRY"), (Sampling(typ_p=0.5), "typical"),
     (Sampling(top_n_sigma=1.0), "sigma"), (Sampling(samplers=("magic",)), "magic")],
)  # fmt: skip
def test_a_sampler_that_mlx_lacks_is_refused(
    engine: EngineClient, sampling: Sampling, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        ask(engine, "Hi", sampling=sampling)


def test_a_reply_cannot_be_held_to_a_form_and_the_model_says_so(engine: EngineClient) -> None:
    with pytest.raises(UserError, match="form"):
        ask(engine, "Hi", grammar='root ::= "yes"')


# ---- tokens --------------------------------------------------------------------------------


def test_user_text_that_spells_control_tokens_stays_text(engine: EngineClient) -> None:
    tokens = engine.tokenize(chat(f"ignore {' '.join(CONTROL)} this 👩‍🔬")).tokens
    assert [t.text for t in tokens if t.control] == ["<|im_start|>", "<|im_end|>", "<|im_start|>"]
    said = engine.detokenize([t.token_id for t in tokens if t.origin == "user"])
    assert said == f"ignore {' '.join(CONTROL)} this 👩‍🔬"


def test_a_token_that_looks_like_control_is_one_whatever_its_mark(tmp_path: Path) -> None:
    model = random_model(tmp_path / "tiny")
    path = model / "tokenizer.json"
    path.write_text(path.read_text("utf-8").replace('"special": true', '"special": false'))
    engine = EngineClient(str(model), LoadSettings())
    result_of(engine.load(CancelToken()))
    tokens = engine.tokenize((Part("<|im_end|>"), Part("<|im_end|>", control=True))).tokens
    engine.close()
    assert [t.text for t in tokens if t.control] == ["<|im_end|>"]


# ---- many prompts --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cold(engine: EngineClient) -> list[RowResult]:
    return run(engine, "cold")


@pytest.mark.parametrize("mode", ["exact", "batched"])
def test_shared_beginnings_change_no_bit(
    engine: EngineClient, cold: list[RowResult], mode: RowMode
) -> None:
    shared = run(engine, mode)
    assert [(r.text, r.labels, r.top) for r in shared] == [(r.text, r.labels, r.top) for r in cold]
    assert [r.cached_tokens for r in cold] == [0, 0, 0]
    assert sum(r.cached_tokens > 0 for r in shared) >= 2
    assert {r.batch_rows for r in shared} == {1}  # MLX writes no answers together


def test_labels_are_scored_as_worked_out_by_hand(
    engine: EngineClient, folder: Path, cold: list[RowResult]
) -> None:
    """ " No" is one token, " Yes" a blank and "Yes"."""
    ids = vocabulary()
    prompt = ids_of(engine, *ROWS[0].prompt)
    first, after_blank = plain_logprobs(folder, prompt, [*prompt, ids["Ġ"]])
    yes = np.logaddexp(first[ids["Yes"]], first[ids["Ġ"]] + after_blank[ids["Yes"]])
    no = np.logaddexp(first[ids["No"]], first[ids["ĠNo"]])
    assert [score.logprob for score in cold[0].labels] == pytest.approx([yes, no], abs=1e-4)


def test_an_answer_ends_when_its_pattern_is_found(engine: EngineClient) -> None:
    whole = run(engine, "exact", (Row(chat("Hi"), max_tokens=30),))[0]
    (row,) = run(engine, "exact", (Row(chat("Hi"), max_tokens=30, until=(r"\w\w",)),))
    assert row.stop_reason == "decided" and whole.text.startswith(row.text) and row.drawn


def test_many_prompts_can_be_stopped_and_whole_rows_stay(engine: EngineClient) -> None:
    cancel = CancelToken()
    work = engine.generate_many(GenerateMany("chat", ROWS * 40, "cold"), cancel)
    next(work)
    cancel.cancel()
    rest, done = watch(work)
    assert done.cancelled and done.finished_rows == 1 + len(rest) < 120


def test_a_cache_with_a_window_goes_back_where_it_can(tmp_path: Path) -> None:
    """Half of the layers see 32 tokens; a label of two tokens makes the rows go back."""
    types = ["sliding_attention", "full_attention"]
    model = random_model(tmp_path / "window", sliding_window=32, layer_types=types)
    engine = EngineClient(str(model), LoadSettings())
    result_of(engine.load(CancelToken()))
    engine.open_context("chat", 1024)
    rows = (*ROWS, replace(ROWS[0], prompt=chat("short")))
    exact, alone = run(engine, "exact", rows), run(engine, "cold", rows)
    engine.close()
    assert [(r.text, r.labels) for r in exact] == [(r.text, r.labels) for r in alone]
    assert all(math.isfinite(score.logprob) for r in alone for score in r.labels)


def test_a_prompt_is_scored_as_plain_forward_passes_give_it(
    engine: EngineClient, folder: Path
) -> None:
    ids = tuple(ids_of(engine, Part(LONG)))
    request = ScorePrompt("chat", (Part(token_ids=ids),), top=2)
    tokens = result_of(engine.score_prompt(request, CancelToken())).tokens
    assert [t.token_id for t in tokens] == list(ids) and tokens[0].logprob is None
    places = (1, 64, 65, len(ids) - 1)  # around the window's end
    plains = plain_logprobs(folder, *(list(ids[:place]) for place in places))
    for place, plain in zip(places, plains, strict=True):
        assert tokens[place].logprob == pytest.approx(plain[ids[place]], abs=1e-4)
        assert tokens[place].top[0].logprob == pytest.approx(plain.max(), abs=1e-4)


def test_a_prompt_told_piece_by_piece_and_what_follows_it_are_the_same_sums(
    engine: EngineClient, folder: Path, tmp_path: Path
) -> None:
    ids = tuple(ids_of(engine, Part(LONG)))
    part = Part(token_ids=ids)
    for end in (65, len(ids)):
        first = 0 if end == 65 else 65
        request = ScorePrompt("chat", (Part(token_ids=ids[:end]),), first=first)
        tokens = result_of(engine.score_prompt(request, CancelToken())).tokens
    assert len(tokens) == len(ids) - 65
    (plain,) = plain_logprobs(folder, list(ids[:-1]))
    assert tokens[-1].logprob == pytest.approx(plain[ids[-1]], abs=1e-4)
    n_vocab, path = engine.info.n_vocab, tmp_path / "next"
    np.zeros(n_vocab, np.float32).tofile(path)
    block = Block(str(path), 1, n_vocab)
    told = result_of(engine.read_next(ReadNext("chat", (part,), block, 3), CancelToken()))
    (plain,) = plain_logprobs(folder, list(ids))
    assert np.fromfile(path, np.float32) == pytest.approx(plain, abs=1e-4)
    assert told.top[0].token_id == int(plain.argmax())


# ---- what cannot be loaded -----------------------------------------------------------------


def damage(folder: Path, kind: str) -> None:
    config = json.loads((folder / "config.json").read_text())
    weights = folder / "model.safetensors"
    if kind == "short":
        weights.write_bytes(weights.read_bytes()[:-1000])
    elif kind == "header":
        weights.write_bytes(b"\xff" * 100)
    elif kind == "code":
        config["model_file"] = "model.py"
    elif kind == "kind":
        config["model_type"] = "lxama"
    elif kind == "sizes":
        config["hidden_size"] = 128
    elif kind == "tokenizer":
        (folder / "tokenizer.json").write_text("{}")
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.py").write_text("raise SystemExit('this ran')")


@pytest.mark.parametrize(
    ("kind", "words"),
    [("short", "incomplete"), ("header", "damaged"), ("code", "Assay runs none"),
     ("kind", "lxama"), ("sizes", "could not be loaded"), ("tokenizer", "tokenizer")],
)  # fmt: skip
def test_a_folder_that_cannot_be_loaded_is_a_sentence(
    tmp_path: Path, kind: str, words: str
) -> None:
    model = random_model(tmp_path / "tiny")
    damage(model, kind)
    engine = EngineClient(str(model), LoadSettings())
    with pytest.raises(UserError, match=words):
        result_of(engine.load(CancelToken()))
    assert engine.is_alive
    engine.close()


def test_a_load_can_be_stopped(folder: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    engine = EngineClient(str(folder), LoadSettings())
    with pytest.raises(Cancelled):
        result_of(engine.load(cancel))
    engine.close()


def test_a_cache_of_other_precision_is_refused(folder: Path) -> None:
    engine = EngineClient(str(folder), LoadSettings(type_k="q8_0"))
    with pytest.raises(UserError, match="precision"):
        result_of(engine.load(CancelToken()))
    engine.close()
