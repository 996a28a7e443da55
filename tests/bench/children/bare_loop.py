"""A bare generation loop on llama-cpp-python's low-level functions: the baseline of speed.

Reads one JSON request a line ({"cached": ids, "rest_s": r, "prompt": ids, "max_tokens": n,
"seed": s}) and answers with the times of its first and last token, counted from where it begins
to read the prompt.
"""

from __future__ import annotations

import ctypes
import json
import sys
import time
from typing import Any

import llama_cpp as lib

N_BATCH = 512


def chain(vocabulary: Any, seed: int) -> Any:
    """llama.cpp's default chain with Assay's default values, in the same order."""
    made = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    for sampler in (
        lib.llama_sampler_init_top_k(40),
        lib.llama_sampler_init_top_p(0.95, 1),
        lib.llama_sampler_init_min_p(0.05, 1),
        lib.llama_sampler_init_temp(0.8),
        lib.llama_sampler_init_dist(seed),
    ):
        lib.llama_sampler_chain_add(made, sampler)
    return made


def open_context(path: str, n_ctx: int, threads: int) -> tuple[Any, Any]:
    lib.llama_backend_init()
    model = lib.llama_model_load_from_file(path.encode(), lib.llama_model_default_params())
    params = lib.llama_context_default_params()
    params.n_ctx = n_ctx
    params.n_batch = params.n_ubatch = N_BATCH
    params.n_threads = params.n_threads_batch = threads
    return model, lib.llama_init_from_model(model, params)


def decode(context: Any, tokens: list[int]) -> None:
    for start in range(0, len(tokens), N_BATCH):
        chunk = tokens[start : start + N_BATCH]
        array = (ctypes.c_int32 * len(chunk))(*chunk)
        assert lib.llama_decode(context, lib.llama_batch_get_one(array, len(chunk))) == 0


def generate(model: Any, context: Any, request: dict[str, Any]) -> dict[str, float]:
    lib.llama_memory_clear(lib.llama_get_memory(context), True)
    decode(context, request["cached"])
    time.sleep(request["rest_s"])
    started = time.perf_counter()
    vocabulary = lib.llama_model_get_vocab(model)
    samplers = chain(vocabulary, request["seed"])
    decode(context, request["prompt"])
    first_s, count = 0.0, 0
    while count < request["max_tokens"]:
        token = lib.llama_sampler_sample(samplers, context, -1)
        count += 1
        first_s = first_s or time.perf_counter() - started
        if lib.llama_vocab_is_eog(vocabulary, token):
            break
        decode(context, [token])
    lib.llama_sampler_free(samplers)
    return {"first_s": first_s, "last_s": time.perf_counter() - started, "tokens": count}


def main() -> None:
    path, n_ctx, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    model, context = open_context(path, n_ctx, threads)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(generate(model, context, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
