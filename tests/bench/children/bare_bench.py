"""The calls of llama-bench through llama-cpp-python's low level, a repetition a line.

Arguments: MODEL CONTEXT THREADS. Reads {"n_read": …, "n_written": …} and answers with the seconds.
"""

from __future__ import annotations

import ctypes
import json
import random
import sys
import time
from typing import Any

import llama_cpp as lib

from tests.bench.children.bare_loop import open_context


def read(context: Any, n_vocab: int, count: int) -> None:
    tokens = (ctypes.c_int32 * count)(*random.choices(range(n_vocab), k=count))
    assert lib.llama_decode(context, lib.llama_batch_get_one(tokens, count)) == 0
    lib.llama_synchronize(context)


def main() -> None:
    model, context = open_context(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    n_vocab = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(model))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        lib.llama_memory_clear(lib.llama_get_memory(context), False)
        started = time.perf_counter()
        if request["n_read"]:
            read(context, n_vocab, request["n_read"])
        for _ in range(request["n_written"]):
            read(context, n_vocab, 1)
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    main()
