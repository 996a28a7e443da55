"""Several benchmarks beside each other: what each is called, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from labs.benchmark.results import Benchmark
from labs.benchmark.words import Line, lines_of, notes


def names_of(benchmarks: Sequence[Benchmark]) -> tuple[str, ...]:
    """Each by its model; those of one model by when they were measured, and where all are of one
    by that alone."""
    models = [each.model.name for each in benchmarks]
    if len(set(models)) == len(models):
        return tuple(models)
    moments = _moments([datetime.fromisoformat(each.started_at) for each in benchmarks])
    if len(set(models)) == 1:
        return moments
    return tuple(
        f"{model}, {moment}" if models.count(model) > 1 else model
        for model, moment in zip(models, moments, strict=True)
    )


def lines_together(benchmarks: Sequence[Benchmark]) -> tuple[Line, ...]:
    """The lines of all, those that measure the same next to each other."""
    named = zip(names_of(benchmarks), benchmarks, strict=True)
    lines = [replace(line, name=name) for name, each in named for line in lines_of(each)]
    order = list(dict.fromkeys(line.what for line in lines))
    return tuple(sorted(lines, key=lambda line: order.index(line.what)))


def notes_together(benchmarks: Sequence[Benchmark]) -> tuple[tuple[str, str], ...]:
    """Each with the name of its benchmark, "" where it holds for all that have a reading; those
    come last."""
    told = [notes(each) for each in benchmarks]
    measured = [notes(each) for each in benchmarks if each.has_readings]
    common = [
        note for note in (measured[0] if measured else ()) if all(note in each for each in measured)
    ]
    named = zip(names_of(benchmarks), told, strict=True)
    single = [(name, note) for name, each in named for note in each if note not in common]
    return (*single, *(("", note) for note in common))


def _moments(moments: Sequence[datetime]) -> tuple[str, ...]:
    """As short as tells them apart."""
    is_one_day = len({moment.date() for moment in moments}) == 1
    is_one_year = len({moment.year for moment in moments}) == 1
    day = "" if is_one_day else "%d %b, " if is_one_year else "%d %b %Y, "
    for time in ("%H:%M", "%H:%M:%S"):
        told = [f"{moment:{day}{time}}" for moment in moments]
        if len(set(told)) == len(told):
            return tuple(told)
    return tuple(f"{each} ({number})" for number, each in enumerate(told, 1))
