"""GGUF files made into MLX folders say the same as llama.cpp does of the file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from models.cancel import CancelToken
from models.convert.convert import Wish, convert
from models.engine.client import EngineClient
from models.engine.messages import LoadSettings, Part, Sampling, ScorePrompt
from models.errors import Cancelled, UserError
from models.library.entry import ModelEntry
from models.library.library import Library
from models.long_work import result_of
from tests.engine.asking import ask, chat
from tests.engine.tiny_kinds import KINDS, llama
from tests.servers.mlx_model import needs_mlx

pytestmark = needs_mlx

TEXT = "In 123 of 12123 cases  they don't say the other thing:\n\nDEF!!\nno — über 👩‍🔬 日本"
CONTROL = "a <s> b <|im_end|> c"


def entry_of(path: Path) -> ModelEntry:
    library = Library(path.with_suffix(".index"))
    return library.refresh(library.add(path)[0])


@contextmanager
def loaded(model: Path) -> Iterator[EngineClient]:
    with closing(EngineClient(str(model), LoadSettings(flash_attention="off"))) as engine:
        result_of(engine.load(CancelToken()))
        engine.open_context("chat", 512)
        yield engine


def logprobs(engine: EngineClient, ids: tuple[int, ...]) -> list[float]:
    request = ScorePrompt("chat", (Part(token_ids=ids),))
    tokens = result_of(engine.score_prompt(request, CancelToken())).tokens
    return [token.logprob for token in tokens[1:] if token.logprob is not None]


def tokens(engine: EngineClient) -> list[list[int]]:
    prompts = ((Part(TEXT, control=True),), (Part(CONTROL),), (Part(CONTROL, control=True),))
    return [[token.token_id for token in engine.tokenize(p).tokens] for p in prompts]


def wish(path: Path, folder: Path, bits: int = 0, float_bits: int = 32) -> Wish:
    return Wish(entry_of(path), folder, bits, 32, float_bits)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_says_what_the_file_said(tmp_path: Path, kind: str) -> None:
    """Positions beyond the window of the kind that has one; every token and log-probability.

    llama.cpp keeps its cache in half precision, the folder does not."""
    path = KINDS[kind](tmp_path / "tiny.gguf")
    result_of(convert(wish(path, tmp_path / "made"), CancelToken()))
    with loaded(path) as llama_cpp, loaded(tmp_path / "made") as mlx:
        assert tokens(mlx) == tokens(llama_cpp)
        ids = tuple(i for sample in tokens(mlx) for i in sample)
        assert logprobs(mlx, ids) == pytest.approx(logprobs(llama_cpp, ids), abs=1e-2)


@pytest.mark.slow
def test_text_is_cut_as_gpt2_did_where_the_file_says_so(tmp_path: Path) -> None:
    path = llama(tmp_path / "tiny.gguf", "gpt-2")
    result_of(convert(wish(path, tmp_path / "made"), CancelToken()))
    with loaded(path) as llama_cpp, loaded(tmp_path / "made") as mlx:
        assert tokens(mlx) == tokens(llama_cpp)


def test_weights_are_packed_and_the_progress_is_told(tmp_path: Path) -> None:
    path = llama(tmp_path / "tiny.gguf")
    work = convert(wish(path, tmp_path / "made", bits=8), CancelToken())
    steps = []
    while True:
        try:
            steps.append(next(work))
        except StopIteration as end:
            converted = end.value
            break
    assert [step.done for step in steps] == list(range(steps[0].total + 1))
    entry = entry_of(tmp_path / "made")
    assert (entry.quantization, entry.architecture) == ("8-bit", "llama")
    assert entry.bits_per_weight == pytest.approx(converted.bits_per_weight)
    with loaded(path) as llama_cpp, loaded(tmp_path / "made") as mlx:
        ids = tuple(tokens(mlx)[0])
        assert logprobs(mlx, ids) == pytest.approx(logprobs(llama_cpp, ids), abs=0.3)


def test_a_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    path = llama(tmp_path / "tiny.gguf")
    cancel = CancelToken()
    work = convert(wish(path, tmp_path / "made"), cancel)
    next(work)
    cancel.cancel()
    with pytest.raises(Cancelled):
        result_of(work)
    assert not [name for name in os.listdir(tmp_path) if "made" in name]


@pytest.mark.parametrize(
    ("folder", "bits", "words"),
    [("made", 7, "7 bits"), ("", 4, "exists already")],
)
def test_what_cannot_be_done_is_refused_early(
    tmp_path: Path, folder: str, bits: int, words: str
) -> None:
    path = llama(tmp_path / "tiny.gguf")
    with pytest.raises(UserError, match=words):
        result_of(convert(wish(path, tmp_path / folder, bits), CancelToken()))


def test_a_folder_that_has_no_room_is_refused_early(
    tmp_path: Path, small_disk: Callable[[str], Path]
) -> None:
    path = llama(tmp_path / "tiny.gguf")
    with pytest.raises(UserError, match="are free in"):
        result_of(convert(wish(path, small_disk("size=64k") / "made"), CancelToken()))


def test_a_kind_that_is_not_known_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    path = llama(tmp_path / "tiny.gguf")
    path.write_bytes(path.read_bytes().replace(b"llama", b"lxama"))
    with pytest.raises(UserError, match="lxama"):
        result_of(convert(wish(path, tmp_path / "made"), CancelToken()))
    assert not (tmp_path / "made").exists()


@pytest.mark.slow
@pytest.mark.model
def test_the_starter_answers_from_an_mlx_folder(starter: Path, tmp_path: Path) -> None:
    (entry,) = Library(tmp_path / "index").add(starter)
    result_of(convert(Wish(entry, tmp_path / "made", 0, float_bits=32), CancelToken()))
    settings = json.loads((tmp_path / "made" / "tokenizer_config.json").read_text("utf-8"))
    with loaded(tmp_path / "made") as mlx:
        assert mlx.info is not None and mlx.info.chat_template == settings["chat_template"]
        said = ask(mlx, "What is the capital of France?", sampling=Sampling(temperature=0),
                   max_tokens=7)  # fmt: skip
        with loaded(starter) as llama_cpp:
            ids = tuple(t.token_id for t in mlx.tokenize(chat(TEXT)).tokens)
            assert ids == tuple(t.token_id for t in llama_cpp.tokenize(chat(TEXT)).tokens)
            ids = ids[:24]  # a processor takes MLX a tenth of a second for each
            assert logprobs(mlx, ids) == pytest.approx(logprobs(llama_cpp, ids), abs=0.5)
    assert "Paris" in said.text
