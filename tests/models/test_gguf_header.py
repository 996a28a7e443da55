"""The header reader: what it reads, and what it refuses with a sentence."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import UserError
from models.library.gguf_cursor import ArrayRef
from models.library.gguf_header import (
    missing_bytes,
    read_array,
    read_beginning,
    read_header,
    read_row,
)
from tests.gguf_files import (
    AFTER_TOKENS,
    ARRAY,
    LLAMA,
    STRING,
    U32,
    Weights,
    gguf_bytes,
    text,
    tokens,
    write_gguf,
)


def test_a_complete_header_has_keys_after_the_arrays(tmp_path: Path) -> None:
    header = read_header(write_gguf(tmp_path / "m.gguf"))
    assert header.text("tokenizer.chat_template") == "{{ messages }}"
    assert header.number("general.file_type") == 7


@pytest.mark.parametrize("version", [2, 3])
def test_both_versions_are_read(tmp_path: Path, version: int) -> None:
    header = read_header(write_gguf(tmp_path / "m.gguf", version=version))
    assert (header.version, header.architecture, header.n_vocab) == (version, "llama", 40)


def test_a_row_ends_before_the_first_tokenizer_array(tmp_path: Path) -> None:
    row = read_row(write_gguf(tmp_path / "m.gguf"))
    assert list(row.metadata) == list(LLAMA)
    assert (row.n_vocab, row.complete) == (40, False)


def test_the_tensor_table_has_shape_type_and_place(tmp_path: Path) -> None:
    two = (Weights(), Weights("output.weight", (32, 2), 1, 128))
    path = write_gguf(tmp_path / "m.gguf", weights=two)
    tensor = read_header(path).tensors[1]
    assert (tensor.name, tensor.shape, tensor.type) == ("output.weight", (32, 2), "F16")
    assert tensor.offset + 128 == path.stat().st_size


def test_a_long_array_is_read_when_asked_for(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf", {**LLAMA, **tokens(3000)})
    array = read_header(path).metadata["tokenizer.ggml.tokens"]
    assert isinstance(array, ArrayRef)
    assert read_array(path, array, limit=3) == ("tok0", "tok1", "tok2")


def test_an_interrupted_download_is_known_by_its_missing_bytes(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf")
    os.truncate(path, path.stat().st_size - 1000)
    assert missing_bytes(read_header(path)) == 1000


def test_it_reads_what_the_reference_writer_writes(tmp_path: Path) -> None:
    import gguf
    import numpy

    writer = gguf.GGUFWriter(tmp_path / "w.gguf", "llama")
    writer.add_chat_template("{{ bos }}")
    writer.add_token_list([f"t{i}" for i in range(2000)])
    writer.add_tensor("a.weight", numpy.ones((4, 32), numpy.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    header = read_header(tmp_path / "w.gguf")
    assert header.tensors[0].shape == (32, 4)
    assert (header.text("tokenizer.chat_template"), missing_bytes(header)) == ("{{ bos }}", 0)


def array(item_type: int, count: int, body: bytes = b"") -> bytes:
    return struct.pack("<IIQ", ARRAY, item_type, count) + body


HOSTILE = {
    "empty": b"",
    "no magic": b"GGML" + bytes(100),
    "only magic": b"GGUF",
    "version 1": gguf_bytes({}, version=1),
    "version 9": gguf_bytes({}, version=9),
    "big-endian": b"GGUF" + struct.pack(">IQQ", 3, 0, 0),
    "countless keys": gguf_bytes({}, n_keys=1 << 60),
    "countless tensors": gguf_bytes({}, n_tensors=1 << 60),
    "text beyond the file": gguf_bytes({"a": struct.pack("<IQ", STRING, 1 << 62)}),
    "array beyond the file": gguf_bytes({"a": array(U32, 1 << 61)}),
    "texts beyond the file": gguf_bytes(
        {"a": array(STRING, 2000, text("x") * 20 + b"\xff" * 17000)}
    ),
    "array in an array": gguf_bytes({"a": array(ARRAY, 1, array(U32, 0))}),
    "unknown type": gguf_bytes({"a": struct.pack("<I", 99)}),
    "unknown type in an array": gguf_bytes({"a": array(99, 0)}),
    "alignment 0": gguf_bytes({"general.alignment": 0}),
    "alignment of text": gguf_bytes({"general.alignment": "wide"}),
    "nine dimensions": gguf_bytes({}, (Weights(shape=(1,) * 9),)),
    "impossible shape": gguf_bytes({}, (Weights(shape=(1 << 62,) * 4),)),
    "keys beyond the file": gguf_bytes({"a": 1}, (), n_keys=4),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_header_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(UserError, match=r"bad\.gguf cannot be read as a GGUF model: .+\."):
        read_header(path)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(gguf_bytes({"same": 1, "sam2": 2}).replace(b"sam2", b"same"))
    with pytest.raises(UserError, match="twice"):
        read_header(path)


def test_an_endless_array_in_a_huge_file_is_not_walked(tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(gguf_bytes({"a": array(STRING, 1 << 30)}, ()))
    os.truncate(path, 1 << 34)  # sparse: 16 GiB of empty texts that take no room
    with pytest.raises(UserError, match="claims"):
        read_header(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no longer"):
        read_row(tmp_path / "gone.gguf")
    with pytest.raises(UserError, match="not an ordinary file"):
        read_row(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(UserError, match="not an ordinary file"):
        read_row(tmp_path / "pipe.gguf")


def read_or_refuse(path: Path) -> None:
    for read in (read_row, read_header):
        try:
            header = read(path)
        except UserError as error:
            assert len(str(error)) < 1000
            continue
        missing_bytes(header)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_random_bytes_never_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + noise)
    read_or_refuse(path)


SOUND = gguf_bytes(weights=())


@given(
    st.lists(
        st.tuples(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=9)), max_size=6
    ),
    st.integers(0, len(SOUND)),
)
@settings(max_examples=300, deadline=None)
def test_a_mutated_header_never_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]], end: int
) -> None:
    data = bytearray(SOUND)
    for place, patch in changes:
        data[place : place + len(patch)] = patch
    path = tmp_path_factory.getbasetemp() / "mutated.gguf"
    path.write_bytes(data[: end or None])
    read_or_refuse(path)


def test_the_beginning_of_a_file_says_what_its_row_says(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "model.gguf", {**LLAMA, **tokens(4000, 6000), **AFTER_TOKENS})
    size = path.stat().st_size
    assert size > 60_000
    assert read_beginning(path.read_bytes()[:1000], size, path) == read_row(path)


def test_a_beginning_that_is_too_short_is_refused(tmp_path: Path) -> None:
    data = gguf_bytes()
    with pytest.raises(UserError, match="in the middle of its header"):
        read_beginning(data[:200], len(data), tmp_path / "model.gguf")
