"""Whether two GGUF files can come from one model: what no quantization changes must be equal."""

from __future__ import annotations

from pathlib import Path

from models.library.entry import ModelEntry
from models.library.gguf_header import GgufHeader, Tensor, read_header

_MOST_TENSORS = 64


def differing_tensor(first: ModelEntry, second: ModelEntry) -> str:
    """The name of a vector that both hold in full and that differs, or whose sizes differ; "" where
    nothing speaks against one model. Only GGUF files can be looked at this way.

    Vectors such as the scales of norms stay F32 in every mix, while training moves them: a
    fine-tuned relative of the same sizes and vocabulary is found as well. Raises UserError when a
    file cannot be read.
    """
    if first.format != "gguf" or second.format != "gguf":
        return ""
    one, other = _tensors(first), _tensors(second)
    for name in sorted(one.keys() & other.keys()):
        if one[name][1].shape != other[name][1].shape:
            return name
    vectors = [name for name in sorted(one.keys() & other.keys())
               if _is_full_vector(one[name][1]) and _is_full_vector(other[name][1])]  # fmt: skip
    for name in vectors[:_MOST_TENSORS]:
        if _content(*one[name]) != _content(*other[name]):
            return name
    return ""


def _tensors(entry: ModelEntry) -> dict[str, tuple[Path, Tensor]]:
    headers: list[GgufHeader] = [read_header(path) for path in entry.files]
    return {tensor.name: (header.path, tensor) for header in headers for tensor in header.tensors}


def _is_full_vector(tensor: Tensor) -> bool:
    return len(tensor.shape) == 1 and tensor.type == "F32" and tensor.name.endswith("norm.weight")


def _content(path: Path, tensor: Tensor) -> bytes:
    with path.open("rb") as file:
        file.seek(tensor.offset)
        return file.read(tensor.size_bytes or 0)
