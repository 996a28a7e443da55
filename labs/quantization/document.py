"""A comparison with all that its numbers depend on, as one JSON object and back."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from functools import cache
from math import inf, isfinite
from typing import Any

from labs.quantization.comparison import Comparison, Costs, Row
from labs.quantization.measures import Measures
from labs.quantization.moved import Told
from labs.quantization.table import notes_of
from models.engine.messages import LoadSettings
from models.errors import UserError
from models.hardware.machine import Machine

KIND, SCHEMA_VERSION = "comparison", 1
_FIGURES = 7  # of a float: what 32 bits hold


@dataclass(frozen=True)
class ComparedModel:
    """Which weights a row stands for. `fingerprint`: size, header and sampled blocks; `sha256` is
    "" until the file was read whole; `cache` the types of keys and values, () as loaded."""

    label: str
    name: str
    path: str
    format: str
    quantization: str = ""
    fingerprint: str = ""
    sha256: str = ""
    cache: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """`models` in the order of the rows; `texts` the kinds that windows were read of; `took_s` with
    the loads. `telemetry` sums up what the machine did meanwhile, None where nobody looked."""

    comparison: Comparison
    models: tuple[ComparedModel, ...] = ()
    texts: tuple[str, ...] = ()
    load: LoadSettings = field(default_factory=LoadSettings)
    machine: Machine | None = None
    finished_at: str = ""
    took_s: float = 0.0
    app_version: str = ""
    telemetry: dict[str, Any] | None = None


def document_of(record: Record, *, with_tokens: bool = True) -> dict[str, Any]:
    """JSON has no infinity and no NaN: null, and the figure's `reason` says why. Without tokens
    `told` is empty: it holds some hundred kilobytes."""
    comparison = record.comparison
    about = {name: value for name, value in asdict(record).items() if name != "comparison"}
    told = asdict(comparison.told) if with_tokens else asdict(Told())
    numbers = {f.name: getattr(comparison, f.name) for f in fields(comparison)
               if f.name not in ("rows", "told")}  # fmt: skip
    return _plain(
        {
            "kind": KIND,
            "schema_version": SCHEMA_VERSION,
            **about,
            **numbers,
            "speed_is_partial": comparison.speed_is_partial,
            "rows": [_row(row) for row in comparison.rows],
            "notes": list(notes_of(comparison)),
            "told": told,
        }
    )


def _row(row: Row) -> dict[str, Any]:
    found = row.measures
    return {
        **asdict(row.costs),
        "measures": asdict(found) if found else None,
        "guidance": found.band if found else "",
        "warnings": list(found.warnings) if found else [],
    }


def _plain(told: Any) -> Any:
    if isinstance(told, dict):
        return {str(name): _plain(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_plain(value) for value in told]
    if isinstance(told, float):
        return float(f"{told:.{_FIGURES}g}") if isfinite(told) else None
    return told


def record_of(document: Mapping[str, Any]) -> Record:
    """Raises UserError for what is no comparison, is damaged, or was written by a newer Assay."""
    if document.get("kind") != KIND:
        raise UserError("This is no comparison.", "Choose a file that Assay has kept.")
    if document.get("schema_version", SCHEMA_VERSION) > SCHEMA_VERSION:
        raise UserError("This comparison was written by a newer Assay.", "Update Assay to open it.")
    try:
        rows = tuple(_read_row(row) for row in document["rows"])
        comparison = _made(Comparison, {**document, "rows": ()})
        return _made(Record, document, comparison=replace(comparison, rows=rows))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"This comparison is damaged ({error}).", "Compare once more.") from error


def _read_row(row: Mapping[str, Any]) -> Row:
    found = row.get("measures")
    return Row(_made(Costs, row), _made(Measures, found) if found else None)


# ---- dataclasses from JSON ---------------------------------------------------------------------


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _made(cls: type, data: Mapping[str, Any], **given: Any) -> Any:
    """Names that the class does not know are left out, those that are missing get its defaults."""
    hints = _hints(cls)
    told = {f.name: _converted(hints[f.name], data[f.name]) for f in fields(cls)
            if f.name in data and f.name not in given}  # fmt: skip
    return cls(**told, **given)


def _converted(hint: Any, value: Any) -> Any:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        kind = next(each for each in inside if each is not types.NoneType)
        return None if value is None else _converted(kind, value)
    if hint is float:
        return inf if value is None else float(value)
    if is_dataclass(hint) and isinstance(hint, type):
        return _made(hint, value)
    if origin is tuple:
        kinds = inside if inside and inside[-1] is not Ellipsis else [inside[0]] * len(value)
        return tuple(_converted(kind, each) for kind, each in zip(kinds, value, strict=True))
    if origin in (dict, Mapping) and inside:
        return {inside[0](name): _converted(inside[1], each) for name, each in value.items()}
    return value
