"""Benchmarks that were made here: a JSON file each, listed, opened again, put into a bin."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from labs.benchmark.results import SCHEMA_VERSION, Benchmark
from labs.chat.records import from_dict
from labs.kept_files import files_in, free_name
from labs.kept_files import keep as keep_file
from models.errors import UserError
from models.hardware.machine import describe
from models.library.library import Library

KIND = "benchmark"


@dataclass(frozen=True)
class Kept:
    """A benchmark and its file; `problem` where that cannot be read."""

    path: Path
    benchmark: Benchmark | None = None
    problem: str = ""


def complete(benchmark: Benchmark, library: Library) -> Benchmark:
    """With the machine, the version and what is known of the weights by now."""
    model = benchmark.model
    entry = library.find(model.path)
    if entry is not None and entry.is_local:
        try:
            fingerprint = library.fingerprint(entry)
        except UserError:  # a file that was moved since
            fingerprint = model.fingerprint
        model = replace(model, fingerprint=fingerprint, sha256=library.known_sha256(entry))
    return replace(benchmark, model=model, machine=describe(), app_version=_version())


def document_of(benchmark: Benchmark) -> dict[str, Any]:
    """One JSON object, with the figures that follow from the readings beside them."""
    tests = [
        {**asdict(test), "name": test.name, "n_busy": test.n_busy,
         "tokens_per_s": asdict(test.spread) if test.spread else None}
        for test in benchmark.tests
    ]  # fmt: skip
    chatted = benchmark.chatted
    told = chatted and {
        **asdict(chatted),
        **{name: spread and asdict(spread) for name, spread in (
            ("first_token_cold_s", chatted.first_token_cold_s),
            ("first_token_warm_s", chatted.first_token_warm_s),
            ("tokens_per_s", chatted.write_speed),
        )},
    }  # fmt: skip
    return {"kind": KIND, **asdict(benchmark), "tests": tests, "chatted": told}


def benchmark_of(document: Any) -> Benchmark:
    """Raises UserError for what is no benchmark, or one of a newer Assay."""
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise UserError("This file is no benchmark of Assay.")
    schema = document.get("schema_version", SCHEMA_VERSION)
    if not isinstance(schema, int):
        raise UserError("This benchmark is damaged: its version is no number.")
    if schema > SCHEMA_VERSION:
        raise UserError("A newer version of Assay wrote this benchmark.", "Open it there.")
    try:
        found = from_dict(Benchmark, document)
        datetime.fromisoformat(found.started_at)
        _refuse_no_speeds(found)
        return found
    except (TypeError, ValueError) as error:
        raise UserError(f"This benchmark is damaged: {error}.") from error


def _refuse_no_speeds(found: Benchmark) -> None:
    turns = found.chatted.turns if found.chatted else ()
    told = [each.tokens_per_s for test in found.tests for each in test.repetitions]
    told += [value for turn in turns for value in (turn.tokens_per_s, turn.first_token_s)
             if value is not None]  # fmt: skip
    wrong = next((value for value in told if value <= 0), None)
    if wrong is not None:
        raise ValueError(f"{wrong} is neither a speed nor a time")


def keep(folder: Path, benchmark: Benchmark) -> Path:
    """Write it into the folder, whole or not at all; where it is. Raises UserError."""
    path = free_name(folder, benchmark.started_at, benchmark.model.name, "model")
    text = json.dumps(document_of(benchmark), indent=1, ensure_ascii=False, allow_nan=False)
    return keep_file(path, text + "\n", "benchmark")


def read(path: Path) -> Benchmark:
    """Raises UserError when it is gone or damaged."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"{path.name} is not there any more.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path.name} cannot be read: {error}.") from error
    return benchmark_of(document)


def listed(folder: Path) -> Generator[str, None, tuple[Kept, ...]]:
    """Every benchmark of a folder, the newest first; what cannot be read has a row as well. Raises
    UserError where the folder itself cannot be read."""
    yield "Reading your benchmarks"
    found = [_kept(path) for path in files_in(folder)]
    return tuple(sorted(found, key=lambda kept: kept.path.name, reverse=True))


def _kept(path: Path) -> Kept:
    try:
        return Kept(path, read(path))
    except UserError as error:
        return Kept(path, problem=str(error))


def _version() -> str:
    try:
        return version("assay-desktop")
    except PackageNotFoundError:
        return ""
