"""`assay models`: list, inspect, add, remove, download and convert models."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import convert, endpoints, get
from models.amounts import count_text, share_text, size_text
from models.errors import UserError
from models.fit import VERDICT_WORDS, Forecast, forecast
from models.hardware.memory import MemoryFree, free_bytes
from models.library.entry import ModelEntry
from models.library.gguf_header import GgufHeader, read_header
from models.library.make_entry import printable
from models.library.type_mix import TypeMix, type_mix
from models.library.weights import Weight, weights_of
from models.quantize.plan import name_remark
from models.remote.ollama_weights import weights_on_disk
from models.starter import STARTER_BADGE

if TYPE_CHECKING:
    from app.services import Services
    from models.library.library import Library

_MAX_VALUE_LETTERS = 160


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="every model that was found")
    listing.add_argument("--simulated", action="store_true", help="simulated models too")
    show = actions.add_parser("show", help="what a model file says, and what it is made of")
    show.add_argument("name", metavar="NAME", help="starter, a name from the list, or a path")
    for reader in (listing, show):
        reader.add_argument("--json", action="store_true", help="print one JSON object")
    add = actions.add_parser("add", help="link a file or folder in place; nothing is copied")
    add.add_argument("path", type=Path, metavar="PATH")
    remove = actions.add_parser("remove", help="take a model off the list; its file stays")
    remove.add_argument("name", metavar="NAME")
    get.add_parser(actions)
    endpoints.add_parser(actions)
    convert.add_parser(actions)


def run(args: argparse.Namespace, services: Services) -> int:
    """Print to stdout; UserError is left to the caller."""
    if args.action == "endpoints":
        return endpoints.run(args, services)
    if args.action == "get":
        return get.run(args, services)
    if args.action == "convert":
        return convert.run(args, services)
    actions = {"list": _list, "show": _show, "add": _add, "remove": _remove}
    actions[args.action](args, services.library)
    return 0


def _list(args: argparse.Namespace, library: Library) -> None:
    for step in library.scan():
        if step.phase == "headers" and sys.stderr.isatty():
            print(f"\rReading header {step.done} of {step.total} ", end="", file=sys.stderr)
    entries = library.entries() + (library.simulated() if args.simulated else ())
    if args.json:
        print(json.dumps({"models": [_as_json(entry) for entry in entries]}, indent=2))
        return
    memory = free_bytes()
    for entry in entries:
        fit = "" if not entry.is_local else _fit_word(entry, library, memory)
        size = size_text(entry.size_bytes) if entry.size_bytes and not entry.elsewhere else ""
        print(f"{entry.name:48} {entry.quantization:8} {size:>9}  {fit:11}  {entry.source}")
        if entry.is_starter or entry.problem or entry.elsewhere:
            runs = f"Runs at {entry.elsewhere}, beyond this machine" if entry.elsewhere else ""
            print(f"    {entry.problem or runs or STARTER_BADGE}")
    if not entries:
        print("No model was found. “assay models add PATH” adds a file or folder.")


def _fit_word(entry: ModelEntry, library: Library, memory: MemoryFree) -> str:
    if entry.problem:
        return "Problem"
    return VERDICT_WORDS[forecast(entry, library.load_settings(entry), memory).verdict]


def _show(args: argparse.Namespace, library: Library) -> None:
    entry = library.refresh(library.resolve(args.name))
    headers = _headers(entry)
    weights = _weights(entry)
    mix = type_mix(weights)
    settings = library.load_settings(entry)
    fit = forecast(entry, settings, free_bytes()) if weights else None
    measured = library.measured_peak(entry, settings)
    if args.json:
        print(json.dumps(_details_as_json(entry, headers, weights, mix, fit, measured), indent=2))
        return
    _print_entry(entry)
    if weights:
        _print_mix(entry, mix)
        if remark := name_remark(entry.quantization, headers):
            print(f"  {remark}")
    if fit is not None:
        _print_fit(fit, measured)
    _print_metadata(headers)


def _headers(entry: ModelEntry) -> list[GgufHeader]:
    """The header of every part; none for what is no GGUF file or cannot be read as one. Weights
    of Ollama's are read where they lie on this disk."""
    if entry.format == "ollama":
        weights = weights_on_disk(entry)
        return [read_header(weights)] if weights else []
    if entry.format != "gguf" or (entry.problem and not entry.n_params):
        return []
    return [read_header(path) for path in entry.files]


def _weights(entry: ModelEntry) -> Sequence[Weight]:
    return () if entry.problem and not entry.n_params else weights_of(entry)


def _print_entry(entry: ModelEntry) -> None:
    print(entry.name)
    rows = {
        "path": "" if entry.is_served else str(entry.path),
        "source": entry.source,
        "problem": entry.problem,
        "title": entry.title,
        "architecture": entry.architecture,
        "weights": count_text(entry.n_params) if entry.n_params else "",
        "size": size_text(entry.size_bytes) if entry.size_bytes else "",
        "trained context": f"{entry.n_ctx_train:,} tokens" if entry.n_ctx_train else "",
        "licence": entry.licence,
        "chat template": "yes" if entry.has_chat_template else "no",
        "fingerprint": entry.fingerprint,
        "sha256": entry.sha256,
        "runs at": entry.elsewhere,
        "manifest sha256": entry.manifest_sha256,
    }
    for name, value in rows.items():
        if value:
            print(f"  {name:16} {printable(value)}")


def _print_mix(entry: ModelEntry, mix: TypeMix) -> None:
    named = f" (the file calls itself {entry.quantization})" if entry.quantization else ""
    print(f"\n  {mix.bits_per_weight:.2f} bits a weight{named}")
    for share in mix.shares:
        print(f"  {share.type:10} {share_text(share.share):>7}  in {share.n_tensors} tensors")


def _print_fit(fit: Forecast, measured: int | None) -> None:
    print(f"\n  {VERDICT_WORDS[fit.verdict]}: {fit.reason}")
    for part in fit.summands:
        print(f"  {part.name:16} {size_text(part.size_bytes):>10}  {part.explanation}")
    print(f"  {'Together':16} {size_text(fit.total_bytes):>10}  ", end="")
    print(f"of {size_text(fit.free_bytes)} free now in {fit.device}")
    if measured is not None:
        print(f"  {'Measured':16} {size_text(measured):>10}  at the last load")


def _print_metadata(headers: list[GgufHeader]) -> None:
    for header in headers[:1]:
        print("\n  What the header says")
        for key, value in header.metadata.items():
            text = printable(" ".join(str(value).split()))
            cut = text if len(text) <= _MAX_VALUE_LETTERS else f"{text[:_MAX_VALUE_LETTERS]}…"
            print(f"  {printable(key)} = {cut}")


def _add(args: argparse.Namespace, library: Library) -> None:
    for entry in library.add(args.path):
        print(f"Added {entry.name}. The file stays where it is.")
        if entry.problem:
            print(f"    {entry.problem}")


def _remove(args: argparse.Namespace, library: Library) -> None:
    if args.name.startswith("sim:"):
        raise UserError("Simulated models are part of Assay and cannot be removed.")
    entry = library.resolve(args.name)
    library.remove(entry)
    where = f"{entry.source} keeps it" if entry.is_served else f"Its file stays at {entry.path}"
    print(f"{entry.name} is off the list. {where}.")


def _as_json(entry: ModelEntry) -> dict[str, Any]:
    """The entry as plain values, without what only the forecast needs."""
    data = {
        key: str(value) if isinstance(value, Path) else value
        for key, value in asdict(entry).items()
        if key not in ("dimensions", "complete")
    }
    data["shards"] = [str(path) for path in entry.shards]
    return {**data, "model": entry.model}


def _details_as_json(
    entry: ModelEntry,
    headers: list[GgufHeader],
    weights: Sequence[Weight],
    mix: TypeMix,
    fit: Forecast | None,
    measured: int | None,
) -> dict[str, Any]:
    forecast_data = {**asdict(fit), "total_bytes": fit.total_bytes} if fit else None
    return {
        **_as_json(entry),
        "type_mix": asdict(mix),
        "forecast": forecast_data,
        "measured_peak_bytes": measured,
        "metadata": {k: _plain(v) for header in headers[:1] for k, v in header.metadata.items()},
        "tensors": [
            {"name": t.name, "shape": t.shape, "type": t.type, "size_bytes": t.size_bytes}
            for t in weights
        ],
    }


def _plain(value: Any) -> Any:
    """Values JSON knows; long arrays by their count, NaN and infinity as text."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)
