"""Turns found files and their facts into entries of the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from models.engine.sim_subjects import SUBJECTS
from models.errors import UserError
from models.library import mlx_folder
from models.library.entry import ModelEntry
from models.library.file_names import quantization
from models.library.found import FoundModel
from models.library.index import IndexedFile
from models.library.mlx_dimensions import read_dimensions
from models.library.mlx_tensors import read_tensors
from models.library.type_mix import type_mix


def gguf_entry(found: FoundModel, files: Sequence[IndexedFile]) -> ModelEntry:
    """The entry of a file or shard set; the first file carries what the header says."""
    first = files[0].facts
    n_params = sum(file.facts.n_params for file in files)
    weights_bytes = sum(file.facts.weights_bytes for file in files)
    single = files[0] if len(files) == 1 else None
    return ModelEntry(
        id=found.id,
        name=printable(found.name),
        path=found.path,
        format="gguf",
        size_bytes=sum(file.stamp.size_bytes for file in files),
        source=found.source,
        quantization=quantization(found.name) or first.quantization,
        architecture=printable(first.architecture),
        n_params=n_params,
        n_ctx_train=first.n_ctx_train,
        bits_per_weight=weights_bytes * 8 / n_params if n_params else 0.0,
        title=printable(first.title),
        licence=printable(first.licence),
        shards=found.files if len(found.files) > 1 else (),
        projector_path=found.projector_path,
        has_chat_template=first.has_chat_template,
        dimensions=first.dimensions,
        sha256=(single.sha256 if single else "") or found.sha256,
        fingerprint=single.fingerprint if single else "",
        problem=_problem(found, files),
        complete=all(file.facts.complete for file in files),
    )


def mlx_entry(found: FoundModel) -> ModelEntry:
    """The entry of a folder; a damaged one has its problem and little else."""
    config, files = mlx_folder.read_config(found.path), mlx_folder.weight_files(found.path)
    try:
        mix = type_mix(read_tensors(found.path))
    except UserError:
        mix = type_mix(())
    whole = mix.shares[0].type if mix.shares else ""
    return ModelEntry(
        id=found.id,
        name=printable(found.name),
        path=found.path,
        format="mlx",
        size_bytes=sum(_size(path) for path in files),
        source=found.source,
        quantization=mlx_folder.quantization(config) or whole,
        architecture=printable(str(config.get("model_type", ""))),
        n_params=mix.n_weights,
        n_ctx_train=mlx_folder.n_ctx_train(config),
        bits_per_weight=mix.bits_per_weight,
        shards=files,
        has_chat_template=bool(mlx_folder.chat_template(found.path)),
        dimensions=read_dimensions(config),
        problem=mlx_folder.problem(found.path),
        complete=True,
    )


def missing_entry(found: FoundModel) -> ModelEntry:
    """A listed model whose file is gone."""
    return ModelEntry(
        id=found.id,
        name=printable(found.name),
        path=found.path,
        format="mlx" if found.is_mlx else "gguf",
        size_bytes=0,
        source=found.source,
        problem=gone(found.path),
        complete=True,
    )


def simulated_entry(model: str) -> ModelEntry:
    """`model` is "sim:NAME", with options behind a question mark or without."""
    subject = SUBJECTS[model.removeprefix("sim:").partition("?")[0]]
    return ModelEntry(
        id=model,
        name=model,
        path=Path(model),
        format="sim",
        size_bytes=0,
        source="Simulated",
        title=f"{subject.summary[:1].upper()}{subject.summary[1:]}",
        has_chat_template=True,
        complete=True,
    )


def endpoint_entry(endpoint: str, model: str) -> ModelEntry:
    """A model at an endpoint, whether it lists it or not."""
    name = f"endpoint:{endpoint}/{model}"
    return ModelEntry(
        id=name,
        name=name,
        path=Path(name),
        format="endpoint",
        size_bytes=0,
        source=endpoint,
        has_chat_template=True,
        complete=True,
    )


def gone(path: Path) -> str:
    return (
        f"{printable(path.name)} is no longer in {printable(str(path.parent))}. "
        "It was moved or deleted: put it back, or remove it from the list."
    )


def with_unique_names(entries: Iterable[ModelEntry]) -> tuple[ModelEntry, ...]:
    """Two models of one name get their source behind it, and a number where that is not enough."""
    listed = tuple(entries)
    counts = Counter(entry.name.casefold() for entry in listed)
    taken: set[str] = set()
    result = []
    for entry in listed:
        name = entry.name
        if counts[name.casefold()] > 1 and entry.source != "Starter":
            name = f"{entry.name} ({entry.source})"
        number = 2
        while name.casefold() in taken:
            name = f"{entry.name} ({entry.source} {number})"
            number += 1
        taken.add(name.casefold())
        result.append(entry if name == entry.name else replace(entry, name=name))
    return tuple(result)


def printable(text: str) -> str:
    """File names and headers may hold bytes that are no text, or that steer a terminal: the list
    shows a mark in their place."""
    if text.isprintable():
        return text
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() else "?" for letter in sound)


def _problem(found: FoundModel, files: Sequence[IndexedFile]) -> str:
    if found.missing_parts:
        count = found.missing_parts + len(files)
        return (
            f"{found.missing_parts} of {count} parts of this model are missing. "
            "Put all parts into one folder."
        )
    return next((file.facts.problem for file in files if file.facts.problem), "")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
