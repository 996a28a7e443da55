"""Comparisons that were made here: a JSON file each, listed, opened again, put into a bin."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.kept_files import files_in, free_name
from labs.kept_files import keep as keep_file
from labs.quantization.document import Record, document_of, record_of
from labs.quantization.pace import kind_of
from models.errors import UserError

TOLD, END = ',\n"told": ', b"}\n"


@dataclass(frozen=True)
class KeptRow:
    """What a list shows of one; `problem` where it cannot be read. `stamp`: time and size of the
    file, by which one that is as it was is not read again."""

    path: Path
    base: str = ""
    others: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    n_windows: int = 0
    finished_at: str = ""
    is_partial: bool = False
    divergences: tuple[float | None, ...] = ()  # the mean of each other, in nats
    speeds: tuple[tuple[str, int, float], ...] = ()  # kind, weights, tokens a second it read
    problem: str = ""
    stamp: tuple[int, int] = (0, 0)


def keep(folder: Path, record: Record) -> Path:
    """Write a comparison into the folder, whole or not at all; where it is. Raises UserError."""
    base = record.comparison.rows[0].costs.label
    path = free_name(folder, record.finished_at, base, "comparison")
    return keep_file(path, _as_text(record), "comparison")


def read(path: Path) -> Record:
    """Raises UserError when it is gone or damaged."""
    return _read(path, lambda: path.read_text(encoding="utf-8"))


def _as_text(record: Record) -> str:
    """What was said of each token comes last, on a line of its own: a list reads the first line
    alone."""
    document = document_of(record)
    told = _json(document.pop("told"))
    return f"{_json(document)[:-1]}{TOLD}{told}}}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _read(path: Path, text: Callable[[], str]) -> Record:
    try:
        document = json.loads(text())
    except FileNotFoundError as error:
        raise UserError(f"{path.name} is not there any more.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path.name} cannot be read: {error}.") from error
    if not isinstance(document, dict):
        raise UserError(f"{path.name} is no comparison.")
    return record_of(document)


def _head_of(path: Path) -> str:
    """The file without what was said of each token; all of one that was written in one line, and
    of one that was cut off."""
    with path.open("rb") as file:
        head = file.readline()
        file.seek(max(0, path.stat().st_size - len(END)))
        is_whole = file.read() == END
    begin = TOLD.partition("\n")[0].encode()
    if is_whole and head.endswith(begin + b"\n"):
        return (head.removesuffix(begin + b"\n") + b"}").decode()
    return path.read_text(encoding="utf-8")


def listed(
    folder: Path, known: Sequence[KeptRow] = ()
) -> Generator[str, None, tuple[KeptRow, ...]]:
    """Every comparison of a folder, the newest first; what cannot be read has a row as well.
    Raises UserError where the folder itself cannot be read."""
    yield "Reading your comparisons"
    before = {row.path: row for row in known}
    rows = [
        old if (old := before.get(path)) and old.stamp == _stamp(path) else row_of(path)
        for path in files_in(folder)
    ]
    return tuple(sorted(rows, key=lambda row: row.finished_at, reverse=True))


def row_of(path: Path) -> KeptRow:
    stamp = _stamp(path)
    try:
        record = _read(path, lambda: _head_of(path))
    except UserError as error:
        return KeptRow(path, path.stem, problem=str(error), stamp=stamp)
    base, *others = record.comparison.rows
    costs_of = [row.costs for row in record.comparison.rows]
    return KeptRow(
        path,
        base.costs.label,
        tuple(row.costs.label for row in others),
        record.texts,
        record.comparison.n_windows,
        record.finished_at,
        record.comparison.is_partial,
        tuple(row.measures.kld.value if row.measures else None for row in others),
        tuple((kind_of(model.format, costs.mix), costs.mix.n_weights, costs.read_speed.median)
              for model, costs in zip(record.models, costs_of, strict=False) if costs.read_speed),
        stamp=stamp,
    )  # fmt: skip


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
