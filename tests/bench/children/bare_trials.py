"""A plain loop over llama-cpp-python: free answer, forced choice and lean, prompt by prompt.

Reads {"way": "cold" or "reuse", "prompts": ids, "max_tokens": n} a line and answers with the
seconds it took. `reuse` leaves the library to its own reuse of prefixes.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
from llama_cpp import Llama, LlamaGrammar, LogitsProcessorList

LABELS = (" YES", " NO")


class Loop:
    def __init__(self, path: str, threads: int) -> None:
        self._llama = Llama(
            path, n_ctx=2048, n_threads=threads, n_threads_batch=threads, verbose=False
        )
        self._grammar = LlamaGrammar.from_string('root ::= " YES" | " NO"', verbose=False)
        encode = self._llama.tokenize
        self._labels = [encode(word.encode(), add_bos=False)[0] for word in LABELS]
        self.leans: list[float] = []

    def trial(self, ids: list[int], max_tokens: int, cold: bool) -> None:
        self._ask(ids, cold, max_tokens=max_tokens)
        self._ask(ids, cold, max_tokens=4, grammar=self._grammar)
        self._ask(ids, cold, max_tokens=1, logits_processor=LogitsProcessorList([self._take_lean]))

    def _ask(self, ids: list[int], cold: bool, **more: Any) -> None:
        if cold:
            self._llama.reset()
        self._llama.create_completion(ids, temperature=0.0, **more)

    def _take_lean(self, _ids: Any, logits: np.ndarray) -> np.ndarray:
        self.leans.append(float(logits[self._labels[0]] - logits[self._labels[1]]))
        return logits


def main() -> None:
    loop = Loop(sys.argv[1], int(sys.argv[2]))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        for ids in request["prompts"]:
            loop.trial(ids, request["max_tokens"], request["way"] == "cold")
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    main()
