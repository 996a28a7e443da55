"""Rows on models whose caches cannot go back as far as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labs.experiments.scoring.lanes import largest_difference, lead_change
from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import (
    GenerateMany,
    Label,
    LoadSettings,
    Part,
    Row,
    RowMode,
    RowResult,
    Sampling,
)
from models.long_work import result_of
from tests.engine.tiny_models import WINDOW, recurrent, sliding_window

LABELS = (Label("yes", ("YES", "Yes")), Label("no", ("NO", "No")))  # a token a letter
SHARED = "The gate is shut. "
ROWS = tuple(
    Row((Part(SHARED + "Is it open? " * n + f"Number {n}:"),), LABELS, max_tokens=4 + n)
    for n in (0, 1, 4, 8, 2, 7)
)


@pytest.fixture(scope="module", params=[sliding_window, recurrent])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EngineClient]:
    write: Callable[[Path], Path] = request.param
    path = write(tmp_path_factory.mktemp("tiny") / "tiny.gguf")
    made = EngineClient(str(path), LoadSettings(flash_attention="off"))
    result_of(made.load(CancelToken()))
    made.open_context("lab", 1024, n_seq=4)
    yield made
    made.close()


def run(engine: EngineClient, mode: RowMode) -> list[RowResult]:
    request = GenerateMany("lab", ROWS, mode, Sampling(temperature=0.0))
    return sorted(engine.generate_many(request, CancelToken()), key=lambda row: row.index)


@pytest.mark.model
@pytest.mark.parametrize("before", ["cold", "batched"])
def test_shared_beginnings_change_no_bit_whatever_was_read_before(
    engine: EngineClient, before: RowMode
) -> None:
    cold = run(engine, "cold")
    assert max(row.prompt_tokens for row in cold) > 2 * WINDOW
    run(engine, before)
    exact = run(engine, "exact")
    assert [largest_difference(a, b) for a, b in zip(cold, exact, strict=True)] == [0] * len(ROWS)


@pytest.mark.model
def test_answers_written_together_stay_close(engine: EngineClient) -> None:
    cold, batched = run(engine, "cold"), run(engine, "batched")
    assert {row.batch_rows for row in batched} == {4}
    assert max(lead_change(a, b) for a, b in zip(cold, batched, strict=True)) < 0.01
