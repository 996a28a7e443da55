"""How long a run still takes, over all its models: some may not have begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True)
class Pace:
    """What one model still has to do. `trial_s` is None until it has been timed."""

    model: str
    n_left: int
    trial_s: float | None


@dataclass(frozen=True)
class TimeLeft:
    """`assumed` are the models that were not timed yet, taken for as fast as the mean of those
    that were."""

    seconds: float
    assumed: tuple[str, ...] = ()

    @property
    def condition(self) -> str:
        """What the number stands on, to be put behind it; "" where every model was timed."""
        if not self.assumed:
            return ""
        if len(self.assumed) == 1:
            return f"if {self.assumed[0]} is as fast"
        return f"if the {len(self.assumed)} models to come are as fast"


def time_left(paces: Sequence[Pace]) -> TimeLeft | None:
    """None where no model was timed."""
    timed = [pace.trial_s for pace in paces if pace.trial_s is not None]
    if not timed:
        return None
    typical_s = fmean(timed)
    seconds = sum(p.n_left * (typical_s if p.trial_s is None else p.trial_s) for p in paces)
    return TimeLeft(seconds, tuple(p.model for p in paces if p.n_left and p.trial_s is None))
