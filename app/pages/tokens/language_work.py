"""The long work of the Languages tab as generators; they know no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from app.services import Services
from labs.experiments.charts import DotChart
from labs.tokens.comparison import Failure
from labs.tokens.language_rows import LanguageRow, chart_of, measured_of, rows_of
from labs.tokens.languages import LanguageOutcome, Step, measure_languages
from labs.tokens.machine import Machine, machine_of, measured_machine
from labs.tokens.parallel import parallel_text
from models.cancel import CancelToken
from models.errors import Cancelled, UserError
from models.library.entry import short_name
from models.tokenizers.source import Source, find_source, told_apart

Machines = Mapping[Source, Machine]


@dataclass(frozen=True)
class Languages:
    """What the tab shows; `names` are those that the user chose, one an outcome. `chart` is None
    where every tokenizer failed."""

    names: tuple[str, ...]
    outcomes: tuple[LanguageOutcome, ...]
    reference: str
    machines: Machines
    rows: tuple[LanguageRow, ...] = ()
    chart: DotChart | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each tokenizer that cannot be read, and each speed that is not known."""
        failed = [
            f"{each.source.name}: {each.error}"
            for each in self.outcomes if isinstance(each, Failure)
        ]  # fmt: skip
        slow = [
            f"{source.name}: its reading speed could not be measured. {machine.problem}"
            for source, machine in self.machines.items() if machine.problem
        ]  # fmt: skip
        return (*failed, *slow)


def compare_languages(
    services: Services,
    names: Sequence[str],
    reference: str,
    known: Machines,
    cancel: CancelToken,
) -> Generator[Step | LanguageOutcome, None, Languages]:
    """`known` are models whose reading speed was measured before."""
    found: dict[int, Source] = {}
    failed: dict[int, Failure] = {}
    for place, name in enumerate(names):
        try:
            found[place] = find_source(services.library, name)
        except UserError as error:
            failed[place] = Failure(Source("simulated", "", short_name(name)), error)
    found = dict(zip(found, told_apart(list(found.values())), strict=True))
    measured = yield from measure_languages(
        services.tokenizers, list(found.values()), parallel_text(), cancel
    )
    machines = {
        source: known.get(source) or machine_of(services.library, names[place])
        for place, source in found.items()
    }
    outcomes = {**failed, **dict(zip(found, measured, strict=True))}
    in_order = tuple(outcomes[place] for place in sorted(outcomes))
    return against(tuple(names), in_order, reference, machines)


def against(
    names: tuple[str, ...],
    outcomes: tuple[LanguageOutcome, ...],
    reference: str,
    machines: Machines,
) -> Languages:
    """The same counts, another language to compare with or more known of the machine."""
    if not measured_of(outcomes):
        return Languages(names, outcomes, reference, machines)
    rows = rows_of(outcomes, reference, machines)
    chart = chart_of(outcomes, rows, reference)
    return Languages(names, outcomes, reference, machines, rows, chart)


def compare_again(languages: Languages, reference: str) -> Generator[str, None, Languages]:
    yield "Comparing with another language"
    return against(languages.names, languages.outcomes, reference, languages.machines)


def measure_speeds(
    services: Services, languages: Languages, cancel: CancelToken
) -> Generator[object, None, Languages]:
    """The same with the reading speed of each model, or why it could not be measured. Stopped, it
    keeps what was measured before; raises Cancelled where nothing was."""
    machines = dict(languages.machines)
    measured = 0
    for name, outcome in zip(languages.names, languages.outcomes, strict=True):
        known = machines.get(outcome.source, Machine())
        if known.n_ctx is not None:
            try:
                machines[outcome.source] = yield from measured_machine(
                    services.library, services.pool, name, known, cancel
                )
            except Cancelled:
                if not measured:
                    raise
                break
            measured += 1
    return against(languages.names, languages.outcomes, languages.reference, machines)
