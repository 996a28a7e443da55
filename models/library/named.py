"""The model that a name stands for, or the sentence that says why there is none."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from models.engine.sim_subjects import SUBJECTS
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.make_entry import gone, simulated_entry

ADVICE = "The page Models and “assay models list” show what there is; a path or sim:echo works too."


def simulated(name: str) -> ModelEntry:
    """ "sim:echo", also with options behind a question mark. Raises UserError."""
    if name.removeprefix("sim:").partition("?")[0] not in SUBJECTS:
        known = ", ".join(f"sim:{subject}" for subject in SUBJECTS)
        raise UserError(f"There is no simulated model {name}.", f"There are: {known}.")
    return simulated_entry(name)


def in_list(name: str, entries: Sequence[ModelEntry]) -> ModelEntry | None:
    """By name, id or path; None where none is called so."""
    wanted = name.casefold()
    return next(
        (e for e in entries if wanted == e.name.casefold() or name in (e.id, str(e.path))), None
    )


def present(entry: ModelEntry) -> ModelEntry:
    """Raises UserError where its file is gone."""
    if not os.path.exists(entry.path):
        raise UserError(gone(entry.path))
    return entry


def the_one(entries: tuple[ModelEntry, ...], path: Path) -> ModelEntry:
    """Raises UserError where a path holds several."""
    if len(entries) > 1:
        some = ", ".join(entry.path.name for entry in entries[:3])
        raise UserError(f"There are {len(entries)} models in {path}.", f"Name one: {some} …")
    return entries[0]


def unknown(name: str, entries: Sequence[ModelEntry], advice: str = ADVICE) -> UserError:
    close = difflib.get_close_matches(name, [entry.name for entry in entries], n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    return UserError(f"There is no model called “{name}”.", f"{hint}{advice}")
