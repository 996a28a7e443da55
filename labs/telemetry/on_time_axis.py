"""Requests on the time axis of the readings: phases as bands, tokens as a series."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from models.engine.phases import Phase, PhaseKind, TracedRequest

LABELS: dict[PhaseKind, str] = {
    "prompt": "Reading the prompt",
    "generation": "Writing the answer",
    "mixed": "Prompts and answers in turns",
}
SERVED = "Until the server’s first token"


class Band(NamedTuple):
    """A stretch in seconds since the epoch; `label` is for people."""

    start_s: float
    end_s: float
    kind: PhaseKind
    label: str


def bands_of(
    requests: Sequence[TracedRequest], since_s: float = 0.0, step_s: float = 0.0
) -> tuple[Band, ...]:
    """The phases that reach beyond `since_s`, in the order they began. Those of one kind that lie
    together within `step_s` are one band: nobody could tell them apart on a screen."""
    near = [
        (phase, request) for request in requests if request.end_s > since_s
        for phase in request.phases if phase.end_s > since_s
    ]  # fmt: skip
    near.sort(key=lambda each: each[0].start_s)
    found: list[_Stretch] = []
    latest: dict[PhaseKind, _Stretch] = {}
    for phase, request in near:
        last = latest.get(phase.kind)
        if last is not None and phase.end_s - last.phase.start_s < step_s:
            last.end_s, last.count = max(last.end_s, phase.end_s), last.count + 1
        else:
            latest[phase.kind] = _Stretch(phase, request, phase.end_s)
            found.append(latest[phase.kind])
    return tuple(
        Band(each.phase.start_s, each.end_s, each.phase.kind, _label(each)) for each in found
    )


@dataclass
class _Stretch:
    """A phase, with how many follow it within a step."""

    phase: Phase
    request: TracedRequest
    end_s: float
    count: int = 1


def _label(stretch: _Stretch) -> str:
    request, phase = stretch.request, stretch.phase
    if stretch.count > 1:
        return f"{LABELS[phase.kind]} · {stretch.count:,} in a row, each too short to be seen here"
    is_served = phase.kind == "prompt" and request.basis != "measured"
    words = SERVED if is_served else LABELS[phase.kind]
    counts = [
        f"{count:,} {what}" for count, what in
        ((phase.read_tokens, "read"), (phase.written_tokens, "written")) if count
    ]  # fmt: skip
    tokens = f"{' and '.join(counts)} tokens" if counts else ""
    who = request.who[:1].upper() + request.who[1:]
    return " · ".join(filter(None, (who, words, tokens)))


class Pace(NamedTuple):
    """Tokens a second around a moment: those read of prompts, and those written."""

    time_s: float
    read: float
    written: float


def paces(requests: Sequence[TracedRequest], times: Sequence[float]) -> tuple[Pace, ...]:
    """Tokens a second between each of `times` (rising) and the one before, of all requests
    together. A server that tells of no tokens on the way is spread evenly over its phases."""
    if len(times) < 2:
        return ()
    widths = [end - start for start, end in pairwise(times)]
    read, written = [0.0] * len(widths), [0.0] * len(widths)
    for flow in (f for r in requests if r.end_s > times[0] for f in _flows(r, times[0])):
        place = max(0, bisect_right(times, flow.start_s) - 1)
        while place < len(widths) and times[place] < flow.end_s:
            inside_s = min(flow.end_s, times[place + 1]) - max(flow.start_s, times[place])
            share = inside_s / (flow.end_s - flow.start_s) / widths[place]
            read[place] += share * flow.read
            written[place] += share * flow.written
            place += 1
    return tuple(map(Pace, times[1:], read, written))


class _Flow(NamedTuple):
    """Tokens that were read and written somewhere between two moments."""

    start_s: float
    end_s: float
    read: int
    written: int


def _flows(request: TracedRequest, since_s: float) -> list[_Flow]:
    """Every step that is known and ends after `since_s`."""
    marks = request.marks
    if len(marks) > 2 or (request.is_running and marks):
        first = max(0, bisect_right(marks, since_s, key=lambda mark: mark.time_s) - 1)
        return [
            _Flow(a.time_s, b.time_s, max(0, b.read - a.read), max(0, b.written - a.written))
            for a, b in pairwise(marks[first:]) if b.time_s > a.time_s
        ]  # fmt: skip
    return [
        _Flow(p.start_s, p.end_s, p.read_tokens, p.written_tokens)
        for p in request.phases if p.duration_s > 0 and p.end_s > since_s
    ]  # fmt: skip
