"""Blocks of a tensor: ggml's own bytes, and our reading of them held against gguf-py's."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf import quants

from labs.quantization.one_block import (
    Loss,
    as_csv,
    earlier_type,
    loss_of,
    source_sentence,
    tensor_loss,
)
from models.cancel import CancelToken
from models.errors import Cancelled, UserError
from models.library.entry import ModelEntry
from models.library.library import Library
from models.long_work import result_of
from models.quantize.block_codes import explain
from models.quantize.block_layout import LAYOUTS
from models.quantize.block_messages import TensorMeasured
from models.quantize.blocks import (
    Span,
    TensorRow,
    layout_of,
    measure,
    read_span,
    tensors_of,
    types_for,
)

pytestmark = pytest.mark.model
WIDE, NARROW, NORM, ODD, READY = "wide", "narrow", "norm", "odd", "ready"


def write(path: Path) -> Path:
    """Rows of 2,560, 96 and 40 weights, a norm, and rows that are Q8_0 already."""
    rng = np.random.default_rng(7)
    made = gguf.GGUFWriter(str(path), "llama")
    made.add_tensor(WIDE, rng.normal(0, 0.05, (3, 2560)).astype(np.float32))
    made.add_tensor(NARROW, rng.normal(0, 1, (4, 96)).astype(np.float16))
    made.add_tensor(NORM, rng.normal(0, 1, 512).astype(np.float32))
    made.add_tensor(ODD, rng.normal(0, 1, (3, 40)).astype(np.float32))
    ready = quants.quantize(
        rng.normal(0, 1, (2, 64)).astype(np.float32), gguf.GGMLQuantizationType.Q8_0
    )
    made.add_tensor(READY, ready, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    made.write_header_to_file()
    made.write_kv_data_to_file()
    made.write_tensors_to_file()
    made.close()
    return path


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> ModelEntry:
    path = write(tmp_path_factory.mktemp("blocks") / "made-F32.gguf")
    (found,) = Library(path.parent / "index").add(path)
    return found


def row_of(entry: ModelEntry, name: str) -> TensorRow:
    return next(row for row in tensors_of(entry) if row.place.name == name)


def span_of(entry: ModelEntry, name: str, block: int) -> Span:
    return result_of(read_span(row_of(entry, name), block, CancelToken()))


@pytest.fixture(scope="module")
def wide(entry: ModelEntry) -> Span:
    """The end of the second row: it begins at weight 2,560 + 2,048."""
    return span_of(entry, WIDE, 150)


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_the_codes_explain_to_the_bit_what_gguf_py_reads_out_of_the_bytes(
    wide: Span, name: str
) -> None:
    truth = quants.dequantize(
        np.frombuffer(wide.data[name], dtype=np.uint8), gguf.GGMLQuantizationType[name]
    )
    first = wide.first // 32
    for block in range(first, first + len(wide.values) // 32):
        coded = wide.coded(block)[name]
        expected = truth[(block - first) * 32 : (block - first + 1) * 32]
        assert coded.decoded == pytest.approx(expected.tolist(), abs=0)
        assert [coded.explained.value(i) for i in range(32)] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0"])
def test_the_bytes_are_those_that_gguf_py_writes(wide: Span, name: str) -> None:
    kind = gguf.GGMLQuantizationType[name]
    expected = quants.quantize(np.array(wide.values, dtype=np.float32), kind).tobytes()
    codes = [_codes(name, data) for data in (wide.data[name], expected)]
    assert len(codes[0]) == len(codes[1]) == len(wide.values)
    assert np.mean([a != b for a, b in zip(*codes, strict=True)]) < 0.01  # ties round otherwise


def _codes(name: str, data: bytes) -> list[int]:
    layout = LAYOUTS[name]
    blocks = [data[at : at + layout.block_bytes] for at in range(0, len(data), layout.block_bytes)]
    return [code.stored for block in blocks for code in explain(layout, block).codes]


def test_a_block_is_read_where_it_lies_in_its_row(entry: ModelEntry, wide: Span) -> None:
    weights = np.random.default_rng(7).normal(0, 0.05, (3, 2560)).astype(np.float32).ravel()
    assert wide.weights(150) == pytest.approx(weights[150 * 32 : 151 * 32].tolist(), abs=0)
    assert (wide.first, len(wide.values)) == (2560 + 2048, 512)
    assert wide.holds(row_of(entry, WIDE).place, 144)
    assert not wide.holds(row_of(entry, WIDE).place, 143)


def test_a_source_that_is_quantized_is_read_out_first_and_that_is_said(entry: ModelEntry) -> None:
    row, span = row_of(entry, READY), span_of(entry, READY, 1)
    loss = loss_of(span.weights(1), span.coded(1)["Q8_0"])
    assert loss.relative is not None and loss.relative < 1e-3
    assert "quantized already" in source_sentence(row)
    assert "quantized already" not in source_sentence(row_of(entry, NARROW))


def test_the_error_of_a_block_is_that_of_its_definition(wide: Span) -> None:
    coded = wide.coded(150)["Q4_0"]
    weights, decoded = np.array(wide.weights(150)), np.array(coded.decoded)
    loss = loss_of(wide.weights(150), coded)
    assert loss.relative == pytest.approx(
        np.linalg.norm(weights - decoded) / np.linalg.norm(weights)
    )
    assert loss.sqnr_db == pytest.approx(-20 * log10(loss.relative))
    assert loss.bits_per_weight == 4.5 and len(as_csv(
        TensorRow(wide.place, "F32"), 150, wide.weights(150), coded
    ).splitlines()) == 34  # fmt: skip


def test_a_whole_tensor_is_measured_as_numpy_would(entry: ModelEntry) -> None:
    types = ["Q4_0", "Q8_0", "Q4_K"]
    told = list(measure(row_of(entry, WIDE), types, CancelToken()))
    found = [each for each in told if isinstance(each, TensorMeasured)]
    weights = np.random.default_rng(7).normal(0, 0.05, (3, 2560)).astype(np.float32)
    kind = gguf.GGMLQuantizationType.Q8_0
    decoded = quants.dequantize(quants.quantize(weights, kind), kind)
    expected = np.linalg.norm(weights - decoded) / np.linalg.norm(weights)
    assert tensor_loss(found[1]).relative == pytest.approx(expected, rel=1e-3)
    assert tensor_loss(found[0]).relative > tensor_loss(found[2]).relative > expected
    assert [each.size_bytes for each in found] == [4320, 8160, 4320]
    assert told[-2].done == told[-2].total == 3 * weights.size


def test_rows_that_do_not_divide_into_256_have_no_large_blocks(entry: ModelEntry) -> None:
    names = [layout.name for layout in types_for(row_of(entry, NARROW).place)]
    assert names == ["Q8_0", "Q5_1", "Q5_0", "Q4_1", "IQ4_NL", "Q4_0"]
    assert set(span_of(entry, NARROW, 11).coded(11)) == set(names)


@pytest.mark.parametrize(
    ("name", "why"), [(NORM, "never quantized"), (ODD, "do not divide into blocks of 32")]
)
def test_a_tensor_without_blocks_says_why(entry: ModelEntry, name: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        span_of(entry, name, 0)


def test_a_block_that_is_not_there_is_refused(entry: ModelEntry) -> None:
    with pytest.raises(UserError, match="Choose one from 0 to 11"):
        span_of(entry, NARROW, 12)


def test_a_file_that_has_gone_or_was_cut_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "made-F32.gguf")
    (entry,) = Library(tmp_path / "index").add(path)
    row = row_of(entry, WIDE)
    with path.open("r+b") as file:
        file.truncate(row.place.offset + 100)
    with pytest.raises(UserError, match="ends inside the tensor wide"):
        result_of(read_span(row, 0, CancelToken()))
    path.unlink()
    with pytest.raises(UserError, match="cannot be read"):
        result_of(read_span(row, 0, CancelToken()))


def test_numbers_that_are_none_are_counted_and_not_shown(tmp_path: Path) -> None:
    path = write(tmp_path / "made-F32.gguf")
    (entry,) = Library(tmp_path / "index").add(path)
    row = row_of(entry, WIDE)
    with path.open("r+b") as file:
        file.seek(row.place.offset)
        file.write(np.array([np.nan, np.inf], dtype=np.float32).tobytes())
    told = list(measure(row, ["Q4_0"], CancelToken()))
    assert told[-1].n_not_finite == 2 and tensor_loss(told[-1]).relative < 0.2
    with pytest.raises(UserError, match="no number"):
        result_of(read_span(row, 0, CancelToken()))


def test_measuring_ends_with_its_process_when_it_is_stopped(entry: ModelEntry) -> None:
    cancel = CancelToken()
    work: Iterator[object] = measure(row_of(entry, WIDE), list(LAYOUTS) * 50, cancel)
    next(work)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(work)


def test_weights_that_are_all_zero_have_no_relative_error() -> None:
    assert Loss.of_sums(0, 0, 0, 4.5) == Loss(None, None, 0, 4.5)
    assert Loss.of_sums(4, 0, 0, 8.5).sqnr_db == float("inf")


def test_weights_that_were_rounded_before_are_recognized(tmp_path: Path) -> None:
    kind = gguf.GGMLQuantizationType.Q4_1
    weights = np.random.default_rng(2).normal(0, 1, (8, 256)).astype(np.float32)
    made = gguf.GGUFWriter(str(tmp_path / "made.gguf"), "llama")
    made.add_tensor("plain", weights)
    made.add_tensor("rounded", quants.dequantize(quants.quantize(weights, kind), kind))
    made.write_header_to_file()
    made.write_kv_data_to_file()
    made.write_tensors_to_file()
    made.close()
    (entry,) = Library(tmp_path / "index").add(tmp_path / "made.gguf")
    for name, expected in (("plain", ""), ("rounded", "Q4_1")):
        told = measure(row_of(entry, name), ["Q8_0", "Q5_1", "Q4_1", "Q4_0"], CancelToken())
        losses = {layout_of(each.type_id).name: tensor_loss(each)
                  for each in told if isinstance(each, TensorMeasured)}  # fmt: skip
        assert earlier_type(losses) == expected


def test_a_block_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="has 34 bytes"):
        explain(LAYOUTS["Q8_0"], bytes(33))
