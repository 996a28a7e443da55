"""How large a context a run needs, and how many answers are written together in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labs.experiments.design import THOUGHT_TOKENS, Design
from labs.experiments.running.subject import ContextNeed

GROUP_TRIALS = 24  # of whole items: what one request asks, and at most what a crash repeats
# Answers written together: a token of the starter takes 11 ms alone, 5.5 of 16, 5.0 of 24. More
# than a request has would stand idle, and each has room of its own for the longest trial.
BATCH_ROWS = GROUP_TRIALS
BATCH_TOKENS = 12_288  # 285 MB of cache with the starter, about 1.4 GB with a model of 3B
FRAME_BYTES = 256  # what a template adds, before it is known
LEAST_N_CTX = 2048


def context_need(design: Design, mode: str, entry: Mapping[str, Any] | None = None) -> ContextNeed:
    """Room for the longest prompt and its answer, in a batch for each row. A token stands for two
    bytes or more. `entry` is what the manifest knows of the model: what its template adds, and
    whether it thinks."""
    longest = max(len((trial.user + trial.system).encode()) for trial in design.trials)
    answer, frame = design.free_tokens, FRAME_BYTES
    if entry:
        frame = len((entry["template_before"] + entry["template_after"]).encode())
        answer += THOUGHT_TOKENS if entry.get("certificate", {}).get("thinks") else 0
    one = -(-((longest + frame) // 2 + answer) // 256) * 256
    if mode != "batched":
        return ContextNeed(max(LEAST_N_CTX, one))
    rows = max(1, min(BATCH_ROWS, BATCH_TOKENS // one))
    return ContextNeed(max(LEAST_N_CTX, one * rows), rows)
