"""The report of a run as blocks, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labs.experiments.charts import Chart
from labs.experiments.design import LANE_TITLES
from labs.experiments.report.blocks import (
    Block,
    Box,
    Bullets,
    Document,
    Figure,
    Figures,
    Grid,
    Heading,
    Lead,
    OwnWords,
    Picture,
    Text,
)
from labs.experiments.report.caveats import model_caveats, run_caveats
from labs.experiments.report.disagreement import disagreements
from labs.experiments.report.methods import methods
from labs.experiments.report.record import RunRecord
from labs.experiments.report.side_by_side import side_by_side
from labs.experiments.report.words import (
    around_text,
    cell_text,
    counted_text,
    figure_of,
    value_text,
)
from labs.experiments.results import ModelResult, Number
from labs.experiments.scenarios.set_file import parse_set
from labs.telemetry.words import rows_of

NOTHING_WRITTEN = "Nothing was written."


def document_of(record: RunRecord) -> Document:
    """Finding first, details last; what a program wrote and what a person wrote kept apart."""
    models = record.plan.models
    return Document(
        title=f"{record.plan.title}: {models[0] if len(models) == 1 else 'several models'}",
        facts=tuple(_facts(record)),
        blocks=tuple(_blocks(record)),
        simulated=_simulated(record),
    )


def _simulated(record: RunRecord) -> str:
    if not record.simulated:
        return ""
    what = "is no language model" if len(record.simulated) == 1 else "are no language models"
    return f"SIMULATED: {' and '.join(record.simulated)} {what}"


def _facts(record: RunRecord) -> Iterator[tuple[str, str]]:
    plan, about = record.plan, record.about
    scenarios = parse_set(plan.scenarios, "the plan's set")
    if len(plan.models) > 1:
        yield "Models", ", ".join(plan.models)
    yield "Set", f"{scenarios.title}, version {scenarios.version}"
    finished, wanted = record.n_finished_items, int(plan.design["n_items"])
    yield "Items", str(wanted) if finished == wanted else f"{finished} of {wanted}"
    done, planned = about["n_trials"], about["n_planned"]
    yield "Trials", f"{done:,}" if done == planned else f"{done:,} of {planned:,}"
    yield "Run", str(record.manifest["started_at"])[:16].replace("T", " ")
    if plan.student:
        yield "Student", plan.student


def _blocks(record: RunRecord) -> Iterator[Block]:
    yield Heading("Written by Assay", 2)
    several = len(record.results) > 1
    if several or record.comparison:
        yield from side_by_side(record)
    for result in record.results:
        if several:
            yield Heading(result.model, 2)
        yield from _model(record, result)
    caveats = run_caveats(record)
    if caveats:
        yield Box("What happened during the run", caveats)
    yield Heading("Methods")
    yield from map(Text, methods(record))
    yield from _plan(record)
    if record.machine:
        yield Heading("The machine during the run")
        yield Grid("", ("", ""), rows_of(record.machine), numeric=False)
    yield Heading("Written by you", 2)
    yield OwnWords(record.own_words) if record.own_words else Text(NOTHING_WRITTEN)


def _model(record: RunRecord, result: ModelResult) -> Iterator[Block]:
    yield Lead(result.finding.verdict, result.finding.sentence)
    if result.finding.may_not:
        yield Box("What this may not conclude", result.finding.may_not)
    simulated = record.is_simulated(result.model)
    first, mix, others = _charts(result)
    for chart in (*first, *mix):
        yield Picture(chart, simulated)
    yield Heading("The numbers that lead")
    yield Figures(tuple(_leading(record, result)))
    caveats = model_caveats(record, result)
    if caveats:
        yield Box("What to keep in mind", caveats, is_warning=True)
    yield from _lanes(record, result)
    for chart in others:
        yield Picture(chart, simulated)
    for table in result.tables:
        rows = tuple(tuple(cell_text(cell) for cell in row) for row in table.rows)
        yield Grid(table.title, table.columns, rows, table.note)


def _charts(result: ModelResult) -> tuple[list[Chart], list[Chart], list[Chart]]:
    """The chart that leads, the answer mix, and the rest."""
    mixes = [chart for chart in result.charts if chart.kind == "mix"][:1]
    rest = [chart for chart in result.charts if chart not in mixes]
    return rest[:1], mixes, rest[1:]


def _leading(record: RunRecord, result: ModelResult) -> Iterator[Figure]:
    """What the experiment puts first; the outcome that was chosen before the run is among it."""
    plan = record.plan.design["primary"]
    primary = (plan["lane"], plan["metric"])
    for lane, name in dict.fromkeys([*result.leading, primary]):
        number = result.lanes.get(lane, {}).get(name)
        if number is not None:
            yield figure_of(number, is_primary=(lane, name) == primary)


def _lanes(record: RunRecord, result: ModelResult) -> Iterator[Block]:
    yield Heading("All numbers, lane by lane")
    lanes = list(result.lanes)
    titles = {
        name: each.title for numbers in result.lanes.values() for name, each in numbers.items()
    }
    rows = tuple(
        (title, *_lane_cells([result.lanes[lane].get(name) for lane in lanes]))
        for name, title in titles.items()
    )
    yield Grid("", ("", *(_lane_title(lane) for lane in lanes)), rows)
    pairs = disagreements(record.of(result.model), record.lanes)
    if pairs:
        rows = tuple(
            (pair.title, cell_text(pair.differ), str(pair.opposed), str(pair.one_silent),
             str(pair.n))
            for pair in pairs
        )  # fmt: skip
        columns = ("", "trials that differ", "opposite answers", "one without a clear answer",
                   "trials")  # fmt: skip
        yield Grid("Where the lanes disagree", columns, rows)


def _lane_cells(numbers: Sequence[Number | None]) -> Iterator[str]:
    """Value, and on a second line what lies around it with n, or once why there is none."""
    told: set[str] = set()
    for number in numbers:
        if number is None:
            yield "–"
            continue
        around = around_text(number) or ("" if number.reason in told else number.reason)
        told.add(number.reason)
        around = "; ".join(filter(None, (around, counted_text(number))))
        yield f"{value_text(number)}\n{around}".rstrip()


def _lane_title(lane: str) -> str:
    return LANE_TITLES.get(lane, lane).capitalize()


def _hash(entry: Mapping[str, Any]) -> str:
    manifest = entry.get("manifest_sha256")
    return entry["sha256"] or (
        f"{manifest} (of its manifest at Ollama)" if manifest else "not known"
    )


def _plan(record: RunRecord) -> Iterator[Block]:
    plan = record.plan
    primary = plan.design["primary"]
    yield Heading("The plan, locked before the first trial")
    lane = LANE_TITLES.get(primary["lane"], primary["lane"])
    rows = (
        ("Primary outcome", primary["sentence"]),
        ("Measured by", f"{lane}, {primary['contrast']}"),
        ("Prediction", plan.prediction or "None was written down."),
        ("Locked at", plan.locked_at.replace("T", " ")),
        ("Made by", plan.made_by),
        ("Hash of the plan", plan.hash),
        ("Hash of the set", str(plan.design["set_hash"]) or "none"),
        *((f"Hash of {each['id']}", _hash(each))
          for each in record.manifest["models"] if not each["simulated"]),
    )  # fmt: skip
    yield Grid("", ("", ""), rows, numeric=False)
    if plan.preview:
        yield Text("Shown before the run:")
        yield Bullets(plan.preview)
