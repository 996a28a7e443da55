"""The columns of the model table, and of the tables in the inspector."""

from __future__ import annotations

from dataclasses import dataclass

from app.widgets.fit_mark import fit_word
from app.widgets.rows_model import Column
from models.amounts import size_text
from models.fit import Verdict
from models.library.entry import ModelEntry
from models.library.gguf_cursor import ArrayRef
from models.library.weights import Weight

_FIT_ORDER = {"fits": 0, "slow": 1, "wont_fit": 2, None: 3}


@dataclass(frozen=True)
class ListedModel:
    """A row of the table: the model, its forecast, and the state of its engine ("" unloaded)."""

    entry: ModelEntry
    verdict: Verdict | None = None
    state: str = ""


def _bits(row: ListedModel) -> str:
    return f"{row.entry.bits_per_weight:.2f}" if row.entry.bits_per_weight else ""


def _size(row: ListedModel) -> str:
    return size_text(row.entry.size_bytes) if row.entry.size_bytes else ""


def _fit(row: ListedModel) -> str:
    return fit_word(row.verdict, row.entry.problem)


MODEL_COLUMNS: tuple[Column[ListedModel], ...] = (
    Column("Name", lambda row: row.entry.name, tooltip=lambda row: str(row.entry.path)),
    Column("Type", lambda row: row.entry.quantization),
    Column(
        "Bits a weight",
        _bits,
        key=lambda row: row.entry.bits_per_weight,
        is_number=True,
        tooltip=lambda _row: "Bytes of the weights times 8, by their number",
    ),
    Column("Size", _size, key=lambda row: row.entry.size_bytes, is_number=True),
    Column(
        "Fit",
        _fit,
        key=lambda row: (_FIT_ORDER[row.verdict], bool(row.entry.problem)),
        tooltip=lambda row: row.entry.problem,
    ),
    Column("Found in", lambda row: row.entry.source),
)


@dataclass(frozen=True)
class HeaderLine:
    """A key with its value in one line. `whole` is the value as it stands; an `array` that is too
    long to read along is read when someone asks for it."""

    key: str
    value: str
    whole: str = ""
    array: ArrayRef | None = None


HEADER_COLUMNS: tuple[Column[HeaderLine], ...] = (
    Column("Key", lambda line: line.key, tooltip=lambda line: line.key),
    Column("Value", lambda line: line.value, tooltip=lambda line: line.value[:2000]),
)

TENSOR_COLUMNS: tuple[Column[Weight], ...] = (
    Column("Tensor", lambda tensor: tensor.name, tooltip=lambda tensor: tensor.name),
    Column(
        "Shape",
        lambda tensor: " × ".join(map(str, tensor.shape)),
        key=lambda tensor: tensor.n_weights,
        is_number=True,
    ),
    Column("Type", lambda tensor: tensor.type),
    Column(
        "Size",
        lambda tensor: size_text(tensor.size_bytes) if tensor.size_bytes is not None else "",
        key=lambda tensor: tensor.size_bytes or 0,
        is_number=True,
    ),
)
