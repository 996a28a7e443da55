"""Write a GGUF file again with other weight types: `python -m models.quantize SOURCE TARGET TYPE`.

For the set-up, which has nothing installed of its own: one JSON line for each tensor.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from models.drafts import draft_of, sweep
from models.errors import UserError
from models.network import install_door
from models.quantize.messages import QuantizeProgress
from models.quantize.native import write
from models.quantize.types import TYPES, number_of


def prepare(
    source: Path, target: Path, quantization: str, on_progress: Callable[[QuantizeProgress], None]
) -> None:
    """`target` appears complete or not at all. A source that is already quantized is taken too:
    its loss stays. Raises UserError for an unknown type, a missing file or a native failure."""
    number_of(quantization)
    if not source.is_file():
        raise UserError(f"There is no model file at {source}.")
    draft = draft_of(target)
    sweep(target.parent)
    try:
        write(source, draft, quantization, on_progress, allow_requantize=True)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """A failure is one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="python -m models.quantize", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("type", choices=TYPES)
    options = parser.parse_args(arguments)

    def show(progress: QuantizeProgress) -> None:
        print(json.dumps(asdict(progress)), flush=True)

    try:
        prepare(options.source, options.target, options.type, show)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    install_door()
    sys.exit(main())
