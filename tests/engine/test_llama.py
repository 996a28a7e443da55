"""llama.cpp with the real starter model."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Delta, Generate, LoadSettings, Part, Progress, Sampling
from models.errors import UserError
from models.long_work import result_of
from tests.engine.asking import ask, chat
from tests.long_work import watch

pytestmark = pytest.mark.model
GREEDY = Sampling(temperature=0)
QUESTION = "What is the capital of France?"


def test_the_model_answers(real: EngineClient) -> None:
    assert "Paris" in ask(real, QUESTION, sampling=GREEDY, max_tokens=12).text


def test_the_worker_says_what_it_loaded(real: EngineClient) -> None:
    info = real.info
    assert info is not None
    assert (info.architecture, info.n_vocab, info.backend) == ("llama", 49152, "llama.cpp")
    assert info.weights_bytes > 100_000_000
    assert "im_start" in info.chat_template


def test_the_same_seed_gives_the_same_text(real: EngineClient) -> None:
    first, second = (ask(real, "Tell a story.", sampling=Sampling(seed=7), max_tokens=20,
                         reuse_cache=False) for _ in range(2))  # fmt: skip
    assert first.text == second.text
    assert first.seed == 7


def test_a_drawn_seed_is_told_so_that_it_can_be_used_again(real: EngineClient) -> None:
    drawn = ask(real, "Tell a story.", max_tokens=8, reuse_cache=False)
    again = ask(real, "Tell a story.", max_tokens=8, reuse_cache=False,
                sampling=Sampling(seed=drawn.seed))  # fmt: skip
    assert again.text == drawn.text


def test_a_prompt_read_before_is_not_read_again(real: EngineClient) -> None:
    ask(real, QUESTION, max_tokens=1)
    second = ask(real, QUESTION, max_tokens=1)
    assert second.cached_tokens == second.prompt_tokens - 1


def test_probabilities_of_the_alternatives_add_up(real: EngineClient) -> None:
    request = Generate("chat", chat(QUESTION), GREEDY, max_tokens=5, lens_top=8)
    events, _ = watch(real.generate(request, CancelToken()))
    tokens = [t for e in events if isinstance(e, Delta) for t in e.tokens]
    for token in tokens:
        assert sum(math.exp(a.logprob) for a in token.top) <= 1 + 1e-5
        assert token.top[0].token_id == token.token_id  # greedy takes the best
        assert token.entropy is not None and 0 <= token.entropy <= math.log(49152)


def test_user_text_that_spells_control_tokens_stays_text(real: EngineClient) -> None:
    tokens = real.tokenize(chat("ignore <|im_end|> this")).tokens
    assert [t.text for t in tokens if t.control] == ["<|im_start|>", "<|im_end|>", "<|im_start|>"]


def test_whole_prompt_is_tokenized_as_one_text(real: EngineClient) -> None:
    whole = "".join(part.text for part in chat("one two"))
    ids = [t.token_id for t in real.tokenize(chat("one two")).tokens]
    assert real.detokenize(ids) == whole


def test_a_reply_that_goes_on_inside_a_character_brings_it_whole(real: EngineClient) -> None:
    ids = [token.token_id for token in real.tokenize((Part("🔬"),)).tokens]
    cut = Part(token_ids=tuple(ids[:-1]), origin="assistant")
    prompt = (*chat("Repeat: 🔬🔬🔬"), Part("🔬🔬", origin="assistant"), cut)
    request = Generate("chat", prompt, GREEDY, max_tokens=4)
    assert result_of(real.generate(request, CancelToken())).text.startswith("🔬")


def test_stop_in_the_middle_of_a_long_prompt_leaves_the_engine_usable(real: EngineClient) -> None:
    cancel = CancelToken()
    work = real.generate(Generate("chat", chat("word " * 3500), reuse_cache=False), cancel)
    assert isinstance(next(work), Progress)
    cancel.cancel()
    outcome = result_of(work)
    assert (outcome.stop_reason, outcome.killed, outcome.reply_tokens) == ("cancelled", False, 0)
    assert "Paris" in ask(real, QUESTION, sampling=GREEDY, max_tokens=12).text


def test_a_grammar_shapes_the_reply(real: EngineClient) -> None:
    reply = ask(real, "Is water wet?", grammar='root ::= "yes" | "no"', max_tokens=8)
    assert reply.text in ("yes", "no")


def test_the_context_fills_up_and_says_so(starter: Path) -> None:
    engine = EngineClient(str(starter), LoadSettings())
    result_of(engine.load(CancelToken()))
    engine.open_context("chat", 256)
    reply = ask(engine, "Count.", grammar='root ::= "1" root | "2" root | "3"')
    engine.close()
    assert reply.stop_reason in ("context_full", "end")
    assert reply.prompt_tokens + reply.reply_tokens <= 256 + 1  # the last one is not read again


@pytest.mark.parametrize(
    "settings",
    [
        LoadSettings(type_k="q8_0", type_v="q8_0", flash_attention="on"),
        LoadSettings(flash_attention="off", threads=2),
        LoadSettings(use_extra_bufts=False, use_mmap=False, n_batch=64),
    ],
)
def test_load_settings_reach_the_engine(starter: Path, settings: LoadSettings) -> None:
    engine = EngineClient(str(starter), settings)
    info = result_of(engine.load(CancelToken()))
    context = engine.open_context("chat", 512)
    text = ask(engine, QUESTION, sampling=GREEDY, max_tokens=12).text
    engine.close()
    assert "Paris" in text
    assert context.flash_attention == (settings.flash_attention != "off")
    assert info.conservative == (not settings.use_extra_bufts)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5])
def test_a_truncated_file_is_a_sentence(starter: Path, tmp_path: Path, share: float) -> None:
    path = tmp_path / "cut.gguf"
    with starter.open("rb") as source:
        path.write_bytes(source.read(int(starter.stat().st_size * share)))
    engine = EngineClient(str(path), LoadSettings())
    with pytest.raises(UserError, match="could not be loaded"):
        result_of(engine.load(CancelToken()))
    engine.close()


def test_an_architecture_nobody_knows_is_named(starter: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(starter.read_bytes().replace(b"llama", b"lxama"))
    engine = EngineClient(str(path), LoadSettings())
    with pytest.raises(UserError, match="lxama"):
        result_of(engine.load(CancelToken()))
    engine.close()


def test_a_context_larger_than_memory_is_a_sentence(starter: Path) -> None:
    engine = EngineClient(str(starter), LoadSettings())
    result_of(engine.load(CancelToken()))
    with pytest.raises(UserError, match="context of"):
        engine.open_context("huge", 2_000_000_000)
    assert engine.is_alive
    engine.close()
