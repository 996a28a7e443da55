"""The instrument's own way with many prompts: exact, or batched with repeats.

Reads one JSON request a line. {"way": "tokenize"} gives prompts of an exact length as token ids;
{"way": "check"} compares batched with cold on prompts that are not measured;
{"way": "exact" or "batched", "prompts": ids, "max_tokens": n} answers with the seconds it took,
the share repeated from scratch, how long the machine alone would need, and what took longer.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from labs.experiments.running.certificate import MARGIN_FACTOR
from labs.experiments.running.room import BATCH_ROWS
from labs.experiments.scoring.lanes import lead_change, margin_of
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

SEQUENCE_TOKENS = 512  # as a run takes for prompts of this length
LABELS = (Label("yes", ("YES", " YES", "Yes", " Yes")), Label("no", ("NO", " NO", "No", " No")))


class Trials:
    def __init__(self, path: str, threads: int) -> None:
        settings = LoadSettings(flash_attention="off", threads=threads)
        self._engine = EngineClient(path, settings)
        result_of(self._engine.load(CancelToken()))
        self._engine.open_context("exact", 2048)
        self._engine.open_context("batched", BATCH_ROWS * SEQUENCE_TOKENS, n_seq=BATCH_ROWS)
        self._repeat_below = 0.0
        self._prompt_tokens_a_s, self._batch_tokens_a_s = self._measure_speeds()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["way"] == "tokenize":
            return {"ids": self._tokenize(request)}
        prompts, max_tokens = request["prompts"], request["max_tokens"]
        rows = [_row(ids, max_tokens) for ids in prompts]
        if request["way"] == "check":
            self._repeat_below = self._largest_lead_change(rows) * MARGIN_FACTOR
            return {"repeat_below": self._repeat_below}
        started = time.perf_counter()
        found = self._ask(rows, request["way"])
        asked_s = time.perf_counter() - started
        close = []
        if request["way"] == "batched":
            close = [r.index for r in found if margin_of(r) < self._repeat_below]
        if close:
            self._ask([rows[i] for i in close], "cold")
        seconds = time.perf_counter() - started
        return {
            "seconds": seconds,
            "repeated": len(close) / len(rows),
            **self._limit(prompts, found, asked_s, seconds),
        }

    def _limit(
        self, prompts: list[list[int]], found: Sequence[RowResult], asked_s: float, seconds: float
    ) -> dict[str, float]:
        """The machine's limit in seconds, and what reading, writing (labels included), repeats
        and all that is not the engine took beyond it."""
        reading_s = size(prompts) / self._prompt_tokens_a_s
        writing_s = sum(r.reply_tokens for r in found) / self._batch_tokens_a_s
        read_s, written_s = sum(r.prompt_s for r in found), sum(r.generation_s for r in found)
        return {
            "limit_s": reading_s + writing_s,
            "reading": read_s - reading_s,
            "writing": written_s - writing_s,
            "repeats": seconds - asked_s,
            "around": asked_s - read_s - written_s,
        }

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
        """Tokens a second: prompts of the workload's length, and a full batch that writes."""
        alone = [_row(list(range(1000 + n, 1120 + n)), 0, ()) for n in range(5)]
        speeds = [r.prompt_tokens / r.prompt_s for r in self._ask(alone, "cold")]
        rows = [_row(list(range(1000 + n, 1120 + n)), 32, ()) for n in range(BATCH_ROWS)]
        together = self._ask(rows, "batched")
        written_s = sum(r.generation_s for r in together)
        return median(speeds), sum(r.reply_tokens for r in together) / written_s


def _row(ids: Sequence[int], max_tokens: int, labels: tuple[Label, ...] = LABELS) -> Row:
    return Row((Part(token_ids=tuple(ids)),), labels, max_tokens)


def main() -> None:
    trials = Trials(sys.argv[1], int(sys.argv[2]))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(trials.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
