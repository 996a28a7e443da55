"""Bare forward passes of two models over the same windows, through llama-cpp-python's low level.

Arguments: BASE OTHER THREADS. Reads {"windows": [ids, …]} a line and answers with the seconds both
took; the predictions that a comparison scores are worked out, and nothing is done with them.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import llama_cpp as lib

from tests.bench.children.bare_loop import open_context


def decode(context: Any, ids: list[int]) -> None:
    lib.llama_memory_clear(lib.llama_get_memory(context), True)
    batch = lib.llama_batch_init(len(ids), 0, 1)
    batch.n_tokens = len(ids)
    for at, token in enumerate(ids):
        batch.token[at], batch.pos[at], batch.n_seq_id[at] = token, at, 1
        batch.seq_id[at][0] = 0
        batch.logits[at] = len(ids) // 2 <= at < len(ids) - 1
    assert lib.llama_decode(context, batch) == 0
    lib.llama_synchronize(context)
    lib.llama_batch_free(batch)


def main() -> None:
    threads = int(sys.argv[3])
    opened = [open_context(path, 512, threads) for path in sys.argv[1:3]]
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        windows = json.loads(line)["windows"]
        started = time.perf_counter()
        for ids in windows:
            for _, context in opened:
                decode(context, ids)
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    main()
