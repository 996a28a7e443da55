"""A request as the table, the tooltips and the card beside it say it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from math import floor, log10
from pathlib import PurePath

from app.widgets.rows_model import Column
from labs.telemetry.journal import Cost
from labs.telemetry.per_token import PerToken, leading
from labs.telemetry.trials import mean_of
from labs.telemetry.words import duration_text
from models.amounts import size_text
from models.engine.phases import Kind, Outcome, PhaseKind, TracedRequest

KINDS: dict[Kind, str] = {
    "reply": "Reply", "rows": "Many prompts", "scores": "Surprise of a text", "vectors": "Vectors",
    "window": "Window compared", "next": "Next token", "timing": "Benchmark",
}  # fmt: skip
PHASES: dict[PhaseKind, str] = {
    "prompt": "reading the prompt", "generation": "writing the answer",
    "mixed": "reading and writing in turns",
}  # fmt: skip
OUTCOMES: dict[Outcome, str] = {
    "done": "", "running": "running", "stopped": "stopped", "failed": "failed",
}  # fmt: skip
MOST_PLACES = 4
LITTLE_CORES = 0.25
NOTHING, WAITING = "–", "measured in a moment"
NOT_TOLD = "The server does not tell it."
SHORT_REASONS = (
    ("Too short", "too short"), ("Too few", "too few readings"),
    ("Another request", "other requests"),
    ("The clock", "clock was set"), ("It is still", "running"), ("No token", NOTHING),
    ("The sensors were not", "readings missing"), ("It was cut", "cut short"),
)  # fmt: skip
NameOf = Callable[[str], str]


def columns(name_of: NameOf) -> tuple[Column[Cost], ...]:
    """`name_of` gives the name of a model as people know it."""

    def read(cost: Cost) -> TracedRequest:
        return cost.request

    return (
        Column("When", lambda c: clock_text(read(c).start_s), lambda c: read(c).start_s),
        Column("Model", lambda c: name_of(read(c).model), tooltip=lambda c: read(c).model),
        Column("Asked by", lambda c: asked_text(read(c)), tooltip=lambda c: kind_text(read(c))),
        Column("Read", lambda c: read_text(read(c)),
               lambda c: read(c).prompt_tokens, True, lambda c: prompt_text(read(c))),
        Column("Read/s", lambda c: prompt_speed_text(read(c)),
               lambda c: read(c).prompt_speed or 0.0, True, lambda c: basis_text(read(c))),
        Column("Written", lambda c: count_text(read(c).reply_tokens),
               lambda c: read(c).reply_tokens, True),
        Column("Written/s", lambda c: speed_text(read(c).generation_speed),
               lambda c: read(c).generation_speed or 0.0, True),
        Column("First token", lambda c: seconds_text(read(c).first_token_s),
               lambda c: read(c).first_token_s or 0.0, True),
        Column("J/token", energy_text, energy_key, True, energy_tooltip),
        Column("Peak memory", lambda c: size_text(c.peak_bytes) if c.peak_bytes else NOTHING,
               lambda c: c.peak_bytes or 0, True,
               lambda _: "Of the process that runs the model, at a reading during the request."),
    )  # fmt: skip


def model_name(model: str) -> str:
    return model if ":" in model[:12] else PurePath(model).stem


def who_text(request: TracedRequest) -> str:
    return request.who[:1].upper() + request.who[1:] or "Assay"


def asked_text(request: TracedRequest) -> str:
    """With how it ended, where that was not its end."""
    outcome = "" if request.is_running else OUTCOMES[request.outcome]
    return ", ".join(filter(None, (who_text(request), outcome)))


def kind_text(request: TracedRequest) -> str:
    return ", ".join(filter(None, (KINDS[request.kind], OUTCOMES[request.outcome])))


def clock_text(time_s: float) -> str:
    return datetime.fromtimestamp(time_s).strftime("%H:%M:%S")


def count_text(count: int) -> str:
    return f"{count:,}" if count else NOTHING


def read_text(request: TracedRequest) -> str:
    """How many were read, of how many where the others were in the cache."""
    if not request.cached_tokens:
        return count_text(request.prompt_tokens)
    return f"{request.read_tokens:,} of {request.prompt_tokens:,}"


def speed_text(speed: float | None) -> str:
    return NOTHING if speed is None else f"{speed:,.0f}" if speed >= 100 else f"{speed:.1f}"


def seconds_text(seconds: float | None) -> str:
    if seconds is None:
        return NOTHING
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def prompt_text(request: TracedRequest) -> str:
    if request.is_cut_short and not request.prompt_tokens:
        return "It was cut short: how much of the prompt was read is not known."
    if request.is_cut_short:
        return (
            f"It was cut short: of the prompt {request.prompt_tokens:,} tokens at least were read."
        )
    if not request.cached_tokens:
        return f"{request.prompt_tokens:,} tokens of the prompt, all of them read."
    return (
        f"{request.prompt_tokens:,} tokens of the prompt, {request.cached_tokens:,} of them in the "
        f"cache: {request.read_tokens:,} were read."
    )


def prompt_speed_text(request: TracedRequest) -> str:
    least = "≥ " if request.basis == "first_token" and request.prompt_speed else ""
    return least + speed_text(request.prompt_speed)


def basis_text(request: TracedRequest) -> str:
    if request.basis == "first_token":
        return "Until the first token came: the server does not tell when it had read the prompt."
    if request.basis == "told":
        return "As the server tells."
    return "Tokens that were in the cache are left out."


# ---- energy ----


def main_energy(cost: Cost) -> PerToken | None:
    """Of writing where there was any, else of what there was."""
    for kind in ("generation", "mixed", "prompt"):
        found = leading(cost.energy, kind)
        if found is not None and (found.gross or kind != "prompt" or len(cost.energy) == 1):
            return found
    return leading(cost.energy, "prompt")


def energy_text(cost: Cost) -> str:
    found = main_energy(cost)
    if found is None:
        return "running" if cost.request.is_running else NOTHING
    if found.gross is None:
        short = (words for start, words in SHORT_REASONS if found.reason.startswith(start))
        return next(short, "not readable")
    return per_token_text(found)


def per_token_text(found: PerToken) -> str:
    if found.gross is None:
        return found.reason
    return amount_text(found.gross.value, found.gross.error)


def amount_text(value: float, error: float) -> str:
    """ "0.42 ± 0.03": with as many places as the error allows, and no more than four."""
    least = 10.0**-MOST_PLACES
    places = min(MOST_PLACES, max(0, -floor(log10(max(error, least)))))
    if error < least / 2:
        return f"{value:.{places}f} ± <{least:.{places}f}"
    return f"{value:.{places}f} ± {error:.{places}f}"


def energy_key(cost: Cost) -> float:
    found = main_energy(cost)
    return found.gross.value if found and found.gross else -1.0


def energy_tooltip(cost: Cost) -> str:
    if not cost.energy:
        return "It is still running." if cost.request.is_running else WAITING.capitalize() + "."
    return "\n".join(energy_lines(cost))


def energy_lines(cost: Cost) -> list[str]:
    """A sentence for each phase and part of the machine; a reason that all share is said once."""
    reasons = {(each.name, each.reason) for each in cost.energy}
    if len(reasons) == 1 and cost.energy[0].reason:
        name, reason = next(iter(reasons))
        return [f"Energy a token ({name}): {reason}"]
    return [energy_sentence(each) for each in cost.energy]


def energy_sentence(found: PerToken) -> str:
    head = f"{found.name}, {PHASES[found.kind]}"
    if found.gross is None:
        return f"{head}: {found.reason}"
    how = "energy counter" if found.method == "counter" else "power, added up"
    if found.net and found.idle_w:
        net = f"{amount_text(found.net.value, found.net.error)} J without rest"
        rest = f"{net} ({found.idle_w.value:.1f} W before, median of quiet readings)"
    else:
        rest = found.net_reason
    return (
        f"{head}: {per_token_text(found)} J a token of {found.tokens:,}; {rest}. From "
        f"{found.n_readings} readings in {found.took_s:.1f} s, by {how}."
    )


def others_text(cores: float) -> str:
    """What else the machine did; its energy is in that of the processor and of the memory."""
    if cores < LITTLE_CORES:
        return "Other programs hardly used the processor meanwhile."
    return (
        f"Other programs kept {cores:.1f} cores busy meanwhile: they slow it down, and what they "
        "took is in the energy of processor and memory."
    )


def phase_lines(request: TracedRequest, others_cores: float | None = None) -> list[str]:
    """What the request did, in the order it did it, and what other programs did meanwhile."""
    lines = []
    if request.is_cut_short:
        lines.append(prompt_text(request))
    elif request.prompt_s or request.prompt_tokens:
        lines.append(prompt_text(request) + _took(request.prompt_s, prompt_speed_text(request)))
    if request.reply_tokens:
        so_far = " so far" if request.is_running else ""
        took = _took(request.generation_s, speed_text(request.generation_speed))
        noun = "token" if request.reply_tokens == 1 else "tokens"
        lines.append(f"{request.reply_tokens:,} {noun} written{so_far}.{took}")
    if request.basis != "measured":
        lines.append(basis_text(request))
    if others_cores is not None:
        lines.append(others_text(others_cores))
    if request.clock_moved:
        lines.append("The clock was set or the machine slept meanwhile: the bands may lie beside.")
    return lines


def _took(seconds: float, speed: str) -> str:
    """ " 2.0 s, 40.0 tokens a second.", and less where less is known."""
    told = [seconds_text(seconds)] if seconds else []
    told += [f"{speed} tokens a second"] if speed != NOTHING else []
    return f" {', '.join(told)}." if told else ""


def heading_text(request: TracedRequest, name: str) -> str:
    whole = duration_text(request.duration_s) if request.duration_s >= 1 else (
        seconds_text(request.duration_s)
    )  # fmt: skip
    when = ", ".join(
        filter(None, (clock_text(request.start_s), whole, OUTCOMES[request.outcome]))
    )  # fmt: skip
    return f"{who_text(request)} · {name} · {when}"


# ---- several ----


def trial_lines(costs: Sequence[Cost]) -> list[str]:
    """Means over the chosen requests, with what speaks against taking them as trials of one
    thing. Brings a numeric library: call it in a job."""
    requests = [cost.request for cost in costs]
    lines = [
        _mean_line("Written a second", [r.generation_speed for r in requests], "tokens"),
        _mean_line("Read a second", [r.prompt_speed for r in requests], "tokens"),
        *_energy_means(costs),
    ]
    if len({r.model for r in requests}) > 1:
        lines.append("They are of several models.")
    return [line for line in lines if line]


def _energy_means(costs: Sequence[Cost]) -> list[str]:
    """Of each domain and phase that every chosen request has measured."""
    keys = dict.fromkeys((each.name, each.kind) for cost in costs for each in cost.energy)
    lines = []
    for name, kind in keys:
        same = [e for c in costs for e in c.energy if (e.name, e.kind) == (name, kind)]
        gross = [each.gross.value for each in same if each.gross]
        title = f"{name}, {PHASES[kind]}"
        if gross:
            lines.append(_mean_line(title, gross, "J a token"))
    return lines or ["Energy a token could be measured for none of them."]


def _mean_line(title: str, values: Sequence[float | None], unit: str) -> str:
    told = [value for value in values if value is not None]
    if not told:
        return ""
    found = mean_of(told)
    if found.mean is None or found.low is None or found.high is None:
        return f"{title}: {found.reason}"
    unsteady = " They spread by more than 5 %: let the machine rest between." if (
        found.is_unsteady
    ) else ""  # fmt: skip
    return (
        f"{title}: {found.mean:.3g} {unit} on average, 95 % interval {found.low:.3g} to "
        f"{found.high:.3g} (n = {found.n}).{unsteady}"
    )
