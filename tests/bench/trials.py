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
REST = {
    "reading": "reading prompts",
    "writing": "writing answers and labels",
    "repeats": "repeats",
    "around": "around the engine",
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
    answers: dict[str, list[dict[str, float]]] = {"exact": [], "batched": []}
    with (
        Talker("assay_trials", starter(), str(threads)) as ours,
        Talker("bare_trials", starter(), str(threads)) as bare,
    ):
        checked = _prompts(ours, ROUNDS)  # others than those measured, which would stay read
        ours.ask(way="check", prompts=checked, max_tokens=GENERATED_TOKENS)
        for number in range(ROUNDS):
            prompts = _prompts(ours, number)
            ways = [("exact", ours), ("cold", bare), ("batched", ours), ("reuse", bare)]
            for way, child in ways if number % 2 else reversed(ways):
                answer = child.ask(way=way, prompts=prompts, max_tokens=GENERATED_TOKENS)
                speeds[way].append(len(prompts) / answer["seconds"])
                if child is ours:
                    answers[way].append(answer)
    return tuple(
        _line(mode, loop, limit, speeds, answers[mode]) for (mode, loop), limit in BOUNDS.items()
    )


def _prompts(ours: Talker, number: int) -> list[list[int]]:
    """Token ids of a round."""
    own = PROMPT_TOKENS - SHARED_TOKENS
    request = {"shared": SHARED_TEXT, "n_shared": SHARED_TOKENS, "n_own": own}
    ids: list[list[int]] = ours.ask(way="tokenize", texts=_texts(number), **request)["ids"]
    return ids


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
    answers: list[dict[str, float]],
) -> Line:  # fmt: skip
    return Line(
        f"Trials, {mode}, against {LOOPS[loop]}", "trials/s", Bound("ratio", "at least", limit),
        tuple(speeds[mode]), tuple(speeds[loop]), LOOPS[loop], note=_note(mode, answers),
    )  # fmt: skip


def _note(mode: str, answers: list[dict[str, float]]) -> str:
    """The share of the machine's limit that was reached, and what took the rest of the time."""

    def share(part: str) -> float:
        return median(answer[part] / answer["seconds"] for answer in answers)

    rest = ", ".join(f"{share(part):+.0%} {words}" for part, words in REST.items())
    note = (
        f"{share('limit_s'):.0%} of the machine's limit (distinct prompt tokens by the prompt "
        "speed measured here, generated tokens by the batch speed); the rest of the time: "
        f"{rest}"
    )
    if mode == "exact":
        note += "; its answers are written one at a time"
    if mode == "batched":
        repeated = median(answer["repeated"] for answer in answers)
        note += f"; {repeated:.0%} repeated from scratch, repeats counted"
    return note
