"""What is asked of the process that measures memory bandwidth, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """Read `buffer_bytes` with each of these numbers of threads, in turns, for `seconds`."""

    buffer_bytes: int
    threads: tuple[int, ...]
    seconds: float
    type: str = "probe"


@dataclass(frozen=True)
class ProbeRound:
    """One reading with each number of threads, in bytes a second, in the order of the request."""

    bytes_per_s: tuple[float, ...]
    elapsed_s: float
    type: str = "probe_round"


@dataclass(frozen=True)
class Probed:
    """`others_cores`: how many cores other processes kept busy meanwhile, None if unknown."""

    others_cores: float | None = None
    type: str = "probed"
