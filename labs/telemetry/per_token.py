"""Joules a token of one request: for each phase and each part of the machine, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from labs.telemetry.energy import (
    Amount,
    energy_between,
    idle_power,
    refuse_short,
)
from labs.telemetry.power import Domain, Method, domains_of
from models.engine.phases import Phase, PhaseKind, TracedRequest
from models.hardware.reading import Reading

LOOK_BACK_S = 60.0  # for quiet readings before the request
RUNNING = "It is still running."
OTHER_REQUEST = "Another request to Assay at the same time: what each took cannot be told apart."
CLOCK = "The clock was set or the machine slept meanwhile."
NO_TOKENS = {
    "prompt": "No token was read: all were in the cache.",
    "generation": "No token was written.",
    "mixed": "No token was read or written.",
}
CUT_SHORT = "It was cut short: how many tokens it took is not known."
NO_QUIET = "No quiet time before it: what rest takes is not known."


@dataclass(frozen=True)
class PerToken:
    """One phase and one domain. `gross` and `net` are joules a token, `net` without the power of
    rest, `idle_w`: the median of quiet readings in the minute before. `tokens` of "mixed" are
    those read and those written together. `reason` says why there is no number, `net_reason` why
    rest is not known."""

    kind: PhaseKind
    domain: str
    name: str
    method: Method
    tokens: int
    took_s: float
    gross: Amount | None = None
    net: Amount | None = None
    joules: Amount | None = None
    idle_w: Amount | None = None
    n_readings: int = 0
    reason: str = ""
    net_reason: str = ""


def energy_of(
    request: TracedRequest, others: Sequence[TracedRequest], readings: Sequence[Reading]
) -> tuple[PerToken, ...]:
    """Every phase kind of `request` in every domain. `others` are all requests around it, itself
    included or not; `readings` should reach from a minute before it to one reading after it."""
    near = [r for r in readings if request.start_s - LOOK_BACK_S - 2 <= r.time <= request.end_s + 5]
    busy = [(each.start_s, each.end_s) for each in others if each.number != request.number]
    kinds = dict.fromkeys(phase.kind for phase in request.phases)
    return tuple(
        _measure(request, [p for p in request.phases if p.kind == kind], domain, busy)
        for domain in domains_of(near) for kind in kinds
    )  # fmt: skip


def _measure(
    request: TracedRequest, phases: Sequence[Phase], domain: Domain,
    busy: Sequence[tuple[float, float]],
) -> PerToken:  # fmt: skip
    """Phases of one kind, added up."""
    kind = phases[0].kind
    tokens = sum(phase.read_tokens + phase.written_tokens for phase in phases)
    took_s = sum(phase.duration_s for phase in phases)
    told = PerToken(kind, domain.key, domain.name, domain.method, tokens, took_s)
    reason = _why_not(request, phases, tokens, busy)
    if reason:
        return replace(told, reason=reason)
    parts = [energy_between(domain, phase.start_s, phase.end_s) for phase in phases]
    n_readings = sum(part.n_readings for part in parts)
    reason = next((part.reason for part in parts if part.reason), "")
    reason = domain.reason or refuse_short(domain, took_s, n_readings) or reason
    if reason:
        return replace(told, reason=reason, n_readings=n_readings)
    joules = Amount(0.0, 0.0)
    for part in parts:
        joules = joules.plus(part.joules or Amount(0.0, 0.0))
    idle = idle_power(domain, request.start_s, busy, LOOK_BACK_S)
    net = joules.plus(idle.times(-took_s)).times(1 / tokens) if idle else None
    return replace(
        told, gross=joules.times(1 / tokens), net=net, joules=joules, idle_w=idle,
        n_readings=n_readings, net_reason="" if idle else NO_QUIET,
    )  # fmt: skip


def _why_not(
    request: TracedRequest, phases: Sequence[Phase], tokens: int,
    busy: Sequence[tuple[float, float]],
) -> str:  # fmt: skip
    if request.is_running:
        return RUNNING
    if request.clock_moved:
        return CLOCK
    if request.is_cut_short and (not tokens or phases[0].kind == "prompt"):
        return CUT_SHORT
    if not tokens:
        return NO_TOKENS[phases[0].kind]
    start, end = phases[0].start_s, phases[-1].end_s
    return OTHER_REQUEST if any(s < end and start < e for s, e in busy) else ""


def leading(found: Sequence[PerToken], kind: PhaseKind) -> PerToken | None:
    """Of the domains of one phase the one that rose most above its rest, which is where the work
    was done; the first with a reason where none could be measured."""
    of_kind = [each for each in found if each.kind == kind]
    measured = [each for each in of_kind if each.gross]
    if not measured:
        return of_kind[0] if of_kind else None
    return max(measured, key=lambda each: (each.net or each.gross or Amount(0, 0)).value)
