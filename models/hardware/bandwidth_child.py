"""The process that reads memory as fast as it can: `python -P -m models.hardware.bandwidth_child`.

Each thread looks for the largest of its part of the numbers, which reads every byte once and keeps
nothing. Numpy does that with wide instructions and without Python's lock. Held beside a loop in C
that does the same (AVX2, huge pages as numpy asks for), the medians were 2 % lower with all threads
of a machine with two, and 8 % with one; sums were slower, because adding in pairs costs time.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.load_of_others import LoadOfOthers
from models.engine.messages import Failed
from models.engine.task_child import serve
from models.engine.wire import Wire
from models.hardware import bandwidth_messages
from models.hardware.bandwidth_messages import Probe, Probed, ProbeRound

KNOWN = {**MESSAGE_TYPES, **message_types(bandwidth_messages)}
NUMBER_BYTES = 4
LEAST_ROUNDS = 3


def _answer(request: Probe, told: Callable[[Any], None]) -> Any:
    try:
        return _probe(request, told)
    except MemoryError:
        return Failed("user", "There is not enough memory to measure its speed.",
                      "Close other programs, or unload a model.")  # fmt: skip
    except Exception as error:  # noqa: BLE001 - the parent shows it as a bug with its traceback
        return Failed("bug", f"{type(error).__name__}: {error}", log=traceback.format_exc())


def _probe(request: Probe, told: Callable[[Any], None]) -> Probed:
    # Written once, so that every page is there and is one of its own.
    numbers = np.ones(request.buffer_bytes // NUMBER_BYTES, np.float32)
    others, started = LoadOfOthers(), time.perf_counter()
    for count in request.threads:
        read_once(numbers, count)
    n_rounds = 0
    while n_rounds < LEAST_ROUNDS or time.perf_counter() - started < request.seconds:
        speeds = tuple(numbers.nbytes / read_once(numbers, count) for count in request.threads)
        told(ProbeRound(speeds, time.perf_counter() - started))
        n_rounds += 1
    return Probed(others.cores())


def read_once(numbers: NDArray[np.float32], n_threads: int) -> float:
    """Seconds in which so many threads have read all of it, each a part."""
    together = threading.Barrier(n_threads + 1)

    def read(part: NDArray[np.float32]) -> None:
        together.wait()
        part.max()

    threads = [threading.Thread(target=read, args=(part,), daemon=True)
               for part in np.array_split(numbers, n_threads)]  # fmt: skip
    for thread in threads:
        thread.start()
    together.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


if __name__ == "__main__":
    serve(Wire.of_process(KNOWN), _answer)
