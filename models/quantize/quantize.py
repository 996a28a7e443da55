"""Quantizes in a process of its own; the file appears whole or not at all."""

from __future__ import annotations

import os
import queue
import shutil
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.amounts import size_text
from models.cancel import CancelToken
from models.drafts import draft_of, sweep
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed
from models.engine.process import Child, Ended
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.gguf_header import GgufHeader, missing_bytes, read_header
from models.quantize import messages
from models.quantize.messages import (
    NativePlans,
    PlanQuantize,
    Quantize,
    Quantized,
    QuantizeProgress,
)
from models.quantize.plan import Plan, lossy_types, plan_of
from models.quantize.types import TYPES, number_of

CHILD = "models.quantize.child"
KNOWN = {**MESSAGE_TYPES, **message_types(messages)}
LOOK_EVERY_S = 0.1
REQUANTIZE_WARNING = (
    "What the source lost stays lost, and the new loss comes on top: the result is worse than one "
    "made from the full weights, and comparing against it flatters it."
)


@dataclass(frozen=True)
class Wish:
    """Write `entry` as `target` with the weights as `quantization`."""

    entry: ModelEntry
    target: Path
    quantization: str
    allow_requantize: bool = False


@dataclass(frozen=True)
class Made:
    """`plan` is what the engine said before; `size_bytes` what lies on the disk."""

    path: Path
    size_bytes: int
    plan: Plan
    was_lossy: bool


def plan_all(
    entry: ModelEntry, cancel: CancelToken, types: Sequence[str] = tuple(TYPES)
) -> tuple[Plan, ...]:
    """What the file would become as each type, in the order given. Nothing is written.

    Raises UserError, EngineDied or Cancelled.
    """
    headers = _headers(entry)
    with _Process() as process:
        return process.plans(headers, types, cancel)


def quantize(wish: Wish, cancel: CancelToken) -> Generator[QuantizeProgress, None, Made]:
    """Raises UserError where it cannot be done, EngineDied where the engine ends on the file,
    Cancelled when stopped; then nothing is left."""
    headers = refuse(wish)
    target = wish.target
    draft = draft_of(target)
    sweep(target.parent)
    request = Quantize(str(wish.entry.files[0]), str(draft), wish.quantization,
                       wish.allow_requantize, max(1, (os.cpu_count() or 2) - 1))  # fmt: skip
    try:
        with _Process() as process:
            (plan,) = process.plans(headers, (wish.quantization,), cancel)
            _refuse_plan(wish, plan)
            quantized: Quantized | None = None
            for answer in process.answers(request, cancel):
                if isinstance(answer, Quantized):
                    quantized = answer
                else:
                    yield answer
        assert quantized is not None
        if target.exists():
            raise _exists(target)
        draft.rename(target)
        return Made(target, quantized.size_bytes, plan, bool(lossy_types(headers)))
    finally:
        draft.unlink(missing_ok=True)


def refuse(wish: Wish) -> tuple[GgufHeader, ...]:
    """Raise UserError early for what is known before anything is written; the headers."""
    number_of(wish.quantization)
    entry, target = wish.entry, wish.target
    headers = _headers(entry)
    _refuse_name(target)
    if any(_is_same(target, file) for file in entry.files):
        raise UserError("The source cannot be its own target.", "Name another file.")
    if target.is_dir():
        raise UserError(f"{target} is a folder.", "Name a file in it, such as model-Q4_K_M.gguf.")
    if target.exists():
        raise _exists(target)
    if not target.parent.is_dir():
        raise UserError(f"There is no folder {target.parent}.", "Make it, or name another one.")
    if not os.access(target.parent, os.W_OK):
        raise UserError(f"{target.parent} may not be written.", "Name another folder.")
    lost = lossy_types(headers)
    if lost and not wish.allow_requantize:
        raise UserError(
            f"{entry.name} is quantized already ({', '.join(lost)}). {REQUANTIZE_WARNING}",
            "Start from an F16, BF16 or F32 file, or ask for it with --allow-requantize.",
        )
    return headers


def _refuse_name(target: Path) -> None:
    """The draft's name is a little longer than the final one."""
    try:
        draft_of(target).lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"{target} cannot be written: {reason}.", "Name another file.") from error


def _headers(entry: ModelEntry) -> tuple[GgufHeader, ...]:
    if entry.format != "gguf":
        raise UserError(
            f"{entry.name} is no GGUF file.",
            "Only GGUF files can be quantized; “assay models convert” makes MLX folders of them.",
        )
    if entry.problem:
        raise UserError(entry.problem)
    headers = tuple(read_header(path) for path in entry.files)
    if any(missing_bytes(header) for header in headers):
        raise UserError(f"{entry.name} is not complete.", "Download it again.")
    return headers


def _refuse_plan(wish: Wish, plan: Plan) -> None:
    if not plan.can_be_made:
        raise UserError(
            f"{wish.entry.name} as {plan.quantization}: {plan.remark}",
            "Choose another type; --dry-run lists what each would become.",
        )
    free = shutil.disk_usage(wish.target.parent).free
    if free < plan.size_bytes:
        raise UserError(
            f"The file needs {size_text(plan.size_bytes)}, and {size_text(free)} are free in "
            f"{wish.target.parent}.",
            "Free some space, choose fewer bits, or name another folder.",
        )


def _is_same(target: Path, source: Path) -> bool:
    return target.exists() and source.exists() and target.samefile(source)


def _exists(target: Path) -> UserError:
    return UserError(f"{target} exists already.", "Remove it, or name another file.")


class _Process:
    """The child, ended by force when the work is over or given up."""

    def __enter__(self) -> _Process:
        self._child = Child(CHILD, known=KNOWN)
        try:
            self._child.wait_for_hello()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self._child.kill("stop")
        self._child.close()

    def plans(
        self, headers: Sequence[GgufHeader], types: Sequence[str], cancel: CancelToken
    ) -> tuple[Plan, ...]:
        request = PlanQuantize(str(headers[0].path), tuple(types))
        for answer in self.answers(request, cancel):
            if isinstance(answer, NativePlans):
                return tuple(plan_of(headers, native) for native in answer.plans)
        raise AssertionError("the child answers or ends")

    def answers(self, request: Any, cancel: CancelToken) -> Iterator[Any]:
        """Progress and the end. Raises Cancelled, UserError, EngineDied."""
        _, answers = self._child.send(request)
        while True:
            cancel.raise_if_cancelled()
            try:
                answer = answers.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            if isinstance(answer, Ended):
                raise self._child.exit().error()
            if isinstance(answer, Failed):
                raise _failure(answer)
            yield answer
            if not isinstance(answer, QuantizeProgress):
                return


def _failure(failed: Failed) -> Exception:
    if failed.kind == "user":
        return UserError(failed.message, failed.hint)
    return RuntimeError(f"{failed.message}\n{failed.log}")
