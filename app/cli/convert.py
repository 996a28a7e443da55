"""`assay models convert`: make an MLX folder of a GGUF file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.interrupts import interrupts
from app.cli.weights_progress import shown
from models.amounts import size_text
from models.convert.convert import Wish, convert, usual_name
from models.convert.messages import BITS, FLOATS, GROUP_SIZES, Converted
from models.library.entry import ModelEntry
from models.long_work import result_of

if TYPE_CHECKING:
    from app.services import Services

USUAL_BITS = 4


def add_parser(actions: Any) -> None:
    parser: argparse.ArgumentParser = actions.add_parser(
        "convert", help="make an MLX folder of a GGUF file, which stays as it is"
    )
    parser.add_argument("name", metavar="NAME", help="starter, a name from the list, or a path")
    parser.add_argument("--to", choices=("mlx",), default="mlx", help="the format to make")
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument("--bits", type=int, choices=BITS, help="of a weight (4)")
    weights.add_argument("--float", type=int, choices=FLOATS, help="keep floats of so many bits")
    parser.add_argument(
        "--group-size", type=int, choices=GROUP_SIZES, default=64,
        help="weights that share a scale (64); smaller is more exact and larger on disk",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="the folder to make")


def run(args: argparse.Namespace, services: Services) -> int:
    """Print to stdout, progress to stderr; UserError is left to the caller."""
    entry = services.library.resolve_to_run(args.name)
    wish = _wish(args, entry, services.paths.converted_models)
    with interrupts() as cancel:
        steps = convert(wish, cancel)
        converted = result_of(shown(steps))
    (made,) = services.library.add(wish.folder)
    _print(converted, made, wish)
    return 0


def _wish(args: argparse.Namespace, entry: ModelEntry, folder: Path) -> Wish:
    bits, float_bits = (0, args.float) if args.float else (args.bits or USUAL_BITS, 16)
    target = args.out or folder / usual_name(entry, bits, float_bits)
    return Wish(entry, target.expanduser().absolute(), bits, args.group_size, float_bits)


def _print(converted: Converted, made: ModelEntry, wish: Wish) -> None:
    print(f"Made {made.name}: {size_text(converted.size_bytes)}, "
          f"{converted.bits_per_weight:.2f} bits a weight.")  # fmt: skip
    print(f"It is in {wish.folder} and in the list of models.")
    if made.problem:
        print(f"    {made.problem}")
