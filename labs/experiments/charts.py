"""What charts show, as plain data; `figures` draws each kind for page and report alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


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
