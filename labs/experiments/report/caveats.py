"""The caveats of a run, each written from a check and none by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from labs.experiments.analysis.common_caveats import common_caveats
from labs.experiments.record.left_out import set_aside_sentence
from labs.experiments.report.record import RunRecord
from labs.experiments.results import ModelResult
from labs.experiments.scoring.answers import ERROR
from labs.experiments.statistics.wording import percent
from labs.telemetry.words import caveats_of

Event = Mapping[str, Any]


def model_caveats(record: RunRecord, result: ModelResult) -> tuple[str, ...]:
    """What limits the findings on one model: its analysis, its numbers, its weights, its mode."""
    primary = str(record.plan.design["primary"]["lane"])
    items = {trial.item for trial in record.of(result.model)}
    common = common_caveats(
        len(items), result.lanes.get(primary, {}), result.lanes.get("likelihood", {})
    )
    checks = _model_checks(record, result.model)
    return tuple(dict.fromkeys((*checks, *result.caveats, *common)))


def run_caveats(record: RunRecord) -> tuple[str, ...]:
    """What happened to the run as a whole."""
    aside = record.about.get("set_aside", {})
    found = [*_completeness(record), *(set_aside_sentence(*each) for each in aside.items())]
    kinds = _by_kind(tuple(e for e in record.events if not _is_told(e, aside)))
    for kind, events in kinds.items():
        sentence = EVENTS.get(kind, _any_event)(events)
        if sentence:
            found.append(sentence)
    for kind, sentence in caveats_of(record.machine) if record.machine else ():
        if kind not in kinds:  # an event says it already
            found.append(sentence)
    return tuple(found)


def _model_checks(record: RunRecord, model: str) -> Iterator[str]:
    entry, trials = record.entry(model), record.of(model)
    if record.is_simulated(model):
        yield "SIMULATED: a program answered, whose behaviour is known. Nothing here is about a " \
              "language model."  # fmt: skip
    elif entry.get("served"):
        known = "the hash of Ollama's manifest" if entry.get("manifest_sha256") else "a name"
        yield f"A server ran this model: {known} is all that tells which weights answered, and " \
              "the server wrote its own template around every prompt."  # fmt: skip
    elif entry and not entry.get("sha256"):
        yield "The hash of the whole model file is not known, only its fingerprint."
    checked = entry.get("certificate", {}).get("comparisons", ())
    if entry.get("served") and any(each["texts_differ"] for each in checked):
        yield f"The repeatability check did not hold. {entry['certificate']['sentence']}"
    if entry.get("mode") == "cold" and record.plan.mode != "cold":
        yield f"The repeatability check did not hold. {entry['certificate']['sentence']}"
    repeated = sum(trial.cold_repeat for trial in trials)
    if repeated:
        yield f"{repeated} of {len(trials)} trials ({percent(repeated / len(trials))}) were " \
              "decided too narrowly in a batch and were repeated from scratch."  # fmt: skip
    failed = sum(any(lane.outcome == ERROR for lane in t.lanes.values()) for t in trials)
    if failed:
        yield f"{failed} of {len(trials)} trials failed; they count as ERROR, not as answers."
    if entry.get("thinking", {}).get("thinks"):
        yield "This model thinks before it answers and could not be told not to: only what " \
              "follows the thought counts, and there is no lean to compare."  # fmt: skip
    if entry.get("conservative_kernels"):
        yield "The model loaded only with slower, safer kernels; answers may differ in detail " \
              "from those of another machine."  # fmt: skip


def _completeness(record: RunRecord) -> Iterator[str]:
    done, planned = record.about["n_trials"], record.about["n_planned"]
    if done < planned:
        yield (
            f"The run is not complete: {done} of {planned} planned trials are finished, and "
            "only items whose every trial is finished are counted."
        )


def _by_kind(events: tuple[Event, ...]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(str(event.get("event")), []).append(event)
    return found


def times(count: int) -> str:
    """“once”, “twice”, “5 times”."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _slept(events: list[Event]) -> str:
    seconds = sum(float(each.get("seconds", 0)) for each in events)
    return (
        f"The machine slept {times(len(events))} during the run ({seconds / 60:.0f} min in all); "
        "how long those trials took is left out."
    )


def _crashed(events: list[Event]) -> str:
    causes = Counter(str(each.get("message", "no reason")) for each in events)
    worst = causes.most_common(1)[0][0].rstrip(".")
    return f"The engine ended {times(len(events))} and was started again ({worst})."


def _swapped(events: list[Event]) -> str:
    return "Memory ran short and was moved to the disk: times are longer than they would be."


def _is_told(event: Event, aside: Mapping[str, str]) -> bool:
    """A failure of a model that is still set aside."""
    return event.get("event") == "failure" and event.get("model") in aside


def _any_event(events: list[Event]) -> str:
    return f"Noted during the run, {times(len(events))}: {events[0].get('event')}."


EVENTS: Mapping[str, Callable[[list[Event]], str]] = {
    "sleep": _slept,
    "crash": _crashed,
    "swap": _swapped,
    "stop": lambda events: f"The run was stopped by hand {times(len(events))}.",
    "resume": lambda events: f"The run was taken up again {times(len(events))}.",
    "failure": lambda events: f"A model could not go on {times(len(events))}, and did later: "
                              f"{events[-1].get('message', '')}",
    "pause": lambda events: "",
    "clock": lambda events: f"The clock was set back {times(len(events))} during the run: the "
                            "dates of its trials are not in order. How long they took is right.",
    "battery": lambda events: "Part of the run was on battery: times may be longer.",
    "throttling": lambda events: "The processor slowed down for its heat: times are longer than "
                                 "they would be.",
    "mains": lambda events: "",
    "mode": lambda events: "Too many trials had to be repeated, so the run went on reading one "
                           "prompt at a time.",
}  # fmt: skip
