"""A new run that asks two models the same: an ordinary run folder, which My runs shows too. Knows
no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.crash import made_by
from app.runs.run_list import new_folder
from app.services import Services
from labs.experiments.experiment import Experiment, Request, Time
from labs.experiments.record.plan import Order, lock, request_for
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.running.model_order import order_here
from labs.experiments.running.pause import PauseSwitch
from labs.experiments.running.room import context_need
from labs.experiments.running.runner import Run
from labs.experiments.running.sizing import Speed, advice, estimate, fit_to_time, try_out
from labs.experiments.running.subject import Subject, subject_of
from labs.experiments.scenarios.set_file import read_set
from labs.telemetry.workers import watch_of
from models.cancel import CancelToken
from models.errors import UserError
from models.hardware.sampler import Sampler

Place = tuple[Path, str]  # a run folder, and a model of it


@dataclass(frozen=True)
class Wish:
    """Two models as `Pool.lease` takes them; the same one twice is the control, in two runs.
    `set_path` None stands for the set of the experiment."""

    experiment: Experiment
    models: tuple[str, str]
    time: Time = "class"
    seed: int = 1
    set_path: Path | None = None


@dataclass(frozen=True)
class Locked:
    """A plan is on disk. `places` is what there will be to compare so far; `detail` says how much
    will be asked and for how long."""

    places: tuple[Place, ...]
    detail: str


class HeldRun:
    """What others see of a run that has a model to itself: they may pause it for a while."""

    def __init__(self, experiment: Experiment) -> None:
        self.holder = holder_of(experiment)
        self.switch = PauseSwitch()

    @property
    def is_paused(self) -> bool:
        return self.switch.is_paused

    def pause(self) -> None:
        self.switch.pause()

    def resume(self) -> None:
        self.switch.resume()


def holder_of(experiment: Experiment) -> str:
    return f"the {experiment.title.lower()} run"


def start(
    services: Services, wish: Wish, cancel: CancelToken, sampler: Sampler, pause: PauseSwitch
) -> Generator[Any, None, None]:
    """Try the models on three items, lock the plan, and run. What was finished before a stop stays
    in its folder. `sampler` tells what the machine does meanwhile; a pause is left out. Raises
    UserError, Cancelled."""
    yield "Getting the models ready"
    subjects = _subjects(services, wish)
    request = _request(wish)
    speeds: dict[str, Speed] = {}
    for subject in subjects:
        yield f"Trying a few prompts on {subject.id}"
        speeds[subject.id] = yield from try_out(
            wish.experiment, wish.experiment.prepare(request), subject, services.sandbox,
            wish.seed, cancel, datetime.now().astimezone(),
        )  # fmt: skip
    request = _with_clear_answers(wish.experiment, request, speeds)
    places: tuple[Place, ...] = ()
    for _ in range(3 - len(subjects)):  # the control takes two runs of one model
        path, detail = _lock(services, wish, request, speeds)
        places += tuple((path, subject.id) for subject in subjects)
        yield Locked(places, detail)
        yield from Run(
            wish.experiment, RunFolder(path), subjects, services.sandbox, made_by(),
            keep_awake=services.settings.current.keep_awake, cancel=cancel, pause=pause,
            watch=watch_of(services.pool, sampler, lambda: not pause.is_paused),
            order=order_here(services.library, services.pool, tuple(speeds)),
        ).work()  # fmt: skip


def _subjects(services: Services, wish: Wish) -> tuple[Subject, ...]:
    if not all(wish.models):
        raise UserError("Two models are needed.", "Choose both.")
    holder = holder_of(wish.experiment)
    entries = [services.library.resolve_to_run(model) for model in dict.fromkeys(wish.models)]
    return tuple(
        subject_of(services.library, services.pool, entry, holder=holder) for entry in entries
    )


def _request(wish: Wish) -> Request:
    experiment = wish.experiment
    size = experiment.sizes[wish.time]
    brought = read_set(wish.set_path) if wish.set_path else None
    return request_for(experiment, experiment.options(), size, wish.seed, brought)


def _with_clear_answers(
    experiment: Experiment, request: Request, speeds: Mapping[str, Speed]
) -> Request:
    """Where free answers are mostly unclear the lean counts: it is chosen before the run."""
    if advice(experiment.prepare(request), speeds):
        return replace(request, options=replace(request.options, lane="likelihood"))
    return request


def _lock(
    services: Services, wish: Wish, request: Request, speeds: Mapping[str, Speed]
) -> tuple[Path, str]:
    """Where the plan is, and how much it asks."""
    experiment, names = wish.experiment, tuple(speeds)
    fitted = fit_to_time(experiment, request, wish.time, speeds.values())
    design = experiment.prepare(fitted)
    order, now = Order(fitted, names), datetime.now().astimezone()
    choose = order_here(services.library, services.pool, names)
    expected = estimate(design, speeds, choose(context_need(design, order.mode)))
    order = replace(order, preview=expected.sentences)
    plan = lock(experiment, order, design, made_by(), now)
    path = new_folder(services.paths.runs, experiment.id, "+".join(names), now)
    RunFolder(path).create(plan)
    minutes = max(1, round(expected.seconds / 60))
    return path, f"{expected.n_items} items, {expected.n_trials:,} trials, about {minutes} min"
