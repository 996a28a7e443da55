"""`assay quantize`: write a GGUF file again with fewer bits, or show what that would give."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.interrupts import interrupts
from app.cli.weights_progress import shown
from models.amounts import share_text, size_text
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.gguf_header import read_header
from models.library.type_mix import TypeMix, type_mix
from models.long_work import result_of
from models.quantize.plan import Plan
from models.quantize.quantize import REQUANTIZE_WARNING, Made, Wish, plan_all, quantize
from models.quantize.types import TYPES, number_of

if TYPE_CHECKING:
    from app.services import Services

ENDING = ".gguf"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Writes a GGUF file again with other weight types; the source stays as it is. Types: "
        f"{', '.join(TYPES)}."
    )
    parser.add_argument("source", metavar="SOURCE", help="starter, a name from the list, or a path")
    parser.add_argument("--to", metavar="TYPE", help="the type to write, such as Q4_K_M")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the file to make")
    parser.add_argument("--allow-requantize", action="store_true",
                        help="take a source that is quantized already; its loss stays")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true",
                        help="only show what the type, or every type, would give")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace, services: Services) -> int:
    """Print to stdout, progress and warnings to stderr; UserError is left to the caller."""
    entry = services.library.resolve(args.source)
    if args.dry_run:
        _show_plans(entry, args)
        return 0
    if not args.to or not args.out:
        raise UserError("Name a type with --to and a file with --out.",
                        "Or use --dry-run to see what each type would give.")  # fmt: skip
    target = args.out.expanduser().absolute()
    if target.suffix.lower() != ENDING and not target.is_dir():  # a folder has its own sentence
        raise UserError(f"{target.name} would not be found among the models.",
                        f"Let the name of the file end in {ENDING}.")  # fmt: skip
    wish = Wish(entry, target, args.to.upper(), args.allow_requantize)
    with interrupts() as cancel:
        made = result_of(shown(quantize(wish, cancel)))
    services.library.add(made.path)
    _show_made(made, args.json)
    return 0


def _show_plans(entry: ModelEntry, args: argparse.Namespace) -> None:
    types = [args.to.upper()] if args.to else list(TYPES)
    for name in types:
        number_of(name)
    with interrupts() as cancel:
        plans = plan_all(entry, cancel, types)
    if args.json:
        print(json.dumps({"source": entry.name, "types": [_as_json(p) for p in plans]}, indent=2))
        return
    print(f"{entry.name} would become:")
    for plan in plans:
        _print_plan(plan)


def _print_plan(plan: Plan) -> None:
    if not plan.mix.n_weights or plan.problem:
        print(f"  {plan.quantization:8} {plan.remark}")
        return
    bits = f"{plan.mix.bits_per_weight:5.2f} bits a weight"
    print(f"  {plan.quantization:8} {size_text(plan.size_bytes):>9}  {bits}  {_mix(plan.mix)}")
    if plan.remark:
        print(f"           {plan.remark}")


def _mix(mix: TypeMix) -> str:
    return ", ".join(f"{share.type} {share_text(share.share)}" for share in mix.shares)


def _show_made(made: Made, as_json: bool) -> None:
    """What lies on the disk, read from its own table of tensors."""
    mix = type_mix(read_header(made.path).tensors)
    if as_json:
        print(json.dumps({"path": str(made.path), "size_bytes": made.size_bytes,
                          "mix": asdict(mix), "substituted": made.plan.substituted,
                          "in_name_only": made.plan.is_substituted,
                          "source_was_quantized": made.was_lossy}, indent=2))  # fmt: skip
    else:
        print(f"Made {made.path.name}: {size_text(made.size_bytes)}, "
              f"{mix.bits_per_weight:.2f} bits a weight ({_mix(mix)}).")  # fmt: skip
        if made.plan.remark:
            print(made.plan.remark)
        print(f"It is in {made.path.parent} and in the list of models.")
    if made.was_lossy:
        print(f"The source was quantized already. {REQUANTIZE_WARNING}", file=sys.stderr)


def _as_json(plan: Plan) -> dict[str, Any]:
    told = asdict(plan)
    return {**told, "in_name_only": plan.is_substituted, "remark": plan.remark}
