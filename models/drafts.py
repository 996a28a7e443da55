"""Where a model is written before it is whole, and the removal of what a killed process left."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

_DRAFT = re.compile(r"\..+\.(\d+)\.partial")


def draft_of(target: Path) -> Path:
    """A hidden name beside `target`, one a process, for a file or a folder."""
    return target.with_name(f".{target.name}.{os.getpid()}.partial")


def sweep(folder: Path, begins: str = "") -> None:
    """Remove the drafts in `folder` whose processes are no more; in one that other programs use,
    too, those of which the target's name `begins` so."""
    import psutil

    for path in folder.glob(f".{begins}*.partial"):
        named = _DRAFT.fullmatch(path.name)
        if named and not psutil.pid_exists(int(named[1])):
            _remove(path)


def _remove(draft: Path) -> None:
    """A draft that is not there is no error, and one that cannot go stays."""
    if draft.is_dir() and not draft.is_symlink():
        shutil.rmtree(draft, ignore_errors=True)
    else:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
