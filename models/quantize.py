"""Write a GGUF file again with other weight types: `python -m models.quantize SOURCE TARGET TYPE`.

It runs in a process of its own, because the native code may abort on a damaged file.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from models.errors import UserError
from models.library.ggml_types import FILE_TYPES
from models.network import install_door

# The types the starter's honest ladder needs: its rows fit into blocks of 32 weights only.
LADDER = ("F16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0")
_NUMBERS = {name: number for number, name in FILE_TYPES.items() if name in LADDER}

_TENSOR_LINE = re.compile(r"\[\s*(\d+)/\s*(\d+)\]")


@dataclass(frozen=True)
class QuantizeProgress:
    """`done` of `total` tensors."""

    done: int
    total: int


def quantize(
    source: Path,
    target: Path,
    quantization: str,
    on_progress: Callable[[QuantizeProgress], None],
    threads: int = 0,
) -> None:
    """Write `source` as `target` with the weights as `quantization`; `threads` 0 means all.

    `target` appears complete or not at all. A source that is already quantized is taken too:
    its loss stays. Raises UserError for an unknown type, a missing file or a native failure.
    """
    if quantization not in LADDER:
        known = ", ".join(LADDER)
        raise UserError(f"{quantization} is not a type Assay writes.", f"Choose one of {known}.")
    if not source.is_file():
        raise UserError(f"There is no model file at {source}.")
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        _native_quantize(source, unfinished, _NUMBERS[quantization], on_progress, threads)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _native_quantize(
    source: Path,
    target: Path,
    file_type: int,
    on_progress: Callable[[QuantizeProgress], None],
    threads: int,
) -> None:
    import ctypes

    import llama_cpp

    @llama_cpp.llama_log_callback
    def on_log(level: int, text: bytes, user_data: ctypes.c_void_p) -> None:
        found = _TENSOR_LINE.search(text.decode(errors="replace"))
        if found:
            on_progress(QuantizeProgress(int(found[1]), int(found[2])))

    llama_cpp.llama_log_set(on_log, ctypes.c_void_p(0))
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = file_type
    params.allow_requantize = True
    params.nthread = threads
    code = llama_cpp.llama_model_quantize(os.fsencode(source), os.fsencode(target), params)
    if code != 0:
        raise UserError(
            f"The engine could not write {source.name} again.",
            "The file may be damaged, or the disk full.",
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one JSON line for each tensor; a failure is one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="python -m models.quantize", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("type", choices=LADDER)
    options = parser.parse_args(arguments)

    def show(progress: QuantizeProgress) -> None:
        print(json.dumps(asdict(progress)), flush=True)

    try:
        quantize(options.source, options.target, options.type, show)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    install_door()
    sys.exit(main())
