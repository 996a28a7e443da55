"""`assay run`: an experiment from the command line, resumed by the same command."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import Field, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.door import add_open_door
from app.cli.interrupts import interrupts
from app.cli.terminal import harmless
from app.crash import made_by
from labs.catalog import EXPERIMENTS, find_experiment
from labs.experiments.experiment import Experiment, Request, Size, options_from
from labs.experiments.record.plan import Order, Plan, lock, request_for, student_request
from labs.experiments.record.run_folder import RESULTS, RunFolder
from labs.experiments.running.model_order import order_here
from labs.experiments.running.room import context_need
from labs.experiments.running.runner import Phase, Run, TrialsDone
from labs.experiments.running.setting_aside import ModelsSetAside, SetAside
from labs.experiments.running.sizing import Speed, estimate, fit_to_time, try_out
from labs.experiments.running.subject import Subject, planned_subjects, subject_of
from labs.experiments.scenarios.set_file import read_set
from labs.experiments.scenarios.sets import ScenarioSet
from labs.repeats.own_questions import holds_questions
from labs.telemetry.workers import watch_of
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import Waiting
from models.errors import Cancelled, UserError
from models.hardware.sampler import Sampler

if TYPE_CHECKING:
    from app.services import Services

MOST_SEEDS = 2**31


def add_arguments(
    parser: argparse.ArgumentParser, experiments: Sequence[Experiment] = EXPERIMENTS
) -> None:
    """The flags of every experiment come from its declared options."""
    parser.description = (
        "Runs an experiment and writes a run folder. The same command goes on with a run that was "
        "stopped."
    )
    names = ", ".join(each.id for each in experiments)
    parser.add_argument("name", metavar="NAME", help=f"{names}, or the file of a scenario set")
    parser.add_argument("--model", action="append", default=[], metavar="M",
                        help="a model to run on; again for more")  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the run folder")
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--time", choices=("class", "report", "thorough"), help="how long it may take"
    )
    size.add_argument("--items", type=int, metavar="N", help="how many items")
    parser.add_argument("--formats", type=int, metavar="K", help="how many formats (with --items)")
    parser.add_argument("--seed", type=int, metavar="S", help="draws items and order")
    parser.add_argument("--mode", choices=("exact", "cold", "batched"), default="exact",
                        help="how prompts are read; exact shares their beginnings")  # fmt: skip
    parser.add_argument("--predict", default="", metavar="TEXT", help="what you expect to find")
    parser.add_argument("--student", default="", metavar="CODE",
                        help="whose run; without --seed their own items are drawn")  # fmt: skip
    parser.add_argument("--course", default="", metavar="NAME", help="part of a student's draw")
    add_open_door(parser)
    _add_options(parser, experiments)
    parser.set_defaults(experiments=tuple(experiments))


def _add_options(parser: argparse.ArgumentParser, experiments: Sequence[Experiment]) -> None:
    seen: set[str] = set()
    for experiment in experiments:
        own = [each for each in fields(experiment.options) if each.name not in seen]
        group = parser.add_argument_group(f"{experiment.title.lower()} ({experiment.id})")
        for each in own:
            seen.add(each.name)
            _add_option(group, each)


def _add_option(group: argparse._ArgumentGroup, option: Field[Any]) -> None:
    """An option that was not given stays None: its default is the experiment's own."""
    flag, name = "--" + option.name.replace("_", "-"), f"option_{option.name}"
    hint, choices = option.metadata["hint"], option.metadata["choices"]
    if isinstance(option.default, bool):
        action = argparse.BooleanOptionalAction
        group.add_argument(flag, dest=name, default=None, help=hint, action=action)
        return
    group.add_argument(
        flag, dest=name, default=None, help=hint, type=type(option.default),
        choices=list(choices) if choices else None, metavar=None if choices else "X",
    )  # fmt: skip


def run(args: argparse.Namespace, services: Services) -> int:
    """Progress on stderr, the finding on stdout; UserError is left to the caller."""
    experiment, set_path = _experiment(args.name, args.experiments)
    folder = RunFolder(args.out)
    folder.require_place()
    with interrupts() as cancel, closing(Sampler()) as sampler:
        sampler.start()
        if folder.exists:
            plan = folder.plan()
            _require_same(plan, experiment, args)
            named = _subjects(services, args.model, experiment)
            if named and tuple(subject.id for subject in named) != plan.models:
                raise UserError(
                    f"The run in {args.out} is planned for {', '.join(plan.models)}.",
                    "Leave --model out to go on with it, or choose another folder.",
                )
            subjects = planned_subjects(
                plan.models, lambda m: _subjects(services, [m], experiment)[0]
            )
        else:
            subjects = _subjects(services, args.model or ["starter"], experiment)
            plan = _new_plan(args, services, experiment, set_path, subjects, cancel)
            folder.create(plan)
        run = Run(
            experiment, folder, subjects, services.sandbox, made_by(),
            keep_awake=services.settings.current.keep_awake, cancel=cancel,
            watch=watch_of(services.pool, sampler),
            order=order_here(services.library, services.pool, plan.models),
        )  # fmt: skip
        sampler.wait_for_first()
        try:
            results = _follow(run.work())
        except (Cancelled, KeyboardInterrupt):
            say(f"\nStopped. What is finished is in {folder.path}; the same command goes on.")
            raise
        except ModelsSetAside:
            _print_results(folder.json(RESULTS), folder)
            raise
    _print_results(results, folder)
    return 0


def _experiment(name: str, experiments: tuple[Experiment, ...]) -> tuple[Experiment, Path | None]:
    """NAME is an experiment, or the file of a set: repeated answers run on questions with a short
    answer, brittleness on any other."""
    is_file = Path(name).suffix in (".yaml", ".yml")
    if is_file and not any(name == each.id for each in experiments):
        kind = "repeats" if holds_questions(read_set(Path(name))) else "brittleness"
        return find_experiment(kind, experiments), Path(name)
    return find_experiment(name, experiments), None


def _subjects(
    services: Services, names: tuple[str, ...] | list[str], experiment: Experiment
) -> tuple[Subject, ...]:
    holder = f"the {experiment.title.lower()} run"
    entries = [services.library.resolve_to_run(name) for name in names]
    if len({entry.model for entry in entries}) < len(entries):
        raise UserError("The same model was named twice.", "Name each model once.")
    return tuple(
        subject_of(services.library, services.pool, entry, holder=holder) for entry in entries
    )


def _new_plan(
    args: argparse.Namespace, services: Services, experiment: Experiment, set_path: Path | None,
    subjects: tuple[Subject, ...], cancel: CancelToken,
) -> Plan:  # fmt: skip
    given = {each.name: getattr(args, f"option_{each.name}") for each in fields(experiment.options)
             if getattr(args, f"option_{each.name}") is not None}  # fmt: skip
    options = options_from(experiment, given)
    request = _request(args, experiment, options, read_set(set_path) if set_path else None)
    now = datetime.now().astimezone()
    design = experiment.prepare(request)
    speeds: dict[str, Speed] = {}
    for subject in subjects:
        trying = try_out(
            experiment, design, subject, services.sandbox, request.seed, cancel, now
        )  # fmt: skip
        speeds[subject.id] = _follow(trying)
    if args.items is None:
        request = fit_to_time(experiment, request, args.time or "class", speeds.values())
        design = experiment.prepare(request)
    names = tuple(subject.id for subject in subjects)
    choose = order_here(services.library, services.pool, names)
    expected = estimate(design, speeds, choose(context_need(design, args.mode)))
    say(f"{expected.n_items} items, {expected.n_trials} trials, about "
        f"{_minutes(expected.seconds)}.")  # fmt: skip
    for sentence in expected.sentences:
        say(sentence)
    order = Order(request, names, args.mode, args.predict, args.student, expected.sentences)
    return lock(experiment, order, design, made_by(), now)


def _request(
    args: argparse.Namespace, experiment: Experiment, options: Any, brought: ScenarioSet | None
) -> Request:
    """With the seed that is given, else of this student, else drawn."""
    if args.seed is not None and not 0 <= args.seed < MOST_SEEDS:
        raise UserError("--seed must lie between 0 and 2,147,483,647.", "Try 1.")
    size = _size(args, experiment)
    if args.seed is None and args.student:
        return student_request(
            experiment, options, size, brought, course=args.course, student=args.student
        )
    seed = secrets.randbelow(MOST_SEEDS) if args.seed is None else int(args.seed)
    return request_for(experiment, options, size, seed, brought)


def _size(args: argparse.Namespace, experiment: Experiment) -> Size:
    default = experiment.sizes[args.time or "class"]
    if args.items is not None and args.items < 1:
        raise UserError("--items must be 1 or more.", "Try 40.")
    if args.formats is not None and args.formats < 2:
        raise UserError("--formats must be 2 or more.", "One is the baseline.")
    return Size(args.items or default.items, args.formats or default.formats)


def _require_same(plan: Plan, experiment: Experiment, args: argparse.Namespace) -> None:
    """What the command names must be what the folder holds; what it leaves out is taken over."""
    if plan.experiment != experiment.id:
        raise UserError(
            f"{args.out} holds a run of {plan.title}, not of {experiment.title}.",
            "Choose another folder.",
        )
    given = {"seed": (args.seed, plan.seed), "items": (args.items, plan.size["items"]),
             "formats": (args.formats, plan.size["formats"])}  # fmt: skip
    for name, (wanted, planned) in given.items():
        if wanted is not None and wanted != planned:
            raise UserError(
                f"The run in {args.out} was planned with --{name} {planned}.",
                f"Leave --{name} out to go on with it, or choose another folder.",
            )


def _follow(work: Generator[Any, None, Any]) -> Any:
    shown = sys.stderr.isatty()
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            if shown:
                print("\r\x1b[K", end="", file=sys.stderr)
            return end.value
        if shown:
            print(f"\r\x1b[K{harmless(_words(event))}", end="", file=sys.stderr, flush=True)


def _words(event: Any) -> str:
    if isinstance(event, TrialsDone):
        left = "" if event.time_left_s is None else f", about {_minutes(event.time_left_s)} left"
        left += f", {event.condition}" if event.condition else ""
        return f"{event.model}: {event.done} of {event.total} trials{left}"
    if isinstance(event, SetAside):
        return event.sentence
    if isinstance(event, Phase):
        return f"{event.model}: {event.message}" if event.model else event.message
    if isinstance(event, Waiting):
        return f"Waiting for {event.holder}"
    if isinstance(event, Progress):
        return f"Loading the model: {100 * event.done // max(1, event.total)} %"
    return "Trying a few prompts"


def _print_results(results: Mapping[str, Any], folder: RunFolder) -> None:
    for model in results.get("models", ()):
        print(harmless(f"{model['id']}: {model['finding']['verdict']}"))
        print(harmless(model["finding"]["sentence"]))
    for sentence in results.get("comparison", ()):
        print(harmless(sentence))
    print(f"The run is in {folder.path}")


def say(text: str) -> None:
    print(text, file=sys.stderr)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
