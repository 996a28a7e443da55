"""What every part of a run is handed: the plan, where it goes, and how to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from labs.experiments.design import Design
from labs.experiments.experiment import Experiment
from labs.experiments.record.plan import Plan
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.running.events import MachineWatch
from labs.experiments.running.model_order import ModelOrder
from labs.experiments.running.pause import PauseSwitch
from models.cancel import CancelToken
from models.engine.sandbox import Sandbox


@dataclass(frozen=True)
class Clocks:
    """`now` is local time with its zone; `wall` and `steady` count seconds."""

    now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class RunTask:
    """`design` is that of the plan, made again."""

    experiment: Experiment
    plan: Plan
    design: Design
    folder: RunFolder
    sandbox: Sandbox
    cancel: CancelToken
    pause: PauseSwitch
    clocks: Clocks
    machine: MachineWatch
    order: ModelOrder
