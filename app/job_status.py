"""What a row says about a task, read from the values its work yields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JobStatus:
    """What a row says about a task; `fraction` is None while the end is not in sight."""

    fraction: float | None = None
    detail: str = ""
    time_left_s: float | None = None


def status_of(progress: object, elapsed_s: float) -> JobStatus:
    """Read a yielded value: one with `done` and `total` gives a bar, a `str` gives a sentence."""
    if isinstance(progress, str):
        return JobStatus(detail=progress)
    done, total = getattr(progress, "done", None), getattr(progress, "total", None)
    detail = str(getattr(progress, "detail", "") or getattr(progress, "message", ""))
    if not isinstance(done, int | float) or not isinstance(total, int | float) or total <= 0:
        return JobStatus(detail=detail)
    fraction = min(max(done / total, 0.0), 1.0)
    # A load counts in per mille, which is nobody's unit.
    is_share = getattr(progress, "phase", "") == "load"
    detail = detail or (f"{fraction:.0%}" if is_share else f"{done:,} of {total:,}")
    if hasattr(progress, "time_left_s"):  # it knows better, as a download that was taken up
        return JobStatus(fraction, detail, progress.time_left_s)
    return JobStatus(fraction, detail, time_left_s(fraction, elapsed_s))


def time_left_s(fraction: float, elapsed_s: float) -> float | None:
    """Seconds still to go at the pace so far; None while that would be a guess."""
    if fraction < 0.02 or elapsed_s < 1.0:
        return None
    return elapsed_s * (1 - fraction) / fraction
