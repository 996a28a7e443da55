"""MLX, which runs a format of models of its own: for everyone on Apple silicon, and where asked."""

from __future__ import annotations

import platform
import sys

from setup.commands import CommandError
from setup.lab import lab_key
from setup.run import SetupRun

STEP, FAILED = "mlx", "mlx failed"


def prepare_mlx(run: SetupRun, asked: bool = False) -> None:
    """Install the extra where it is wanted. A failure is said and not tried again by itself:
    everything but MLX folders runs without."""
    key = lab_key(run)
    if not (asked or is_usual() or run.stamps.has(STEP)) or run.stamps.matches(STEP, key):
        return
    if not asked and run.stamps.matches(FAILED, key):
        return
    run.report.say("Installing MLX, which runs MLX models.")
    try:
        run.pip("install", "--no-build-isolation", "-e", ".[mlx]", log="install-mlx",
                failure="MLX could not be installed.")  # fmt: skip
    except CommandError as error:
        run.report.say(f"{error.message} MLX models cannot be run; all others can. {error.hint}")
        run.stamps.record(FAILED, key)
    else:
        run.stamps.record(STEP, key)


def is_usual() -> bool:
    """Apple silicon: there it is faster than anything else."""
    return sys.platform == "darwin" and platform.machine() == "arm64"
