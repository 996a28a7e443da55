"""Two models in lock-step: log-probabilities in a block, and numbers against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import log_softmax

from models.cancel import CancelToken
from models.convert.convert import Wish as ConvertWish
from models.convert.convert import convert
from models.engine.client import EngineClient
from models.engine.messages import (
    Block,
    CompareWindow,
    LoadSettings,
    Part,
    ReadWindow,
    ScorePrompt,
    WindowCompared,
    WindowRead,
)
from models.engine.window_moved import MOST_ROWS, N_TOP, Moved
from models.engine.window_numbers import compare_window, divergence, read_window
from models.engine.worker_link import EngineError
from models.errors import Cancelled, UserError
from models.library.library import Library
from models.long_work import result_of
from models.quantize.quantize import Wish, quantize
from tests.engine.tiny_kinds import TinyKind, llama
from tests.servers.mlx_model import needs_mlx

FIRST = 16
# bytes of a text, as tokens: the tiny vocabulary has one for each
IDS = tuple(40 + (7 * n * n + 3 * n) % 90 for n in range(48))
ROWS = len(IDS) - 1 - FIRST


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return llama(tmp_path_factory.mktemp("tiny") / "tiny-F32.gguf")


@pytest.fixture(scope="module")
def base(tiny: Path) -> Iterator[EngineClient]:
    with closing(loaded(tiny)) as engine:
        yield engine


def loaded(path: Path, **settings: Any) -> EngineClient:
    """A small batch, so that a window takes several."""
    engine = EngineClient(str(path), LoadSettings(n_batch=20, **settings))
    result_of(engine.load(CancelToken()))
    engine.open_context("window", 64)
    return engine


def block(engine: EngineClient, folder: Path, name: str = "block") -> Block:
    assert engine.info is not None
    path, columns = folder / name, engine.info.n_vocab
    np.zeros((ROWS, columns), np.float32).tofile(path)
    return Block(str(path), ROWS, columns)


def values(block: Block) -> NDArray[np.float32]:
    return np.fromfile(block.path, np.float32).reshape(block.rows, block.columns)


def read(engine: EngineClient, block: Block) -> WindowRead:
    return engine.read_window(ReadWindow("window", IDS, FIRST, block), CancelToken())


def compare(engine: EngineClient, block: Block, context: str = "window") -> WindowCompared:
    return engine.compare_window(CompareWindow(context, IDS, FIRST, block), CancelToken())


def make_q4(tiny: Path) -> Path:
    (entry,) = Library(tiny.parent / "index").add(tiny)
    wish = Wish(entry, tiny.with_name("tiny-Q4_0.gguf"), "Q4_0")
    return result_of(quantize(wish, CancelToken())).path


@pytest.mark.model
def test_a_window_is_as_likely_as_a_scored_prompt(base: EngineClient, tmp_path: Path) -> None:
    made = block(base, tmp_path)
    told = read(base, made)
    request = ScorePrompt("window", (Part(token_ids=IDS),), top=1)
    tokens = result_of(base.score_prompt(request, CancelToken())).tokens[FIRST + 1 :]
    assert told.nll == pytest.approx([-(t.logprob or 0) for t in tokens], abs=1e-4)
    assert told.top_ids == tuple(t.top[0].token_id for t in tokens)
    assert np.exp(values(made).astype(float)).sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.model
def test_a_model_does_not_differ_from_itself(base: EngineClient, tmp_path: Path) -> None:
    made = block(base, tmp_path)
    told, compared = read(base, made), compare(base, made)
    assert compared.kld == (0.0,) * ROWS
    assert (compared.nll, compared.top_ids) == (told.nll, told.top_ids)


@pytest.mark.model
def test_a_quantization_differs_as_a_calculation_in_float64_says(
    tiny: Path, base: EngineClient, tmp_path: Path
) -> None:
    with closing(loaded(make_q4(tiny))) as other:
        mine, own = block(base, tmp_path), block(other, tmp_path, "own")
        read(base, mine)
        read(other, own)
        compared = compare(other, mine)
    p, q = (values(each).astype(float) for each in (mine, own))
    expected = (np.exp(p) * (p - q)).sum(axis=1)
    assert min(expected) > 1e-4
    assert compared.kld == pytest.approx(expected, rel=1e-3)


@pytest.mark.model
def test_cache_types_are_compared_as_contexts_of_one_model(
    real: EngineClient, tmp_path: Path
) -> None:
    made = block(real, tmp_path)
    request = ReadWindow("chat", IDS, FIRST, made)
    told = real.read_window(request, CancelToken())
    real.open_context("q8", 64, settings=replace(real.settings, type_k="q8_0", type_v="q8_0"))
    compared = compare(real, made, "q8")
    real.close_context("q8")
    assert 0 < sum(compared.kld) / ROWS < 0.05
    assert compared.nll == pytest.approx(told.nll, abs=1)


@pytest.mark.model
@needs_mlx
def test_an_mlx_folder_of_a_file_hardly_differs_from_it(
    tiny: Path, base: EngineClient, tmp_path: Path
) -> None:
    library = Library(tmp_path / "index")
    entry = library.refresh(library.add(tiny)[0])
    wish = ConvertWish(entry, tmp_path / "mlx", 0, 32, 32)
    result_of(convert(wish, CancelToken()))
    with closing(loaded(tmp_path / "mlx")) as mlx:
        made = block(base, tmp_path)
        told = read(base, made)
        compared = compare(mlx, made)
        assert compared.top_ids == told.top_ids
        assert max(compared.kld) < 1e-3
        assert mlx.describe_vocabulary().sha256 == base.describe_vocabulary().sha256
        with pytest.raises(UserError, match="attention cache"):
            mlx.open_context("q8", 64, settings=replace(mlx.settings, type_k="q8_0"))


@pytest.mark.model
def test_another_vocabulary_has_another_hash(base: EngineClient, tmp_path: Path) -> None:
    other = TinyKind(tmp_path / "other.gguf", "llama")
    other.sentence_piece()
    other.blocks("attn_norm", "ffn_norm")
    with closing(loaded(other.write())) as engine:
        facts, own = engine.describe_vocabulary(), base.describe_vocabulary()
    assert facts.sha256 != own.sha256
    assert (facts.adds_bos, own.adds_bos) == (True, False)


@pytest.mark.model
def test_logits_with_a_hole_are_told_as_such(tmp_path: Path) -> None:
    path = llama(tmp_path / "broken.gguf")
    content = bytearray(path.read_bytes())
    content[-4:] = np.float32(np.nan).tobytes()  # the last weight of the last layer
    path.write_bytes(content)
    with closing(loaded(path)) as engine:
        told = read(engine, block(engine, tmp_path))
    assert np.isnan(told.nll).all()
    assert told.top_ids == (-1,) * ROWS


@pytest.mark.model
@pytest.mark.parametrize(
    ("ids", "rows", "error"),
    [(IDS * 6, ROWS, UserError), ((-1, *IDS[1:]), ROWS, UserError), (IDS, ROWS - 1, EngineError)],
)
def test_what_would_end_the_process_is_refused(
    base: EngineClient, tmp_path: Path, ids: tuple[int, ...], rows: int, error: type[Exception]
) -> None:
    made = replace(block(base, tmp_path), rows=rows)
    with pytest.raises(error):
        base.read_window(ReadWindow("window", ids, FIRST, made), CancelToken())
    assert base.is_alive


@pytest.mark.model
def test_a_stopped_window_is_cancelled(real: EngineClient, tmp_path: Path) -> None:
    """The first piece of a long window is under way when the stop comes."""
    assert real.info is not None
    real.open_context("window", 4096)
    path = tmp_path / "block"
    rows, columns = 1000, real.info.n_vocab
    with path.open("wb") as file:
        file.truncate(rows * columns * 4)
    cancel = CancelToken()
    cancel.cancel()
    request = ReadWindow("window", (100,) * 4000, 2999, Block(str(path), rows, columns))
    with pytest.raises(Cancelled):
        real.read_window(request, cancel)
    assert real.is_alive
    real.close_context("window")


class Never:
    is_set = False

    def on_set(self, callback: Callable[[], None] | None) -> None: ...


def test_numbers_of_synthetic_logits_agree_with_another_implementation(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    logits, others = (random.normal(0, 4, (20, 300)).astype(np.float32) for _ in range(2))
    ids = tuple(random.integers(0, 300, 23).tolist())
    made = Block(str(tmp_path / "block"), 20, 300)
    np.zeros((20, 300), np.float32).tofile(made.path)
    told = read_window(ReadWindow("", ids, 2, made), iter((logits[:7], logits[7:])), Never())
    compared = compare_window(CompareWindow("", ids, 2, made), iter((others,)), Never())
    p, q = log_softmax(logits.astype(float), axis=1), log_softmax(others.astype(float), axis=1)
    assert told.nll == pytest.approx(-p[range(20), ids[3:]], rel=1e-5, abs=1e-6)
    assert compared.nll == pytest.approx(-q[range(20), ids[3:]], rel=1e-5, abs=1e-6)
    assert compared.kld == pytest.approx((np.exp(p) * (p - q)).sum(axis=1), rel=1e-5)
    assert compared.top_ids == tuple(others.argmax(axis=1))


def test_two_tokens_by_hand() -> None:
    """p = (¾, ¼), q = (½, ½): ¾·ln 3/2 + ¼·ln ½ = 0.130812."""
    base = np.log(np.array([[0.75, 0.25]], np.float32))
    own = np.log(np.array([[0.5, 0.5]], np.float32))
    assert divergence(base, own, np.empty_like(own)) == pytest.approx([0.130812], abs=1e-6)


@pytest.mark.parametrize(
    ("q", "expected"), [((1.0, 0.0), 0.0), ((0.5, 0.5), np.log(2)), ((0.0, 1.0), np.inf)]
)
def test_a_token_that_is_ruled_out_counts_as_it_should(q: Any, expected: float) -> None:
    with np.errstate(divide="ignore"):
        base, own = (np.log(np.array([each], np.float32)) for each in ((1.0, 0.0), q))
    assert divergence(base, own, np.empty_like(own)) == pytest.approx([expected])


def test_the_rows_that_differ_most_are_told_with_what_both_found_likeliest() -> None:
    random = np.random.default_rng(1)
    logits = random.normal(size=(40, 99)).astype(np.float32)
    base = log_softmax(random.normal(size=(40, 99)).astype(np.float32), axis=1)
    own, kld = log_softmax(logits, axis=1), random.permutation(40).astype(np.float32)
    kld[3] = np.nan
    moved = Moved()
    for at in range(0, 40, 8):
        moved.add(at, logits[at : at + 8], kld[at : at + 8])
    told = moved.rows(base)
    assert [kld[row.row] for row in told] == sorted(kld[np.isfinite(kld)])[::-1][:MOST_ROWS]
    for row in told:
        assert row.base_ids == tuple(np.argsort(-base[row.row])[:N_TOP].tolist())
        assert row.own_logprobs == pytest.approx(np.sort(own[row.row])[::-1][:N_TOP], abs=1e-5)
