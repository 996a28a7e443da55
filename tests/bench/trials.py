"""Trials a second: the instrument's modes beside a plain loop over llama-cpp-python.

The workload is pinned: items × 6 formats, 120 prompt tokens of which 60 are shared by all, up to
32 generated, the lean of two labels. The loop asks free answer, forced choice and lean one after
the other, as a script would: cold, and with the library's own reuse of prefixes.
"""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median

from tests.bench.homes import starter
from tests.bench.line import ROUNDS, Bound, Line
from tests.bench.processes import Talker

N_FORMATS = 6
ITEMS_A_ROUND = 4  # of the 40: a round of all four ways then takes about a minute and a half
SHARED_TOKENS, PROMPT_TOKENS, GENERATED_TOKENS = 60, 120, 32
BOUNDS = {
    ("exact", "cold"): 1.5,
    ("exact", "reuse"): 0.95,
    ("batched", "cold"): 3.0,
    ("batched", "reuse"): 1.5,
}
LOOPS = {"cold": "a plain loop, cold", "reuse": "a plain loop with prefix reuse"}
SHARED_TEXT = (
    "You will read a short report from a harbour. Weigh what it says about the ships, the wind "
    "and the hour, and think of the crews that wait on the quay. Then answer the question below "
    "in full sentences, with your reasons, as a careful harbour master would who has seen many "
    "a storm and lost no ship. "
)
OWN_TEXT = (
    "Report {item} in form {form}: the {colour} ship lies at berth {item}, {form} hours behind its "
    "time; the wind has turned to the {wind} and the tide will fall until the lamp is lit. The "
    "pilot asks for leave, the cook asks for flour, and the mate asks whether the {colour} ship "
    "may sail tonight. Tell the mate what you decide and why you decide it, step by step, now."
)
COLOURS, WINDS = ("red", "white", "black", "green"), ("north", "south", "east", "west", "lee")


def measure(work: Path) -> tuple[Line, ...]:
    threads = max(1, (os.cpu_count() or 2) - 1)
    speeds: dict[str, list[float]] = {"exact": [], "batched": [], "cold": [], "reuse": []}
    notes: dict[str, list[float]] = {"exact": [], "batched": [], "repeated": []}
    with (
        Talker("assay_trials", starter(), str(threads)) as ours,
        Talker("bare_trials", starter(), str(threads)) as bare,
    ):
        for number in range(ROUNDS):
            own = PROMPT_TOKENS - SHARED_TOKENS
            prompts = ours.ask(way="tokenize", texts=_texts(number), shared=SHARED_TEXT,
                               n_shared=SHARED_TOKENS, n_own=own)["ids"]  # fmt: skip
            ways = [("exact", ours), ("cold", bare), ("batched", ours), ("reuse", bare)]
            for way, child in ways if number % 2 else reversed(ways):
                answer = child.ask(way=way, prompts=prompts, max_tokens=GENERATED_TOKENS)
                speeds[way].append(len(prompts) / answer["seconds"])
                if child is ours:
                    notes[way].append(answer["limit_s"] / answer["seconds"])
                    notes["repeated"] += [answer["repeated"]] if way == "batched" else []
    return tuple(_line(mode, loop, limit, speeds, notes) for (mode, loop), limit in BOUNDS.items())


def _texts(number: int) -> list[str]:
    items = range(number * ITEMS_A_ROUND, (number + 1) * ITEMS_A_ROUND)
    return [
        OWN_TEXT.format(
            item=item + 1, form=form + 1, colour=COLOURS[item % 4], wind=WINDS[form % 5]
        )
        for item in items
        for form in range(N_FORMATS)
    ]  # fmt: skip


def _line(
    mode: str, loop: str, limit: float, speeds: dict[str, list[float]],
    notes: dict[str, list[float]],
) -> Line:  # fmt: skip
    note = (
        f"{median(notes[mode]):.0%} of the machine's limit (distinct prompt tokens by the prompt "
        "speed measured here, generated tokens by the batch speed)"
    )
    if mode == "batched":
        note += f"; {median(notes['repeated']):.0%} repeated from scratch, repeats counted"
    return Line(
        f"Trials, {mode}, against {LOOPS[loop]}", "trials/s", Bound("ratio", "at least", limit),
        tuple(speeds[mode]), tuple(speeds[loop]), LOOPS[loop], note=note,
    )  # fmt: skip
