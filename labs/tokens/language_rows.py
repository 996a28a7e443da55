"""What languages cost, as rows to read, a chart and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

from labs.experiments.charts import Dot, DotChart, DotRow
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.tokens.languages import Cost, LanguageOutcome, Measured, premium
from labs.tokens.machine import Machine
from models.tokenizers.source import Source

NOTE = (
    "Tokens of thirty articles together, each cut by itself, divided by those of the same articles "
    "in {reference}; bars are 95 % intervals over articles drawn again in pairs. Translations "
    "differ in how much they say, and legal prose is no everyday speech."
)


@dataclass(frozen=True)
class LanguageRow:
    """`context` is how many tokens' worth of the reference language fit into the model's context
    when they are written in this one: n_ctx ÷ premium. `read_s` is how long the model takes here
    for the whole text."""

    tokenizer: str
    cost: Cost
    premium: Estimate | NotDefined
    context: int | None = None
    read_s: float | None = None


def measured_of(outcomes: Sequence[LanguageOutcome]) -> tuple[Measured, ...]:
    return tuple(outcome for outcome in outcomes if isinstance(outcome, Measured))


def rows_of(
    outcomes: Sequence[LanguageOutcome], reference: str, machines: Mapping[Source, Machine]
) -> tuple[LanguageRow, ...]:
    """A row for each language and tokenizer; `reference` is a language's code."""
    rows = []
    for measured in measured_of(outcomes):
        machine = machines.get(measured.source, Machine())
        for cost in measured.costs:
            ratio = premium(cost, measured.cost(reference))
            rows.append(_row(measured.source.name, cost, ratio, machine))
    return tuple(rows)


def _row(name: str, cost: Cost, ratio: Estimate | NotDefined, machine: Machine) -> LanguageRow:
    context = None
    if isinstance(ratio, Estimate) and machine.n_ctx:
        context = round(machine.n_ctx / ratio.value)
    speed = machine.tokens_per_s
    return LanguageRow(name, cost, ratio, context, cost.total / speed if speed else None)


def chart_of(
    outcomes: Sequence[LanguageOutcome], rows: Sequence[LanguageRow], reference: str
) -> DotChart:
    """The dearest language of the first tokenizer on top; the reference itself is the line at 1."""
    names = [measured.source.name for measured in measured_of(outcomes)]
    by_language: dict[str, list[LanguageRow]] = {}
    for row in rows:
        by_language.setdefault(row.cost.language.code, []).append(row)
    told = by_language[reference][0].cost.language.name
    others = [found for code, found in by_language.items() if code != reference]
    others.sort(key=lambda found: -_value(found[0].premium))
    lines = tuple(
        DotRow(found[0].cost.language.name, tuple(_dot(row.premium) for row in found))
        for found in others
    )
    return DotChart(
        "How many tokens the same text takes", f"times the tokens of {told}",
        tuple(names), lines, finding(outcomes, rows, reference), 1.0, True,
        NOTE.format(reference=told),
    )  # fmt: skip


def finding(
    outcomes: Sequence[LanguageOutcome], rows: Sequence[LanguageRow], reference: str
) -> str:
    """The dearest language of each tokenizer, and the middle one; a line for each. `rows` are as
    `rows_of` gives them: two tokenizers can have one name."""
    told = next(r.cost.language.name for r in rows if r.cost.language.code == reference)
    sentences = []
    left = iter(rows)
    for measured in measured_of(outcomes):
        name = measured.source.name
        known = [
            (row.premium, row.cost.language.name) for row in islice(left, len(measured.costs))
            if row.cost.language.code != reference and isinstance(row.premium, Estimate)
        ]  # fmt: skip
        if not known:
            sentences.append(f"{name} loses too many letters to be compared.")
            continue
        most, language = max(known, key=lambda found: found[0].value)
        middle = median(found.value for found, _ in known)
        sentences.append(
            f"With {name}, {language} takes {most.value:.1f} times the tokens of {told} "
            f"({most.low:.1f} to {most.high:.1f}); the middle one of {len(known)} languages takes "
            f"{middle:.1f} times as many."
        )
    return "\n".join(dict.fromkeys(sentences))


def _value(found: Estimate | NotDefined) -> float:
    return found.value if isinstance(found, Estimate) else 0.0


def _dot(found: Estimate | NotDefined) -> Dot | None:
    return Dot(found.value, found.low, found.high) if isinstance(found, Estimate) else None
