"""`assay tokens --languages`: what the same text takes in many languages."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli.interrupts import interrupts
from labs.experiments.statistics.estimate import Estimate
from labs.tokens.comparison import Failure
from labs.tokens.language_rows import LanguageRow, finding, measured_of, rows_of
from labs.tokens.languages import LanguageOutcome, measure_languages
from labs.tokens.machine import Machine, machine_of, measured_machine
from labs.tokens.parallel import ENGLISH, parallel_text
from models.cancel import CancelToken
from models.errors import UserError
from models.long_work import result_of
from models.tokenizers.source import Source, find_source, told_apart

if TYPE_CHECKING:
    from app.services import Services

_HEAD = (
    f"{'':20}{'tokens':>8}{'ratio':>8}{'95 % interval':>16}{'bytes':>7}{'a word':>8}{'a letter':>9}"
    f"{'split':>7}{'single':>8}{'Rényi':>7}{'context':>9}{'seconds':>9}"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    codes = ", ".join(language.code for language in parallel_text())
    parser.add_argument(
        "--languages", action="store_true",
        help="instead of a text: what the same thirty articles take in 24 languages",
    )  # fmt: skip
    parser.add_argument(
        "--reference", metavar="CODE",
        help="with --languages: the language that the others are compared with, usually "
        f"{ENGLISH} ({codes})",
    )  # fmt: skip
    parser.add_argument(
        "--speed", action="store_true",
        help="with --languages: load each model and measure how fast it reads",
    )  # fmt: skip


def run(args: argparse.Namespace, services: Services, names: Sequence[str]) -> int:
    """Not 0 where a tokenizer failed, or a speed that was asked for could not be measured."""
    languages, reference = parallel_text(), args.reference or ENGLISH
    if reference not in [language.code for language in languages]:
        raise UserError(
            f"There is no text in a language {reference}.",
            f"There is: {', '.join(language.code for language in languages)}.",
        )
    sources = told_apart([find_source(services.library, name) for name in names])
    with interrupts() as cancel:
        work = measure_languages(services.tokenizers, sources, languages, cancel)
        outcomes = result_of(work)
        machines = {
            source: _machine(services, name, args.speed, cancel)
            for source, name in zip(sources, names, strict=True)
        }
    rows = rows_of(outcomes, reference, machines)
    if args.json:
        told = _as_json(outcomes, rows, reference, machines)
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _print(outcomes, rows, reference)
    is_short = any(machine.problem for machine in machines.values())
    return 1 if is_short or any(isinstance(outcome, Failure) for outcome in outcomes) else 0


def _machine(services: Services, name: str, with_speed: bool, cancel: CancelToken) -> Machine:
    known = machine_of(services.library, name)
    if not with_speed:
        return known
    print(f"Measuring how fast {name} reads, if it is a model …", file=sys.stderr)
    found = result_of(measured_machine(services.library, services.pool, name, known, cancel))
    if found.problem:
        print(f"{name}: its reading speed could not be measured. {found.problem}", file=sys.stderr)
    return found


def _print(
    outcomes: Sequence[LanguageOutcome], rows: Sequence[LanguageRow], reference: str
) -> None:
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            print(f"{outcome.source.name}: {outcome.error}\n")
            continue
        name = outcome.source.name
        print(f"{name}  ·  {outcome.facts.family}  ·  {outcome.facts.n_tokens:,} in all\n{_HEAD}")
        for row in rows:
            if row.tokenizer == name:
                print(_line(row))
        print()
    if rows:
        print(finding(outcomes, rows, reference))


def _line(row: LanguageRow) -> str:
    cost, ratio = row.cost, row.premium
    times = f"{ratio.value:.2f}" if isinstance(ratio, Estimate) else "–"
    words = "–" if cost.tokens_per_word is None else f"{cost.tokens_per_word:.2f}"
    interval = f"{ratio.low:.2f} to {ratio.high:.2f}" if isinstance(ratio, Estimate) else "–"
    renyi = "–" if cost.renyi_efficiency is None else f"{cost.renyi_efficiency:.2f}"
    single = f"{cost.byte_fallback_share:.0%}"
    if cost.unknown_share:
        single += f"+{cost.unknown_share:.0%}?"
    return (
        f"{cost.language.name:20}{cost.total:8,}{times:>8}"
        f"{interval:>16}{cost.bytes_per_token:7.2f}{words:>8}{cost.tokens_per_grapheme:9.2f}"
        f"{f'{cost.split_share:.0%}':>7}{single:>8}{renyi:>7}"
        f"{'–' if row.context is None else f'{row.context:,}':>9}"
        f"{'–' if row.read_s is None else f'{row.read_s:.1f}':>9}"
    )


def _as_json(
    outcomes: Sequence[LanguageOutcome], rows: Sequence[LanguageRow], reference: str,
    machines: Mapping[Source, Machine],
) -> dict[str, Any]:  # fmt: skip
    failed = [
        {"name": each.source.name, "error": str(each.error)}
        for each in outcomes if isinstance(each, Failure)
    ]  # fmt: skip
    tokenizers = [
        {
            "name": each.source.name, "family": each.facts.family,
            "n_vocabulary": each.facts.n_tokens, "read_problem": machines[each.source].problem,
            "languages": [_row(row) for row in rows if row.tokenizer == each.source.name],
        }
        for each in measured_of(outcomes)
    ]  # fmt: skip
    return {"reference": reference, "tokenizers": [*tokenizers, *failed]}


def _row(row: LanguageRow) -> dict[str, Any]:
    cost = row.cost
    ratio = asdict(row.premium)
    return {
        "language": cost.language.code, "name": cost.language.name, "n_tokens": cost.total,
        "premium": ratio, "bytes_per_token": cost.bytes_per_token,
        "letters_per_token": cost.letters_per_token,
        "tokens_per_grapheme": cost.tokens_per_grapheme, "tokens_per_word": cost.tokens_per_word,
        "split_share": cost.split_share, "byte_fallback_share": cost.byte_fallback_share,
        "unknown_share": cost.unknown_share, "articles_that_come_back": cost.n_exact,
        "n_articles": len(cost.n_tokens), "renyi_efficiency": cost.renyi_efficiency,
        "context_tokens": row.context, "read_s": row.read_s,
    }  # fmt: skip
