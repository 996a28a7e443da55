"""What an analysis hands on: numbers with their noise, findings, tables. Plain data, no drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from labs.experiments.charts import Chart
from labs.experiments.statistics.estimate import Estimate, HypothesisTest, NotDefined

if TYPE_CHECKING:  # it brings scipy, and pages that show numbers stand on this module
    from labs.experiments.statistics.spread import Spread

SCHEMA_VERSION = 1
# A share and a difference of shares (points) are kept as parts of 1.
Unit = Literal["share", "points", "number", "minutes", "nats", "count"]


@dataclass(frozen=True)
class Number:
    """One figure as it is stored and shown: a value with its interval or its test, or the reason
    why there is none. `extra` holds what belongs to it, such as the range expected by chance."""

    title: str
    value: float | None
    unit: Unit = "share"
    low: float | None = None
    high: float | None = None
    n: int = 0
    p: float | None = None
    method: str = ""
    sentence: str = ""
    reason: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def number(
    title: str, found: Estimate | HypothesisTest | Spread | NotDefined, unit: Unit = "share"
) -> Number:
    """Any result of the statistics as a Number."""
    if isinstance(found, NotDefined):
        return Number(title, None, unit, reason=found.reason)
    if isinstance(found, Estimate):
        return Number(
            title, found.value, unit, found.low, found.high, found.n,
            method=found.method, sentence=found.sentence,
        )  # fmt: skip
    if isinstance(found, HypothesisTest):
        return Number(
            title, found.statistic, "number", n=found.n, p=found.p, method=found.method,
            sentence=found.sentence,
        )  # fmt: skip
    return Number(
        title, found.observed, unit, n=found.n_items, p=found.p, method=found.method,
        sentence=found.sentence,
        extra={
            "expected_by_chance": found.expected_by_chance, "chance_95": found.chance_95,
            "excess": found.excess, "n_dropped": found.n_dropped, "n_formats": found.n_formats,
        },
    )  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table of the report. Cells are text or Numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Number, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """`verdict` is a short fixed phrase for lists, `sentence` the whole finding; `may_not` are
    the conclusions that the run does not allow."""

    verdict: str
    sentence: str
    may_not: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelResult:
    """One model's analysis. `lanes` maps lane to metric to Number, as in results.json;
    `leading` are the metrics that a page shows first, as (lane, metric)."""

    model: str
    finding: Finding
    lanes: Mapping[str, Mapping[str, Number]]
    leading: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    caveats: tuple[str, ...] = ()


def as_data(
    results: Sequence[ModelResult], comparison: Sequence[str] = (), **about: Any
) -> dict[str, Any]:
    """The content of results.json; `about` adds what belongs to the whole run."""
    return {
        "schema_version": SCHEMA_VERSION,
        **about,
        "models": [{"id": each.model, **_without(asdict(each), "model")} for each in results],
        "comparison": list(comparison),
    }


def _without(data: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != key}
