"""`assay replay`: asks the prompts of a run again and says how the answers compare."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.door import add_open_door
from app.cli.interrupts import interrupts
from app.cli.terminal import harmless
from labs.catalog import find_experiment
from labs.experiments.record.replay import Replay, Replayed, replay
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.running.subject import Subject, subject_of
from models.errors import UserError

if TYPE_CHECKING:
    from app.services import Services

SAME, DIFFERS = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Asks the trials of a run again and says: same bytes, same labels, close labels differ, "
        "or differs. Nothing is written."
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a run folder")
    parser.add_argument("--items", type=int, metavar="N", help="only N items, drawn by the seed")
    parser.add_argument("--model", metavar="M",
                        help="only this model of the run, or another one in its place")  # fmt: skip
    add_open_door(parser)


def run(args: argparse.Namespace, services: Services) -> int:
    """One sentence a model on stdout; the code is 1 only where a model differs."""
    if args.items is not None and args.items < 1:
        raise UserError("--items must be 1 or more.", "Leave it out to ask all again.")
    folder = RunFolder(args.folder)
    plan = folder.plan()
    experiment = find_experiment(plan.experiment)
    found = []
    with interrupts() as cancel:
        for model, subject in _subjects(services, plan.models, args.model):
            work = replay(folder, experiment, subject, services.sandbox, cancel, model=model,
                          n_items=args.items)  # fmt: skip
            found.append(_follow(work))
            print(harmless(found[-1].sentence))
    return DIFFERS if any(each.is_warning for each in found) else SAME


def _subjects(
    services: Services, planned: tuple[str, ...], named: str | None
) -> list[tuple[str, Subject]]:
    """Models of the run with what is asked in their place."""
    entries = [services.library.resolve_to_run(name) for name in ([named] if named else planned)]
    subjects = [
        subject_of(services.library, services.pool, entry, holder="the replay") for entry in entries
    ]
    if named and subjects[0].id not in planned:
        if len(planned) > 1:
            raise UserError(
                f"The run has several models and {named} is none of them.",
                f"Name one of: {', '.join(planned)}.",
            )
        return [(planned[0], subjects[0])]
    return [(subject.id, subject) for subject in subjects]


def _follow(work: Generator[Any, None, Replay]) -> Replay:
    shown = sys.stderr.isatty()
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            result: Replay = end.value
            if shown:
                print("\r\x1b[K", end="", file=sys.stderr)
            return result
        if shown and isinstance(event, Replayed):
            print(f"\r\x1b[K{event.done} of {event.total} trials", end="", file=sys.stderr)
