"""What an analysis hands on: numbers with their noise, findings, charts. Plain data, no drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from labs.experiments.statistics.estimate import Estimate, HypothesisTest, NotDefined

if TYPE_CHECKING:  # it brings scipy, and every page with a chart stands on this module
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
class DifferenceRow:
    """One level against the baseline: its difference in shares with the paired interval, and the
    raw flips, `gained` and `lost`."""

    title: str
    value: float | None
    low: float | None = None
    high: float | None = None
    gained: int = 0
    lost: int = 0
    is_control: bool = False


@dataclass(frozen=True)
class DifferenceChart:
    """Each format's difference from the baseline; `band` is the range of the placebo edits."""

    title: str
    axis: str
    rows: tuple[DifferenceRow, ...]
    baseline: str
    finding: str  # one sentence, also for screen readers
    band: tuple[float, float] | None = None
    kind: str = "difference"


@dataclass(frozen=True)
class MixRow:
    """How the answers of one condition divide: outcome to count."""

    title: str
    counts: Mapping[str, int]

    def __post_init__(self) -> None:
        # A Counter does not survive dataclasses.asdict.
        object.__setattr__(self, "counts", dict(self.counts))


@dataclass(frozen=True)
class MixChart:
    """The answer mix: right, wrong and no clear answer, or any outcomes, as shares of each row."""

    title: str
    outcomes: tuple[str, ...]
    rows: tuple[MixRow, ...]
    finding: str
    counted: str = "answers"  # what a row's counts count
    kind: str = "mix"


@dataclass(frozen=True)
class CurvePoint:
    """`yes` of `n` answers at x, with its interval."""

    x: float
    yes: int
    n: int
    low: float
    high: float


@dataclass(frozen=True)
class CurveSeries:
    """One series: its raw points always, its fitted line where a fit exists."""

    title: str
    points: tuple[CurvePoint, ...]
    line: tuple[tuple[float, float], ...] = ()
    threshold: tuple[float, float, float] | None = None  # value, low, high on the x axis


@dataclass(frozen=True)
class CurveChart:
    """Shares of yes over a margin. x is sign(m)·log2(1 + |m|); `ticks` are (x, words)."""

    title: str
    axis: str
    series: tuple[CurveSeries, ...]
    ticks: tuple[tuple[float, str], ...]
    finding: str
    kind: str = "curve"


@dataclass(frozen=True)
class Dot:
    """A value with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class DotRow:
    """One dot a series, None where there is no value."""

    title: str
    dots: tuple[Dot | None, ...]


@dataclass(frozen=True)
class DotChart:
    """Values with intervals, row by row. `is_ratio`: drawn on a logarithmic axis; `reference` is
    where a line stands."""

    title: str
    axis: str
    series: tuple[str, ...]
    rows: tuple[DotRow, ...]
    finding: str
    reference: float | None = None
    is_ratio: bool = False
    note: str = ""
    kind: str = "dots"


@dataclass(frozen=True)
class FrontierPoint:
    """A model at its mean divergence from a base in nats (95 % interval) and its speed in tokens a
    second (standard deviation of its readings); `beaten_by` names one that is no worse in
    divergence, speed and memory, and clearly better in one of the first two."""

    title: str
    kld: float
    kld_low: float
    kld_high: float
    speed: float
    speed_sd: float
    memory_bytes: int
    is_base: bool = False
    beaten_by: str = ""


@dataclass(frozen=True)
class FrontierChart:
    """What a model loses against what it gains; `notes` are sentences below the axes."""

    title: str
    points: tuple[FrontierPoint, ...]
    finding: str
    notes: tuple[str, ...] = ()
    kind: str = "frontier"


@dataclass(frozen=True)
class ReadingsRow:
    """Single readings, those that are `marked`, and where their median and middle half lie."""

    title: str
    values: tuple[float, ...]
    marked: tuple[bool, ...]
    median: float
    low: float
    high: float


@dataclass(frozen=True)
class ReadingsChart:
    """Readings row by row; `mark` says what is the matter with the marked ones."""

    title: str
    axis: str
    rows: tuple[ReadingsRow, ...]
    finding: str
    mark: str = ""
    kind: str = "readings"


@dataclass(frozen=True)
class LimitPoint:
    """A measured speed with so many tokens behind it; `low` to `high` the middle half of `n`."""

    x: float
    value: float
    low: float
    high: float
    n: int
    source: Literal["benchmark", "chat"]


@dataclass(frozen=True)
class LimitSeries:
    """`line`: (tokens behind, tokens a second at most)."""

    title: str
    line: tuple[tuple[float, float], ...]
    points: tuple[LimitPoint, ...] = ()


@dataclass(frozen=True)
class LimitChart:
    """The speed that memory allows, and what was measured."""

    title: str
    series: tuple[LimitSeries, ...]
    finding: str
    note: str = ""
    kind: str = "limit"


Chart = (
    DifferenceChart | MixChart | CurveChart | DotChart | FrontierChart | ReadingsChart | LimitChart
)


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
