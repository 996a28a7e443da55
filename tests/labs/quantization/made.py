"""Comparisons made up by hand: no model is loaded for them."""

from __future__ import annotations

from math import log

from labs.quantization.comparison import Comparison, Costs, Row
from labs.quantization.document import ComparedModel, Record
from labs.quantization.measures import WindowNumbers, measures
from labs.quantization.moved import OtherTold, Told, ToldWindow
from labs.quantization.speed import Spread
from models.engine.messages import MovedRow
from models.library.type_mix import TypeMix, TypeShare

WORDS = ("The", " hare", " was", " once", " boasting", " of", " her", " speed")
P_BASE, P_OTHER, KLD = (0.5, 0.25, 0.8), (0.4, 0.01, 0.8), (0.02, 0.9, 0.0)


def costs(label: str, bits: float, speed: float, memory_mb: int = 200, remark: str = "") -> Costs:
    n_weights = 100_000_000
    size = int(n_weights * bits / 8)
    mix = TypeMix((TypeShare("Q4_0", 9, n_weights, size, 1.0),), n_weights, size, bits)
    return Costs(label, size, mix, 0.4, memory_mb << 20, Spread(6 * speed, 6 * speed, 9.0, 7),
                 Spread(speed, speed, 2.0, 5), Spread(0.1, 0.1, 0.01, 5), remark)  # fmt: skip


def windows(n: int, shift: float) -> list[WindowNumbers]:
    return [
        WindowNumbers(("prose", "code")[at % 2], (1.0, 2.0), (1.0 + shift, 2.1 + shift),
                      (shift, shift * (1 + at / 9)), (1, 2), (1, 3))
        for at in range(n)
    ]  # fmt: skip


def row(label: str, bits: float, speed: float, shift: float, memory_mb: int = 200,
        remark: str = "") -> Row:  # fmt: skip
    return Row(costs(label, bits, speed, memory_mb, remark), measures(windows(12, shift)))


def told() -> Told:
    """One window of eight tokens; the second of the three that are scored moved most."""
    moved = MovedRow(1, (6, 7), (log(0.25), log(0.2)), (7, 6), (log(0.6), log(0.01)))
    other = OtherTold(tuple(-log(p) for p in P_OTHER), KLD, (5, 7, 7), (moved,))
    window = ToldWindow("prose", tuple(range(8)), 4, tuple(-log(p) for p in P_BASE), (5, 6, 7),
                        (other,))  # fmt: skip
    return Told((window,), dict(enumerate(WORDS)))


def comparison(*rows: Row) -> Comparison:
    base = Row(costs("hare-F16", 16.0, 50.0, 400))
    found = rows or (row("hare-Q8_0", 8.5, 76.0, 0.01, 300), row("hare-Q4_0", 4.5, 100.0, 0.2))
    return Comparison((base, *found), 12, 12, 64, told=told())


def record(made: Comparison | None = None) -> Record:
    made = made or comparison()
    models = tuple(ComparedModel(each.costs.label, each.costs.label, f"/{each.costs.label}.gguf",
                                 "gguf", "Q4_0", "f1") for each in made.rows)  # fmt: skip
    return Record(made, models, ("prose", "code"), finished_at="2026-11-25T21:00:00+00:00")
