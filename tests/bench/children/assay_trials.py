"""The instrument's own way with many prompts: exact, or batched with repeats.

Reads one JSON request a line. {"way": "tokenize"} gives prompts of an exact length as token ids;
{"way": "exact" or "batched", "prompts": ids, "max_tokens": n} answers with the seconds it took,
the share repeated from scratch, and how long the machine alone would need.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from labs.experiments.certificate import MARGIN_FACTOR
from labs.experiments.lanes import lead_change, margin_of
from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import (
    GenerateMany,
    Label,
    LoadSettings,
    Part,
    Row,
    RowMode,
    RowResult,
    Sampling,
)
from models.engine.token_trie import size
from models.long_work import result_of

BATCH_ROWS = 16
LABELS = (Label("yes", ("YES", " YES", "Yes", " Yes")), Label("no", ("NO", " NO", "No", " No")))
CHECKED = 20


class Trials:
    def __init__(self, path: str, threads: int) -> None:
        settings = LoadSettings(flash_attention="off", threads=threads)
        self._engine = EngineClient(path, settings)
        result_of(self._engine.load(CancelToken()))
        self._engine.open_context("exact", 2048)
        self._engine.open_context("batched", 4096, n_seq=BATCH_ROWS)
        self._repeat_below: float | None = None
        self._prompt_tokens_a_s, self._batch_tokens_a_s = self._measure_speeds()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["way"] == "tokenize":
            return {"ids": self._tokenize(request)}
        prompts, max_tokens = request["prompts"], request["max_tokens"]
        rows = [_row(ids, max_tokens) for ids in prompts]
        if request["way"] == "batched" and self._repeat_below is None:
            self._repeat_below = self._largest_lead_change(rows[:CHECKED]) * MARGIN_FACTOR
        started = time.perf_counter()
        found = self._ask(rows, request["way"])
        repeated = 0
        if request["way"] == "batched":
            close = [r.index for r in found if margin_of(r) < (self._repeat_below or 0)]
            repeated = len(close)
            if close:
                self._ask([rows[i] for i in close], "cold")
        seconds = time.perf_counter() - started
        generated = sum(r.reply_tokens for r in found)
        limit_s = size(prompts) / self._prompt_tokens_a_s + generated / self._batch_tokens_a_s
        return {"seconds": seconds, "repeated": repeated / len(rows), "limit_s": limit_s}

    def _ask(self, rows: Sequence[Row], mode: RowMode) -> list[RowResult]:
        context = "batched" if mode == "batched" else "exact"
        request = GenerateMany(context, tuple(rows), mode, Sampling(temperature=0.0))
        found = list(self._engine.generate_many(request, CancelToken()))
        return sorted(found, key=lambda row: row.index)

    def _largest_lead_change(self, rows: Sequence[Row]) -> float:
        pairs = zip(self._ask(rows, "cold"), self._ask(rows, "batched"), strict=True)
        return max(lead_change(one, other) for one, other in pairs)

    def _tokenize(self, request: dict[str, Any]) -> list[list[int]]:
        shared = self._ids(request["shared"])[: request["n_shared"]]
        own = [self._ids(text)[: request["n_own"]] for text in request["texts"]]
        assert len(shared) == request["n_shared"]
        assert all(len(ids) == request["n_own"] for ids in own)
        return [[*shared, *ids] for ids in own]

    def _ids(self, text: str) -> list[int]:
        return [token.token_id for token in self._engine.tokenize((Part(text),)).tokens]

    def _measure_speeds(self) -> tuple[float, float]:
        """Tokens a second: one long prompt read in whole batches, and a full batch generating."""
        long = Row((Part(token_ids=tuple(range(1000, 2000))),))
        (read,) = self._ask([long], "cold")
        rows = [_row(list(range(1000 + n, 1008 + n)), 48) for n in range(BATCH_ROWS)]
        together = self._ask(rows, "batched")
        return 1000 / read.prompt_s, sum(r.reply_tokens for r in together) / max(
            r.generation_s for r in together
        )


def _row(ids: Sequence[int], max_tokens: int) -> Row:
    return Row((Part(token_ids=tuple(ids)),), LABELS, max_tokens)


def main() -> None:
    trials = Trials(sys.argv[1], int(sys.argv[2]))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(trials.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
