"""The process that quantizes: `python -P -m models.quantize.child`. It is killed to cancel."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed
from models.engine.task_child import serve
from models.engine.wire import Wire
from models.errors import UserError
from models.quantize import messages
from models.quantize.messages import NativePlans, PlanQuantize, Quantize, Quantized
from models.quantize.native import plan, write

KNOWN = {**MESSAGE_TYPES, **message_types(messages)}


def _answer(request: Any, told: Callable[[Any], None]) -> Any:
    try:
        if isinstance(request, PlanQuantize):
            return NativePlans(tuple(plan(Path(request.source), name) for name in request.types))
        return _quantize(request, told)
    except UserError as error:
        return Failed("user", error.message, error.hint)
    except Exception as error:  # noqa: BLE001 - the parent shows it as a bug with its traceback
        return Failed("bug", f"{type(error).__name__}: {error}", log=traceback.format_exc())


def _quantize(request: Quantize, told: Callable[[Any], None]) -> Quantized:
    target = Path(request.target)
    write(Path(request.source), target, request.quantization, told,
          request.allow_requantize, request.threads)  # fmt: skip
    return Quantized(target.stat().st_size)


if __name__ == "__main__":
    serve(Wire.of_process(KNOWN), _answer)
