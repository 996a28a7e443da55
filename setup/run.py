"""What every step of one set-up works with, and how it gets what the system must bring."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from models.errors import UserError
from setup.commands import CommandError, Commands
from setup.places import Places
from setup.report import Report
from setup.stamps import Stamps
from setup.system import Need, System, advice

QUIET_PIP = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
NEEDED_BYTES = 2_000_000_000  # .venv 0.6 GB, the build about 1 GB for a while, the starter 0.3 GB


@dataclass(frozen=True)
class SetupRun:
    """The hands of the steps, made once and passed along."""

    places: Places
    commands: Commands
    report: Report
    stamps: Stamps
    system: System

    def pip(self, *arguments: str, log: str, failure: str) -> None:
        """Run pip inside `.venv`, with the exact versions of constraints.txt."""
        self.commands.run(
            [self.places.python, "-m", "pip", *arguments],
            log,
            failure,
            environment=self.pip_environment,
        )

    @property
    def pip_environment(self) -> dict[str, str]:
        """Also the build environments that pip makes for itself get the exact versions."""
        constraints = str(self.places.constraints)
        return {
            **QUIET_PIP,
            "PIP_USER": "0",
            "PIP_CONSTRAINT": constraints,
            "PIP_BUILD_CONSTRAINT": constraints,
        }


def refuse_full_disk(run: SetupRun, free_bytes: int | None = None) -> None:
    """Raise UserError now rather than fail in the middle."""
    if free_bytes is None:
        free_bytes = shutil.disk_usage(run.places.root).free
    if free_bytes < NEEDED_BYTES:
        raise UserError(
            f"The disk of {run.places.root} is nearly full ({free_bytes / 1e9:.1f} GB free).",
            f"Make room for {NEEDED_BYTES / 1e9:.0f} GB, then run start.py again.",
        )


def bring(run: SetupRun, need: Need, is_missing: Callable[[], bool]) -> None:
    """Install what the system lacks where we may; raises UserError with the line otherwise."""
    if not is_missing():
        return
    if run.system.installs:
        run.report.say(f"This system lacks {need.name}: installing it with apt-get.")
        _apt_install(run, need)
        if not is_missing():
            return
    raise UserError(f"This system lacks {need.name}.", advice(run.system, need))


def _apt_install(run: SetupRun, need: Need) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run.commands.run(["apt-get", "update"], "apt-update", "", environment=quiet)
    except CommandError:
        run.report.say("The list of system packages could not be refreshed; trying without.")
    run.commands.run(
        ["apt-get", "install", "-y", "--no-install-recommends", *need.lines["apt"].split()],
        "apt-install",
        f"apt-get could not install {need.name}.",
        environment=quiet,
    )
