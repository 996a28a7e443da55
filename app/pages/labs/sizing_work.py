"""How much fits the time, and a few items tried: the long work of the set-up. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.services import Services
from labs.experiments.design import Design
from labs.experiments.experiment import Experiment, Request, Size, Time, options_from
from labs.experiments.running.sizing import Estimate, Speed, estimate, fit_to_time, try_out
from labs.experiments.running.subject import Subject, subject_of
from labs.experiments.scenarios.set_file import read_set
from models.cancel import CancelToken
from models.engine.messages import RowMode
from models.errors import UserError


@dataclass(frozen=True)
class Wish:
    """What the form says. `models` are what `Pool.lease` takes; `set_path` None stands for the
    set of the experiment."""

    experiment: Experiment
    options: Mapping[str, Any]
    models: tuple[str, ...]
    time: Time = "class"
    set_path: Path | None = None
    seed: int = 1
    mode: RowMode = "exact"

    @property
    def tried(self) -> tuple[Any, ...]:
        """What a measured speed depends on."""
        return (self.experiment.id, tuple(sorted(self.options.items())), self.set_path)


@dataclass(frozen=True)
class Sized:
    """A wish with its design and what that takes; `speeds` by the model's name."""

    wish: Wish
    request: Request
    design: Design
    speeds: Mapping[str, Speed] = field(default_factory=dict)
    expected: Estimate | None = None


def holder_of(experiment: Experiment) -> str:
    return f"the {experiment.title.lower()} run"


def subjects_of(
    services: Services, experiment: Experiment, models: tuple[str, ...]
) -> tuple[Subject, ...]:
    """Raises UserError for a model that cannot run."""
    if not models:
        raise UserError("No model is chosen yet.", "Choose one at the top of the page.")
    entries = [services.library.resolve_to_run(model) for model in models]
    return tuple(
        subject_of(services.library, services.pool, entry, holder=holder_of(experiment))
        for entry in entries
    )


def request_of_wish(wish: Wish) -> Request:
    """The request at the full size of its time."""
    options = options_from(wish.experiment, wish.options)
    size: Size = wish.experiment.sizes[wish.time]
    made = (
        read_set(wish.set_path) if wish.set_path
        else wish.experiment.scenarios(options, size, wish.seed)
    )  # fmt: skip
    return Request(options, size, wish.seed, made)


def size(
    services: Services, wish: Wish, known: Mapping[str, Speed], cancel: CancelToken
) -> Generator[Any, None, Sized]:
    """Measure the speeds that are not known yet, then fit the design to the time.

    Yields `(model, step)` while a model is tried. Raises UserError.
    """
    yield "Making the design"
    request = request_of_wish(wish)
    whole = wish.experiment.prepare(request)
    if not wish.models:
        return Sized(wish, request, whole)
    subjects = subjects_of(services, wish.experiment, wish.models)
    speeds: dict[str, Speed] = {}
    for subject in subjects:
        if subject.id in known:
            speeds[subject.id] = known[subject.id]
        else:
            speeds[subject.id] = yield from _try(services, wish, whole, subject, cancel)
    slowest = max(speeds.values(), key=lambda speed: speed.seconds)
    budget = replace(slowest, seconds=sum(speed.seconds for speed in speeds.values()))
    fitted = fit_to_time(wish.experiment, request, wish.time, budget)
    design = wish.experiment.prepare(fitted)
    return Sized(wish, fitted, design, speeds, estimate(design, speeds))


def _try(
    services: Services, wish: Wish, design: Design, subject: Subject, cancel: CancelToken
) -> Generator[Any, None, Speed]:
    now = datetime.now().astimezone()
    work = try_out(
        wish.experiment, design, subject, services.sandbox, wish.seed, cancel, now
    )  # fmt: skip
    try:
        while True:
            cancel.raise_if_cancelled()
            yield subject.id, next(work)
    except StopIteration as end:
        speed: Speed = end.value
        return speed
    finally:
        work.close()
