"""Starting and going on with a run: the long work behind the pages. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.crash import made_by
from app.pages.labs.sheet_answers import move_draft
from app.pages.labs.sizing_work import Sized, subjects_of
from app.runs.run_list import new_folder
from app.services import Services
from labs.experiments.experiment import Experiment
from labs.experiments.record.plan import Order, Plan, lock
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.record.trials import TrialRecord
from labs.experiments.running.model_order import order_here
from labs.experiments.running.pause import PauseSwitch
from labs.experiments.running.runner import Phase, Run
from labs.experiments.running.subject import Subject, planned_subjects
from labs.telemetry.workers import watch_of
from models.cancel import CancelToken
from models.hardware.sampler import Sampler


@dataclass(frozen=True)
class Prepared:
    """A run with its plan locked on disk."""

    experiment: Experiment
    path: Path
    plan: Plan


@dataclass(frozen=True)
class Kept:
    """What is finished already, when a run goes on."""

    records: tuple[TrialRecord, ...]
    total: int


def prepare(
    home: Path, sized: Sized, prediction: str, student: str
) -> Generator[str, None, Prepared]:
    """Lock the plan in a folder of its own; answers written before move in."""
    yield "Locking the plan"
    experiment, now = sized.wish.experiment, datetime.now().astimezone()
    models = tuple(sized.speeds)
    preview = sized.expected.sentences if sized.expected else ()
    order = Order(
        sized.request, models, sized.wish.mode, prediction=prediction.strip(),
        student=student.strip(), preview=preview,
    )  # fmt: skip
    plan = lock(experiment, order, sized.design, made_by(), now)
    path = new_folder(home, experiment.id, "+".join(models), now)
    folder = RunFolder(path)
    folder.create(plan)
    move_draft(home, experiment.id, folder)
    return Prepared(experiment, path, plan)


def reopen(path: Path, experiment: Experiment) -> Generator[str, None, Prepared]:
    """A run that is to go on. Raises UserError when its plan cannot be used."""
    yield "Reading the plan"
    return Prepared(experiment, path, RunFolder(path).plan())


def run(
    services: Services,
    prepared: Prepared,
    pause: PauseSwitch,
    cancel: CancelToken,
    sampler: Sampler | None = None,
) -> Generator[Any, None, dict[str, Any]]:
    """All trials that are not finished yet, and the results. A `sampler` tells what the machine
    does meanwhile; a pause is left out."""
    yield Phase("", "Getting the models ready")
    folder, plan = RunFolder(prepared.path), prepared.plan
    yield Kept(folder.trials(), int(plan.design["n_trials"]) * len(plan.models))
    subjects = yield from _subjects(services, prepared, cancel)
    watch = None
    if sampler is not None:
        watch = watch_of(services.pool, sampler, lambda: not pause.is_paused)
    work = Run(
        prepared.experiment, folder, subjects, services.sandbox, made_by(),
        keep_awake=services.settings.current.keep_awake, cancel=cancel,
        pause=pause, watch=watch,
        order=order_here(services.library, services.pool, plan.models),
    ).work()  # fmt: skip
    return (yield from work)


def _subjects(
    services: Services, prepared: Prepared, cancel: CancelToken
) -> Generator[Phase, None, tuple[Subject, ...]]:
    """Looks for models again where one is gone: it may have been brought back."""

    def find() -> tuple[Subject, ...]:
        return planned_subjects(
            prepared.plan.models,
            lambda model: subjects_of(services, prepared.experiment, (model,))[0],
        )

    found = find()
    if any(subject.is_absent for subject in found):
        for _ in services.library.scan():
            cancel.raise_if_cancelled()
            yield Phase("", "Looking for models again")
        found = find()
    return found
