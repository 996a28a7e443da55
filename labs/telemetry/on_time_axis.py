"""Requests on the time axis of the readings: phases as bands, tokens as a series."""

from __future__ import annotations

from collections.abc import Sequence
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


def bands_of(requests: Sequence[TracedRequest], since_s: float = 0.0) -> tuple[Band, ...]:
    """The phases that reach beyond `since_s`, in the order they began."""
    found = [
        Band(phase.start_s, phase.end_s, phase.kind, _label(request, phase))
        for request in requests for phase in request.phases if phase.end_s > since_s
    ]  # fmt: skip
    return tuple(sorted(found))


def _label(request: TracedRequest, phase: Phase) -> str:
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
    """Tokens a second between each of `times` and the one before, of all requests together. A
    server that tells of no tokens on the way is spread evenly over its phases."""
    if len(times) < 2:
        return ()
    flows = [flow for request in requests if request.end_s > times[0] for flow in _flows(request)]
    found = []
    for start, end in pairwise(times):
        width = end - start
        near = [f for f in flows if f[0] < end and f[1] > start] if width > 0 else []
        shares = [(min(f[1], end) - max(f[0], start)) / (f[1] - f[0]) / width for f in near]
        read = sum(share * flow[2] for share, flow in zip(shares, near, strict=True))
        written = sum(share * flow[3] for share, flow in zip(shares, near, strict=True))
        found.append(Pace(end, read, written))
    return tuple(found)


def _flows(request: TracedRequest) -> list[tuple[float, float, int, int]]:
    """Start, end, tokens read and tokens written of every step that is known."""
    marks = request.marks
    if len(marks) > 2 or (request.is_running and marks):
        return [
            (a.time_s, b.time_s, max(0, b.read - a.read), max(0, b.written - a.written))
            for a, b in pairwise(marks) if b.time_s > a.time_s
        ]  # fmt: skip
    return [
        (p.start_s, p.end_s, p.read_tokens, p.written_tokens)
        for p in request.phases if p.duration_s > 0
    ]  # fmt: skip
