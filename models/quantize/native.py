"""llama_model_quantize, and what it says while it works. Only for processes of its own: native
code may abort on a damaged file, and it cannot be stopped."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.quantize.messages import NativePlan, NativeTensor, QuantizeProgress
from models.quantize.types import number_of, usual_spelling

_ERROR_LEVEL = 4
NO_ROOM_BYTES = 1 << 20  # less than the engine writes at once
_TENSOR = re.compile(r"\[\s*(\d+)/\s*(\d+)\]\s+(\S+)\s+-\s+\[.*?\], type =\s+(\w+),")
_BECOMES = re.compile(r"MiB \((\w+)\)")
_FALLBACK = re.compile(
    r"(\S+)\s+- ncols\s+\d+ not divisible by\s+\d+ \(required for type\s+(\w+)\)"
)
_NEEDS_IMATRIX = "will require an imatrix"
_FAILED = "failed to quantize: "


def write(
    source: Path,
    target: Path,
    quantization: str,
    on_progress: Callable[[QuantizeProgress], None],
    allow_requantize: bool = False,
    threads: int = 0,
) -> None:
    """Write `source` as `target`. Raises UserError for an unknown type or a native failure."""
    number = number_of(quantization)

    def on_line(line: str) -> None:
        if found := _TENSOR.search(line):
            on_progress(QuantizeProgress(int(found[1]), int(found[2])))

    problem = _quantize(source, target, number, on_line, allow_requantize, threads)
    if problem is not None:
        raise failure_of(source, target, problem)


def failure_of(source: Path, target: Path, problem: str) -> UserError:
    """Of a full disk the engine says no more than "iostream error"."""
    folder = target.parent
    if shutil.disk_usage(folder).free < NO_ROOM_BYTES:
        return UserError(
            f"The disk is full: there is no room left in {folder}.",
            "Free some space, choose fewer bits, or name another folder.",
        )
    return UserError(
        f"The engine could not write {source.name} again: {problem or 'it gave no reason'}.",
        "The file may be damaged.",
    )


def plan(source: Path, quantization: str) -> NativePlan:
    """What each tensor would become: the engine's own dry run, which takes 0.05 s."""
    lines: list[str] = []
    problem = _quantize(source, source.with_name("unwritten"), number_of(quantization),
                        lines.append, True, 1, dry_run=True)  # fmt: skip
    if problem is not None:
        return NativePlan(quantization, problem=problem or "it gave no reason")
    text = "".join(lines)
    wanted = {name: usual_spelling(native) for name, native in _FALLBACK.findall(text)}
    tensors = tuple(_tensors(text, wanted))
    return NativePlan(quantization, tensors, _NEEDS_IMATRIX in text)


def _tensors(text: str, wanted: dict[str, str]) -> list[NativeTensor]:
    found = []
    for line in text.splitlines():
        if match := _TENSOR.search(line):
            becomes = _BECOMES.search(line, match.end())
            native = becomes[1] if becomes else match[4]
            found.append(NativeTensor(match[3], usual_spelling(native), wanted.get(match[3], "")))
    return found


def _quantize(
    source: Path, target: Path, number: int, on_line: Callable[[str], None],
    allow_requantize: bool, threads: int, dry_run: bool = False,
) -> str | None:  # fmt: skip
    """None where it went well, else the reason in the engine's words."""
    import llama_cpp

    problems: list[str] = []

    @llama_cpp.llama_log_callback
    def on_log(level: int, text: bytes, _data: Any) -> None:
        line = text.decode("utf-8", "replace")
        on_line(line)
        if level == _ERROR_LEVEL and _FAILED in line:
            problems.append(line.split(_FAILED, 1)[1].strip())

    llama_cpp.llama_log_set(on_log, ctypes.c_void_p(0))
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = number
    params.allow_requantize = allow_requantize
    params.nthread = threads
    params.dry_run = dry_run
    code = llama_cpp.llama_model_quantize(os.fsencode(source), os.fsencode(target), params)
    return None if code == 0 else "; ".join(problems)
