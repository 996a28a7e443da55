"""How much fits the time, and a few items tried: the long work of the set-up. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.services import Services
from labs.experiments.design import Design
from labs.experiments.experiment import Experiment, Request, Time, options_from
from labs.experiments.record.plan import request_for, student_request
from labs.experiments.running.model_order import order_here
from labs.experiments.running.room import context_need
from labs.experiments.running.sizing import Estimate, Speed, estimate, fit_to_time, try_out
from labs.experiments.running.subject import Subject, subject_of
from labs.experiments.scenarios.set_file import read_set
from models.cancel import CancelToken
from models.engine.messages import Progress, RowMode
from models.engine.pool import Waiting
from models.errors import UserError


@dataclass(frozen=True)
class Student:
    """Whose items are drawn: as `assay run --course COURSE --student CODE` draws them."""

    course: str
    code: str


@dataclass(frozen=True)
class Wish:
    """What the form says. `models` are what `Pool.lease` takes; `set_path` None stands for the
    set of the experiment. With a `student` their items are drawn, and `seed` says nothing."""

    experiment: Experiment
    options: Mapping[str, Any]
    models: tuple[str, ...]
    time: Time = "class"
    set_path: Path | None = None
    seed: int = 1
    mode: RowMode = "exact"
    student: Student | None = None

    @property
    def tried(self) -> tuple[Any, ...]:
        """What a measured speed depends on."""
        return (self.experiment.id, tuple(sorted(self.options.items())), self.set_path)


@dataclass(frozen=True)
class Trying:
    """A step of what a few prompts are tried with."""

    model: str
    step: object

    @property
    def detail(self) -> str:
        """The sentence for the set-up and for the row of tasks."""
        if isinstance(self.step, Waiting):
            return f"Waiting for {self.step.holder or 'another task'}, which has {self.model} now."
        if isinstance(self.step, Progress) and self.step.phase == "load":
            return f"Loading {self.model}…"
        return f"Trying a few prompts on {self.model}…"


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
    experiment, size = wish.experiment, wish.experiment.sizes[wish.time]
    options = options_from(experiment, wish.options)
    brought = read_set(wish.set_path) if wish.set_path else None
    if wish.student is None:
        return request_for(experiment, options, size, wish.seed, brought)
    return student_request(
        experiment, options, size, brought, course=wish.student.course, student=wish.student.code
    )


def size(
    services: Services, wish: Wish, known: Mapping[str, Speed], cancel: CancelToken
) -> Generator[Any, None, Sized]:
    """Measure the speeds that are not known yet, then fit the design to the time.

    Yields Trying while a model is tried. Raises UserError.
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
            work = try_out(
                wish.experiment, whole, subject, services.sandbox, request.seed, cancel,
                datetime.now().astimezone(),
            )  # fmt: skip
            speeds[subject.id] = yield from _trying(subject.id, work, cancel)
    fitted = fit_to_time(wish.experiment, request, wish.time, speeds.values())
    design = wish.experiment.prepare(fitted)
    choose = order_here(services.library, services.pool, wish.models)
    expected = estimate(design, speeds, choose(context_need(design, wish.mode)))
    return Sized(wish, fitted, design, speeds, expected)


def _trying(
    model: str, work: Generator[Any, None, Speed], cancel: CancelToken
) -> Generator[Any, None, Speed]:
    try:
        while True:
            cancel.raise_if_cancelled()
            yield Trying(model, next(work))
    except StopIteration as end:
        speed: Speed = end.value
        return speed
    finally:
        work.close()
